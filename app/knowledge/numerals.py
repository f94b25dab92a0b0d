"""Chinese numerals, and the numbers that articles carry."""

import functools
import re
from typing import NamedTuple

NUMERAL = "[〇零一二三四五六七八九十百千两]"
"""A regular expression for one character of a Chinese numeral."""

VALUE = rf"(?:{NUMERAL}{{1,9}}|\d{{1,4}})"
"""A regular expression for what may be a number; whether it is one, ``parse_number`` tells."""

LARGEST = 9999
"""The largest number written here: no regulation has more articles."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS = {"千": 1000, "百": 100, "十": 10}
_GROUPED = re.compile(
    r"(?:([一二三四五六七八九两])千)?"
    r"(?:[〇零]?([一二三四五六七八九两])百)?"
    r"(?:[〇零]?([一二三四五六七八九]?)(十))?"
    r"[〇零]?([一二三四五六七八九]?)"
)


class ArticleNumber(NamedTuple):
    """The number of an article: 第十二条 is ``(12, 0)``, 第十二条之一 is ``(12, 1)``."""

    number: int
    suffix: int = 0

    @classmethod
    def read(cls, number: str, suffix: str | None = None) -> "ArticleNumber | None":
        """The number that two numerals write, or None where one of them is none (第百条)."""
        try:
            return cls(parse_number(number), parse_number(suffix) if suffix else 0)
        except ValueError:
            return None

    def follows(self, other: "ArticleNumber") -> bool:
        """Whether it is the next after ``other``: 第三条 after 第二条 and after 第二条之一."""
        return self in ((other.number + 1, 0), (other.number, other.suffix + 1))

    @property
    def label(self) -> str:
        """The number as it is printed: ``第十二条之一``."""
        label = f"第{format_number(self.number)}条"
        return f"{label}之{format_number(self.suffix)}" if self.suffix else label


@functools.lru_cache(maxsize=4096)
def parse_number(numeral: str) -> int:
    """Read ``三百零五``, ``二〇二一`` or ``305`` (full-width too), 0 to 9999.

    Raises ``ValueError`` for anything else.
    """
    if numeral.isdecimal():
        return _within_bounds(int(numeral), numeral)
    if numeral and all(character in _DIGITS for character in numeral):
        return _within_bounds(int("".join(str(_DIGITS[c]) for c in numeral)), numeral)
    match = _GROUPED.fullmatch(numeral)
    if not numeral or match is None:
        raise ValueError(f"not a number: {numeral!r}")
    thousands, hundreds, tens, ten, ones = match.groups()
    # A ten may stand alone (十二), a hundred never does.
    return (
        _DIGITS.get(thousands, 0) * 1000
        + _DIGITS.get(hundreds, 0) * 100
        + (_DIGITS[tens or "一"] * 10 if ten else 0)
        + _DIGITS.get(ones, 0)
    )


def format_number(number: int) -> str:
    """Write 0 to 9999 as regulations do: ``三十九``, ``一百一十``, ``一千零五``.

    Raises ``ValueError`` outside these bounds.
    """
    _within_bounds(number, str(number))
    if number == 0:
        return "零"
    text = ""
    rest = number
    for unit, value in (*_UNITS.items(), ("", 1)):
        digit, rest = divmod(rest, value)
        if digit:
            text += "零一二三四五六七八九"[digit] + unit
        elif text and rest and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if 10 <= number < 20 else text


def _within_bounds(number: int, written: str) -> int:
    if not 0 <= number <= LARGEST:
        raise ValueError(f"beyond 0 to {LARGEST}: {written}")
    return number
