"""Rows: drivers' values become named tuples, each column as it was said."""

import enum
from typing import NamedTuple

import pytest

from app.database.rows import part, rows_of


class Pair(NamedTuple):
    name: object
    size: object


class Lone(NamedTuple):
    name: object


class Size(enum.StrEnum):
    LARGE = "L"


SIZES = {None: None, "L": Size.LARGE}


@pytest.mark.parametrize(
    ("conversions", "raw", "made"),
    [
        ([None, None], [("a", 1)], [Pair("a", 1)]),
        ([str.upper, None], [("a", 1), (None, None)], [Pair("A", 1), Pair(None, None)]),
        ([None, SIZES], [("a", "L"), ("b", None)], [Pair("a", Size.LARGE), Pair("b", None)]),
        ([str.upper, SIZES], [["a", "L"]], [Pair("A", Size.LARGE)]),
        ([None, SIZES], [], []),
    ],
)
def test_each_column_is_converted_its_own_way(conversions, raw, made):
    found = rows_of(Pair, conversions)(raw)
    assert found == made
    assert {type(row) for row in found} <= {Pair}


def test_a_row_of_one_column_is_a_row():
    assert rows_of(Lone, [str.upper])([("a",), ("b",)]) == [Lone("A"), Lone("B")]


def test_a_value_that_an_enumeration_does_not_know_is_an_error():
    with pytest.raises(KeyError):
        rows_of(Pair, [None, SIZES])([("a", "XL")])


def test_a_stretch_of_a_row_is_a_row():
    stretch = part(Pair, ("a", 1, 2, 3)[1:3])
    assert (stretch, type(stretch)) == (Pair(1, 2), Pair)
