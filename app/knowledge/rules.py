"""Rules of regulations that need nothing but their words and dates."""

import enum
import functools
import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Generic, NamedTuple, Protocol, TypeVar

from app.knowledge.numerals import ArticleNumber, parse_number
from app.knowledge.reading.lines import visible_lines
from app.knowledge.reading.parsed import Event


class RegulationStatus(enum.StrEnum):
    """Whether a regulation binds; the values are the contract's."""

    NOT_YET_IN_FORCE = "NOT_YET_IN_FORCE"
    IN_FORCE = "IN_FORCE"
    AMENDED = "AMENDED"
    REPEALED = "REPEALED"


_STATE_OR_PARTY = re.compile(r"(?:^|(?<=[《〈]))(?:中华人民共和国|中国共产党)")
_KINDS_ALONE = frozenset({"章程", "条例", "规则", "准则", "规定", "办法", "细则", "法"})
_EDITION = re.compile(r"[（(](\d{4}年(?:修订|修正|修改)(?:版|本)?)[）)]$")
_AMENDING = re.compile(
    r"^(?P<issuer>.*?)(?:关于)?修改《(?P<one>.+)》(?:的决定|的补充规定)$"
    r"|^(?P<law>.+法)修正案(?:（.+）)?$"
)
_REPEAL = re.compile(r"起?(?:废止|失效)。?")
_AMENDED = re.compile(r"(?P<year>\d{4})-\d\d-\d\d .*(?P<kind>修正|修订)(?!草?案)")
_EDITION_ALONE = re.compile(r"\d{4}年(?:修订|修正|修改)(?:版|本)?")
_BRACKETS = str.maketrans("〈〉()", "《》（）")
#: Before every day on which a rule was made. Not ``date.min``, which PostgreSQL's driver takes for
#: minus infinity: a row that was written otherwise would not equal its own cursor.
UNDATED = date(1000, 1, 1)


class Wording(Protocol):
    """What of a version tells when it is the text that binds."""

    @property
    def id(self) -> int:
        """Its key; the later import has the higher one."""

    @property
    def promulgated_on(self) -> date | None:
        """When it was passed or published."""

    @property
    def effective_on(self) -> date | None:
        """From which day it binds, where its source tells."""

    @property
    def repealed_on(self) -> date | None:
        """From which day nothing binds, where its source tells."""


W = TypeVar("W", bound=Wording)


class Standing(NamedTuple, Generic[W]):
    """A regulation on a day: its wording of then, and the days around it.

    ``first_effective_on`` and ``last_effective_on`` are None where nobody knows since when.
    """

    current: W
    first_effective_on: date | None
    last_effective_on: date | None
    repealed_on: date | None
    next_change_on: date | None


def binds_from(wording: Wording) -> date:
    """The first day of a wording: where it is unknown its promulgation, else the first of all."""
    return wording.effective_on or wording.promulgated_on or date.min


def dated_on(wording: Wording) -> date:
    """The day by which a shelf is ordered: promulgation, else effect, else UNDATED."""
    return wording.promulgated_on or wording.effective_on or UNDATED


def in_order(wordings: Iterable[W]) -> list[W]:
    """Wordings in the order in which they replace each other."""
    return sorted(wordings, key=lambda w: (binds_from(w), w.promulgated_on or date.min, w.id))


def wording_on(day: date, wordings: Iterable[W]) -> W | None:
    """The wording that binds on ``day``, None before the first."""
    return next((w for w in reversed(in_order(wordings)) if binds_from(w) <= day), None)


def standing(today: date, wordings: Iterable[W]) -> Standing[W]:
    """How a regulation with these wordings, at least one, stands today.

    The current wording is the one that binds, or the first to come. Only the last wording ends
    the regulation: an older one that ended was replaced.
    """
    ordered = in_order(wordings)
    first, last = binds_from(ordered[0]), binds_from(ordered[-1])
    repealed_on = ordered[-1].repealed_on
    to_come = [day for day in (*map(binds_from, ordered), repealed_on) if day and day > today]
    return Standing(
        current=wording_on(today, ordered) or ordered[0],
        first_effective_on=None if first == date.min else first,
        last_effective_on=None if last == date.min else last,
        repealed_on=repealed_on,
        next_change_on=min(to_come, default=None),
    )


def regulation_status(
    today: date,
    *,
    first_effective_on: date | None,
    last_effective_on: date | None,
    repealed_on: date | None,
) -> RegulationStatus:
    """What a regulation is today, by the days of its :func:`standing`.

    AMENDED is in force while a newer wording is already known that binds later. Repeal outweighs
    everything.
    """
    if repealed_on is not None and repealed_on <= today:
        return RegulationStatus.REPEALED
    if first_effective_on is not None and first_effective_on > today:
        return RegulationStatus.NOT_YET_IN_FORCE
    if last_effective_on is not None and last_effective_on > today:
        return RegulationStatus.AMENDED
    return RegulationStatus.IN_FORCE


def repeal_day(history: Iterable[Event]) -> date | None:
    """The day on which a regulation ends, as the head of its text says (某日 废止)."""
    return max((event.date for event in history if _REPEAL.fullmatch(event.text)), default=None)


def short_title(title: str) -> str:
    """The title as people say it: without 中华人民共和国 or 中国共产党 before a name.

    That prefix goes at the start and inside 《…》 alike. It stays where only the kind of document
    would be left: 中国共产党章程 is not 章程.
    """

    def shorten(prefix: re.Match[str]) -> str:
        rest = re.split("[》〉（]", title[prefix.end() :], maxsplit=1)[0]
        return prefix[0] if not rest or rest in _KINDS_ALONE else ""

    return _STATE_OR_PARTY.sub(shorten, title)


def is_kind_alone(title: str) -> bool:
    """Whether a title is but the kind of a document (章程), which any text may mean by it."""
    return title in _KINDS_ALONE


def split_edition(title: str) -> tuple[str, str | None]:
    """Part a title from the version that it names: ``("某某条例", "2018年修订")``."""
    match = _EDITION.search(title)
    return (title[: match.start()].rstrip(), match[1]) if match else (title, None)


@functools.lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    """The form in which a title that is cited and one that is stored are equal.

    Prefixes, editions, spaces, and the style of inner brackets do not tell titles apart.
    """
    name, _ = split_edition(re.sub(r"\s", "", title))
    return short_title(name).translate(_BRACKETS)


def amended_title(title: str) -> str | None:
    """The title that 关于修改《…》的决定 or …法修正案 changes: its 第N条 are that text's.

    A title that begins with 关于 lacks the issuer, who is the one that amends. None for a text that
    amends nothing, or several at once.
    """
    match = _AMENDING.search(title)
    if match is None:
        return None
    if match["law"]:
        return match["law"]
    return match["issuer"] + match["one"] if match["one"].startswith("关于") else match["one"]


def edition_of(note: str | None) -> str | None:
    """Which edition a version is, by what its note tells: ``2012年修正``; None for the first.

    The note is that of ``importing``: an edition or a dated event a line.
    """
    lines = (note or "").splitlines()
    if lines and _EDITION_ALONE.fullmatch(lines[0]):
        return lines[0]
    amended = [match for line in lines if (match := _AMENDED.match(line))]
    return f"{amended[-1]['year']}年{amended[-1]['kind']}" if amended else None


def citation(title: str, label: str | None, *, edition: str | None = None) -> str:
    """How an article is cited: ``《个体工商户条例》第二条``; without a label, the title alone.

    An item that its source counts 二、 is cited as its 第二条, as courts do with amendments. An
    ``edition`` stands behind the title: ``《劳动合同法》（2012年修正）第三十九条``.
    """
    inner = title.replace("《", "〈").replace("》", "〉")
    named = f"《{inner}》（{edition}）" if edition else f"《{inner}》"
    if label is None or "条" in label:
        return f"{named}{label or ''}"
    return f"{named}{ArticleNumber(parse_number(label.rstrip('、.．'))).label}"


def text_sha256(text: str) -> str:
    """SHA-256 (hexadecimal) of a source text, by which an import knows what it already has.

    Line ends, blank lines, runs of white space and invisible characters do not count; every other
    character does.
    """
    visible = "\n".join(line.text for line in visible_lines(text))
    return hashlib.sha256(visible.encode()).hexdigest()
