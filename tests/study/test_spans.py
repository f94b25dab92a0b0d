"""Spans are sets of milliseconds, and behave like them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.study.spans import (
    beyond,
    first_of,
    joined,
    last_of,
    longest,
    measure,
    union,
    within,
    without,
)

places = st.integers(0, 60)
spans = st.lists(st.tuples(places, places).map(sorted).map(tuple), max_size=8)
gaps = st.integers(0, 5)
amounts = st.integers(-3, 80)


def points(found):
    return {at for start, end in found for at in range(start, end)}


def closed(found, gap):
    """The points between two of ``found`` that ``gap`` or fewer others part."""
    held = sorted(found)
    near = [(a, b) for a, b in pairwise(held) if b - a - 1 <= gap]
    return found | {at for a, b in near for at in range(a, b)}


@given(spans, gaps)
def test_a_union_holds_what_any_holds_and_narrow_gaps(some, gap):
    assert points(union(some, gap=gap)) == closed(points(some), gap)


@given(spans, gaps)
def test_a_union_is_in_order_with_wide_gaps_and_nothing_empty(some, gap):
    merged = union(some, gap=gap)
    assert all(start < end for start, end in merged)
    assert all(b[0] - a[1] > gap for a, b in pairwise(merged))


@given(spans, spans, spans, gaps)
def test_a_union_asks_neither_for_order_nor_for_grouping_nor_for_repetition(a, b, c, gap):
    def merge(x, y):
        return union([*x, *y], gap=gap)

    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(merge(a, b), b) == merge(a, b)


@given(spans)
def test_a_measure_is_the_number_of_points(some):
    assert measure(union(some)) == len(points(some))


@given(spans, spans)
def test_beyond_is_what_the_other_does_not_hold(some, known):
    found = beyond(union(some), union(known))
    assert points(found) == points(some) - points(known)
    assert found == union(found)


@given(places, places, spans)
def test_without_is_the_rest_of_a_window(start, length, taken):
    window = start, start + length
    assert points(without(window, union(taken))) == points([window]) - points(taken)


@given(spans, places)
def test_within_keeps_the_order_and_what_lies_before_the_end(some, end):
    clipped = within(some, end)
    assert points(clipped) == {at for at in points(some) if at < end}
    assert [span for span in clipped if span[0] < span[1]] == [
        (start, min(stop, end)) for start, stop in some if start < min(stop, end)
    ]


@given(spans, amounts)
def test_first_and_last_share_a_set_between_them(some, amount):
    whole = union(some)
    held = sorted(points(whole))
    amount = max(amount, 0)
    assert sorted(points(first_of(whole, amount))) == held[:amount]
    assert sorted(points(last_of(whole, amount))) == held[max(len(held) - amount, 0) :]


@given(spans, st.integers(1, 8))
def test_the_longest_are_kept_in_order(some, most):
    whole = union(some)
    kept = longest(whole, most)
    lengths = sorted((end - start for start, end in whole), reverse=True)
    assert sorted((end - start for start, end in kept), reverse=True) == lengths[:most]
    assert kept == tuple(span for span in whole if span in kept)


@given(spans, spans, st.integers(1, 8))
def test_keeping_the_longest_never_loses_by_adding(some, more, most):
    kept = longest(union(some), most)
    assert measure(longest(union([*kept, *more]), most)) >= measure(kept)


@given(spans, st.integers(1, 8))
def test_joining_holds_everything_in_few_spans(some, most):
    whole = union(some)
    found = joined(whole, most)
    assert len(found) <= most
    assert points(found) >= points(whole)
    assert found == whole or len(whole) > most


def test_joining_closes_the_narrowest_gaps():
    assert joined(((0, 1), (5, 6), (8, 9), (20, 21)), 3) == ((0, 1), (5, 9), (20, 21))
