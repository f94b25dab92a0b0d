"""Sets of whole milliseconds as disjoint spans in order: of a video, or of real time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

#: From a millisecond, included, to another, excluded.
Span = tuple[int, int]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span], *, gap: int = 0) -> Spans:
    """Everything in any of ``spans``; gaps of ``gap`` or less are closed."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start - merged[-1][1] <= gap:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def measure(spans: Spans) -> int:
    """How many milliseconds they hold."""
    return sum(end - start for start, end in spans)


def without(window: Span, taken: Spans) -> Spans:
    """What of ``window`` is not in ``taken``."""
    free, at = [], window[0]
    for start, end in taken:
        free.append((at, min(start, window[1])))
        at = max(at, end)
    return union([*free, (at, window[1])])


def beyond(spans: Spans, known: Spans) -> Spans:
    """What of ``spans`` is not in ``known``."""
    starts, ends = [span[0] for span in known], [span[1] for span in known]
    return tuple(
        piece
        for span in spans
        for piece in without(
            span, known[bisect_right(ends, span[0]) : bisect_left(starts, span[1])]
        )
    )


def within(spans: Iterable[Span], end: int) -> tuple[Span, ...]:
    """Each of ``spans``, in the given order, as far as it lies before ``end``."""
    return tuple((min(start, end), min(stop, end)) for start, stop in spans)


def first_of(spans: Spans, amount: int) -> Spans:
    """Their first ``amount`` milliseconds."""
    return tuple(_taken(spans, amount))


def last_of(spans: Spans, amount: int) -> Spans:
    """Their last ``amount`` milliseconds."""
    return beyond(spans, first_of(spans, measure(spans) - amount))


def longest(spans: Spans, most: int) -> Spans:
    """The ``most`` longest of them, in order."""
    chosen = sorted(spans, key=lambda span: span[0] - span[1])[:most]
    return tuple(sorted(chosen))


def joined(spans: Spans, most: int) -> Spans:
    """At most ``most`` spans that hold all of them: the narrowest gaps are closed."""
    surplus = len(spans) - most
    if surplus <= 0:
        return spans
    gaps = sorted(after[0] - before[1] for before, after in pairwise(spans))
    return union(spans, gap=gaps[surplus - 1])


def _taken(spans: Spans, amount: int) -> Iterator[Span]:
    for start, end in spans:
        if amount <= 0:
            return
        yield start, min(end, start + amount)
        amount -= end - start
