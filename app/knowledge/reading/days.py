"""When a version was promulgated, and from which day it binds."""

import re
from datetime import date, timedelta

from app.knowledge.reading.dates import DAY, day_of
from app.knowledge.reading.header import Header
from app.knowledge.reading.parsed import ParsedArticle, Problem

_DAY_IN_NAME = re.compile(r"[(（](\d{4}-\d{2}-\d{2})[)）]$")
_FURTHEST_BACK = timedelta(days=180)
_EFFECT_ON = re.compile(rf"本[^\s，。；]{{1,6}}?自{DAY}起(?:施行|实施|生效|执行)")
_EFFECT_AT_ISSUE = re.compile(r"本[^\s，。；]{1,6}?自(?:公布|发布|印发)之日起(?:施行|实施|生效)")


class VersionDays:
    """The days that a source tells: in its opening block, its name, its head and its body."""

    def __init__(
        self, fields: dict[str, str], header: Header, articles: list[ParsedArticle]
    ) -> None:
        self.problems: list[Problem] = []
        self._fields = fields
        self._header = header
        self._articles = articles

    def promulgated_on(self, name: str) -> date | None:
        """The day on which this version was passed or published."""
        match = _DAY_IN_NAME.search(name)
        in_name = _iso_day(match[1]) if match else None
        return self._field("promulgated_on") or in_name or self._header.promulgated_on()

    def effective_on(self, promulgated_on: date | None) -> date | None:
        """The day from which this version binds; None where the source does not tell."""
        if day := self._field("effective_on"):
            return day
        day = self._header.effective_on() or self._in_body(promulgated_on)
        if day and promulgated_on and self._is_of_first_version(day, promulgated_on):
            return promulgated_on
        return day

    def _is_of_first_version(self, day: date, promulgated_on: date) -> bool:
        """Whether the day is not this version's: a revised text goes on naming the first one's.

        A first text may reach back too, but by weeks.
        """
        reaches_far = promulgated_on - day > _FURTHEST_BACK
        return day < promulgated_on and (reaches_far or self._header.is_revised())

    def _in_body(self, promulgated_on: date | None) -> date | None:
        for article in reversed(self._articles):
            found = [day_of(match) for match in _EFFECT_ON.finditer(article.text)]
            # The last, where an amendment quotes several.
            if days := [day for day in found if day]:
                return days[-1]
            if _EFFECT_AT_ISSUE.search(article.text):
                return promulgated_on
        return None

    def _field(self, name: str) -> date | None:
        if name not in self._fields:
            return None
        written = self._fields[name]
        day = _iso_day(written)
        if day is None:
            self.problems.append(Problem(1, f"{name} 不是日期（如 2025-03-01）：{written[:20]}"))
        return day


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
