"""The headings above an article: parts, chapters, sections, and their order."""

import re
from typing import NamedTuple

from app.knowledge.numerals import NUMERAL

_ORDINAL = rf"第(?:{NUMERAL}+|\d+)"
_RANKS = (
    # 附则 and 附件 stand beside the parts, however deep their mark-up is.
    (re.compile(r"附\s?[则件录表]"), 1),
    (re.compile(rf"{_ORDINAL}分编"), 2),
    (re.compile(rf"{_ORDINAL}(?:编|篇|部分)"), 1),
    (re.compile(rf"{_ORDINAL}章"), 3),
    (re.compile(rf"{_ORDINAL}节"), 4),
)
_UNMARKED = re.compile(rf"{_ORDINAL}(?:分编|编|章|节) [^，。；：、]{{1,30}}")


class _Heading(NamedTuple):
    rank: int
    title: str


class Outline:
    """Where reading stands among the headings; ``path`` goes from the outermost inwards."""

    def __init__(self, *outermost: str) -> None:
        self._outermost = outermost
        self._open: list[_Heading] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that are open now."""
        return (*self._outermost, *(heading.title for heading in self._open))

    def enter(self, title: str, level: int) -> None:
        """Open a heading of so many ``#``; it closes those of its rank and below.

        The rank follows the words where they tell it (编 is above 章), since sources mark both
        with the same level.
        """
        rank = next((rank for pattern, rank in _RANKS if pattern.match(title)), level + 1)
        self._close(rank)
        self._open.append(_Heading(rank, tidy_title(title)))

    def leave(self) -> None:
        """Close the innermost heading."""
        self._open.pop()

    def _close(self, rank: int) -> None:
        while self._open and self._open[-1].rank >= rank:
            self._open.pop()


def tidy_title(title: str) -> str:
    """Take out spaces that only stretch a short word: ``第一章 总 则`` → ``第一章 总则``."""
    match = re.match(rf"(?:{_ORDINAL}\S{{1,2}}|{NUMERAL}+、)(?: |(?<=、))", title)
    head = match[0] if match else ""
    words = title[len(head) :].split(" ")
    if all(len(word) == 1 for word in words):
        return head + "".join(words)
    return title


def is_unmarked_heading(text: str) -> bool:
    """Whether a line without ``#`` is a heading all the same: ``第二章 权利和义务``."""
    return _UNMARKED.fullmatch(text) is not None
