"""Items that begin with ``一、`` or ``1.``, in a text that has no ``第N条``."""

import re

from app.knowledge.numerals import NUMERAL, ArticleNumber
from app.knowledge.reading.marks import Piece

_CHINESE = re.compile(rf"(?P<mark>(?P<number>{NUMERAL}{{1,9}})、)\s?(?P<text>.*)")
_ARABIC = re.compile(r"(?P<mark>(?P<number>\d{1,3})\s?[.．、])\s?(?!\d)(?P<text>.*)")
_ENDS_SENTENCE = tuple("。；：，！？.;:”）")


class ItemMarks:
    """Opens an item where it goes on with the count, or where that begins anew under a heading.

    The outer count alone makes items; what is counted within an item stays in its text.
    """

    def __init__(self) -> None:
        self._counts = {_CHINESE: 0, _ARABIC: 0}
        self._heading_ordinal: int | None = None
        self._outer: re.Pattern[str] | None = None
        self._is_first = True

    def is_heading(self, text: str) -> bool:
        """A short ``三、`` after a heading ``二、`` is a heading that its source failed to mark."""
        item = _CHINESE.match(text)
        return (
            item is not None
            and self._goes_on_from_heading(_value(item))
            and not text.endswith(_ENDS_SENTENCE)
        )

    def enter(self, heading: str) -> None:
        """A heading ends the items above it; its own ``一、`` may be counted on by a line."""
        item = _CHINESE.match(heading)
        self._heading_ordinal = _value(item) if item else None
        self._outer = None

    def split(self, text: str) -> list[Piece]:
        """The line as one piece."""
        for pattern in self._counts:
            item = pattern.match(text)
            number = _value(item) if item else None
            if item and number is not None and self._opens(pattern, number):
                return [self._open(pattern, item, number)]
        return [Piece(None, None, text)]

    def _opens(self, pattern: re.Pattern[str], number: int) -> bool:
        if pattern is _CHINESE and self._goes_on_from_heading(number):
            return True
        if self._outer is not None:
            return pattern is self._outer and number == self._counts[pattern] + 1
        # 三、 may come first, where the source lost the marks before it.
        begins_late = self._is_first and pattern is _CHINESE
        return number in (1, self._counts[pattern] + 1) or begins_late

    def _open(self, pattern: re.Pattern[str], item: re.Match[str], number: int) -> Piece:
        leaves_heading = pattern is _CHINESE and self._goes_on_from_heading(number)
        if leaves_heading:
            self._heading_ordinal = None
        self._counts[pattern] = number
        self._outer = pattern
        self._is_first = False
        label = item["mark"].replace(" ", "")
        return Piece(label, ArticleNumber(number), item["text"], leaves_heading)

    def _goes_on_from_heading(self, number: int | None) -> bool:
        return self._heading_ordinal is not None and number == self._heading_ordinal + 1


def _value(item: re.Match[str]) -> int | None:
    number = ArticleNumber.read(item["number"])
    return number.number if number else None
