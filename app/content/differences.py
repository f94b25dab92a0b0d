"""What changed between two bodies, line by line."""

import difflib
from collections.abc import Sequence
from itertools import takewhile

#: Lines before times lines after that are compared one by one; more are shown as replaced whole.
_MOST_PAIRS = 250_000
_CONTEXT = 3


def line_diff(before: str, after: str) -> str:
    """A unified diff without file names; empty where nothing changed.

    What both begin and end with is set aside first, so that a small change of a long body costs
    little, and a body that is all new has a bound.
    """
    old, new = before.splitlines(), after.splitlines()
    start = max(_shared(old, new) - _CONTEXT, 0)
    end = max(_shared(old[start:][::-1], new[start:][::-1]) - _CONTEXT, 0)
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    if len(old_part) * len(new_part) > _MOST_PAIRS:
        counts = f"@@ -{start + 1},{len(old_part)} +{start + 1},{len(new_part)} @@"
        return "\n".join([counts, *(f"-{x}" for x in old_part), *(f"+{x}" for x in new_part)])
    lines = list(difflib.unified_diff(old_part, new_part, lineterm="", n=_CONTEXT))[2:]
    return "\n".join(_moved(line, start) for line in lines)


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _moved(line: str, start: int) -> str:
    """A hunk's head with its line numbers counted from the whole; other lines as they are."""
    if not line.startswith("@@ "):
        return line
    _, old, new, _ = line.split(" ")
    return f"@@ -{_from(old[1:], start)} +{_from(new[1:], start)} @@"


def _from(place: str, start: int) -> str:
    first, comma, count = place.partition(",")
    return f"{int(first) + start}{comma}{count}"
