"""Whose deeds pay, what a cap leaves, and which bodies are the same."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.points.rules import digest, pays, remaining, sealed


class Bounds(NamedTuple):
    daily_cap: int | None
    weekly_cap: int | None


def test_who_runs_the_organization_of_an_item_is_not_paid_for_it():
    run = ["/1/2/"]
    assert not pays(5, run, author_id=9, path="/1/2/")
    assert not pays(5, run, author_id=9, path="/1/2/7/")
    assert pays(5, run, author_id=9, path="/1/")
    assert pays(5, run, author_id=9, path="/1/3/")


def test_members_are_paid_but_not_for_what_is_their_own():
    assert pays(5, [], author_id=9, path="/1/2/")
    assert not pays(5, [], author_id=5, path="/1/2/")


@pytest.mark.parametrize(
    ("daily", "weekly", "today", "this_week", "left"),
    [
        (3, None, 0, 0, 3),
        (3, None, 2, 9, 1),
        (3, None, 3, 9, 0),
        (3, None, 4, 9, 0),  # the cap was lowered during the day
        (None, 10, 5, 8, 2),
        (3, 10, 0, 9, 1),
        (3, 10, 2, 3, 1),
        (None, None, 90, 90, None),
    ],
)
def test_the_tighter_cap_bounds_what_is_left_today(daily, weekly, today, this_week, left):
    assert remaining(Bounds(daily, weekly), today, this_week) == left


def test_different_bodies_have_different_digests():
    bodies = [("adjust", 1, 23), ("adjust", 12, 3), ("adjust", "1", 23), ("reverse", 1, 23)]
    assert len({digest(*body) for body in bodies}) == len(bodies)
    assert digest("adjust", 1, 23) == digest("adjust", 1, 23)


_ROW = {"id": 1, "amount": 2, "reason": "补录", "rule_id": None}
_ENTRIES = [{"id": 3, "amount": 2}, {"id": 4, "amount": -2}]


def test_a_seal_knows_neither_the_order_of_entries_nor_columns_that_are_null():
    hashed = sealed("0", _ROW, _ENTRIES)
    assert sealed("0", _ROW | {"added_later": None}, _ENTRIES[::-1]) == hashed


@given(st.sampled_from(["id", "amount", "reason"]), st.integers() | st.text())
def test_a_seal_tells_every_change(name, value):
    if _ROW[name] != value:
        assert sealed("0", _ROW | {name: value}, _ENTRIES) != sealed("0", _ROW, _ENTRIES)
    assert sealed("1", _ROW, _ENTRIES) != sealed("0", _ROW, _ENTRIES)
    assert sealed("0", _ROW, _ENTRIES[:1]) != sealed("0", _ROW, _ENTRIES)
