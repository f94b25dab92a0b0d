"""Titles that people shorten: 劳合法 for 劳动合同法, 党员教育条例 for 党员教育管理工作条例."""

from collections.abc import Iterable
from itertools import groupby

_SHORTEST, _LONGEST = 3, 12
_LONGEST_SHARE = 3
"""A title may have so many times the letters of its abbreviation: more could stand for anything."""

MOST_MEANT = 8
"""Of so many titles it is asked whether they are to be found."""


def may_be_abbreviation(typed: str) -> bool:
    """Whether this many letters may stand for a longer title."""
    return _SHORTEST <= len(typed) <= _LONGEST


def spelled_out(typed: str, titles: Iterable[str]) -> list[str]:
    """Those of ``titles`` that ``typed`` may stand for, the least shortened first.

    An abbreviation keeps a title's first letter and its last, and of those between some, in order.
    """
    meant = [title for title in titles if _shortens(typed, title)]
    return sorted(meant, key=lambda title: (len(title), title))


def likeliest(weighed: Iterable[tuple[float, str]]) -> list[str]:
    """Of titles, each with the weight of its source, the one that is meant; none, if two may be.

    Laws come before interpretations, then the least shortened; two alike leave it open.
    """
    ordered = sorted((-weight, len(title), title) for weight, title in weighed)
    alike = [title for *_, title in next(groupby(ordered, key=lambda each: each[:2]), ((), ()))[1]]
    return alike if len(alike) == 1 else []


def _shortens(typed: str, title: str) -> bool:
    if not len(typed) < len(title) <= len(typed) * _LONGEST_SHARE:
        return False
    if (typed[0], typed[-1]) != (title[0], title[-1]):
        return False
    rest = iter(title)
    return all(letter in rest for letter in typed)
