"""The head of a source text: title, history, number of the document, and what else stands there."""

import dataclasses
import re
from collections.abc import Iterable
from datetime import date

from app.knowledge.reading.dates import DAY, day_of
from app.knowledge.reading.lines import Line, comment_field, without_comments
from app.knowledge.reading.parsed import Event, Problem

_DATED = re.compile(rf"[（(]?\s*{DAY}[，,\s]*(?P<event>.*)")
_DOCUMENT_NUMBER = re.compile(r"[^\s，。]{1,12}[〔［\[(（]\d{4}[〕］\])）]第?\d+号")
_TAKES_EFFECT = re.compile(r"起?(?:施行|实施|生效|执行)[。）)]?$|.*公布施行$")
_EFFECT_AT_ISSUE = re.compile(r"自?(?:发布|公布)之日起?施行")
_MAKES_TEXT = re.compile(r"通过|公布|发布|颁布|印发|批准|修订|修正|修改")
_REVISES = re.compile(r"修订|修正|修改")
_BRACKETS = (("《", "》"), ("〈", "〉"), ("<", ">"))
_LONGEST_CONTINUATION = 20
_LONGEST_EVENT = 500


@dataclasses.dataclass(slots=True)
class Header:
    """The head as read so far; ``notes`` are the lines that are nothing else."""

    titles: list[str] = dataclasses.field(default_factory=list)
    events: list[Event] = dataclasses.field(default_factory=list)
    notes: list[Line] = dataclasses.field(default_factory=list)
    document_number: str | None = None
    source: str | None = None
    problems: list[Problem] = dataclasses.field(default_factory=list)

    def promulgated_on(self) -> date | None:
        """The last day on which the text was passed, published or revised."""
        days = [event.date for event in self.events if _MAKES_TEXT.search(event.text)]
        return max(days, default=None)

    def effective_on(self) -> date | None:
        """The last day for which the head says that the text takes effect."""
        days = [event.date for event in self.events if _says_effect(event.text)]
        return max(days, default=None)

    def is_revised(self) -> bool:
        """Whether the history tells of a version before this one."""
        return any(_REVISES.search(event.text) for event in self.events)

    def plain_notes(self) -> tuple[str, ...]:
        """The notes, except a title that is broken over several lines and so repeated."""
        whole = "".join(note.text for note in self.notes)
        if self.titles and whole.replace(" ", "") == self.titles[0].replace(" ", ""):
            return ()
        return tuple(note.text for note in self.notes)


def read_header(lines: Iterable[Line]) -> Header:
    """Read the lines before the body; each ends in exactly one field of the head."""
    header = Header()
    for line in lines:
        if source := comment_field(line.text, "SOURCE"):
            header.source = source
        elif text := without_comments(line.text):
            _read_line(header, Line(line.number, text))
    return header


def may_stand_in_header(text: str) -> bool:
    """Whether a line can only belong to a head, so that a text without the marker can be parted."""
    is_title = text.startswith("#") and not text.startswith("##")
    return is_title or not without_comments(text) or _is_dated_or_number(text)


def _is_dated_or_number(text: str) -> bool:
    return bool(_DATED.match(text) or _DOCUMENT_NUMBER.fullmatch(text))


def _read_line(header: Header, line: Line) -> None:
    if line.text.startswith("#"):
        if title := line.text.lstrip("#").strip():
            header.titles.append(title)
    elif dated := _DATED.match(line.text):
        _read_event(header, line, dated)
    elif _DOCUMENT_NUMBER.fullmatch(line.text) and header.document_number is None:
        header.document_number = line.text
    elif header.events and _continues(header.events[-1].text, line.text):
        _extend_last_event(header, line.text)
    else:
        header.notes.append(line)


def _read_event(header: Header, line: Line, dated: re.Match[str]) -> None:
    date = day_of(dated)
    if date is None:
        header.problems.append(Problem(line.number, f"日历上没有这一天：{line.text[:20]}"))
        header.notes.append(line)
        return
    header.events.append(Event(date, _without_stray_bracket(dated["event"].strip())))


def _without_stray_bracket(event: str) -> str:
    """Drop the bracket that closes what opened before the day."""
    is_stray = any(
        event.endswith(closing) and event.count(opening) < event.count(closing)
        for opening, closing in (("（", "）"), ("(", ")"))
    )
    return event[:-1] if is_stray else event


def _continues(event: str, text: str) -> bool:
    if len(event) > _LONGEST_EVENT:
        return False
    return _continues_title(event, text) or len(text) <= _LONGEST_CONTINUATION


def _continues_title(event: str, text: str) -> bool:
    is_open = any(event.count(opening) > event.count(closing) for opening, closing in _BRACKETS)
    return is_open or text[0] in "《〈<"


def _extend_last_event(header: Header, text: str) -> None:
    last = header.events[-1]
    # Names of agencies stand one a line: a space keeps them apart. A broken title has no gap.
    separator = "" if not last.text or _continues_title(last.text, text) else " "
    header.events[-1] = dataclasses.replace(last, text=f"{last.text}{separator}{text}")


def _says_effect(event: str) -> bool:
    return bool(_TAKES_EFFECT.match(event) or _EFFECT_AT_ISSUE.search(event))
