"""Two versions of a law that was renumbered throughout, where they lie beside the checkout."""

from pathlib import Path

import pytest

from app.knowledge.aligning import align
from app.knowledge.reading.markdown import parse_regulation

LAWS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "laws" / "民法商法"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not LAWS.is_dir(), reason="the reference data is not beside the checkout"),
]


def company_law(day):
    text = (LAWS / f"公司法({day}).md").read_text()
    return [row for row in parse_regulation(text, category="民法商法").articles if row.number]


def test_the_company_law_of_2023_is_followed_to_that_of_2018():
    before, after = company_law("2018-10-26"), company_law("2023-12-29")
    formers = {
        row.number: None if place is None else before[place].number
        for row, place in zip(after, align(before, after).formers, strict=True)
    }
    assert {
        1: 1,
        5: 11,
        12: 9,
        53: 35,  # Not the 53rd of then, which is about supervisors.
        100: 85,
        210: 166,
        266: 218,
    }.items() <= formers.items()
    assert [formers[number] for number in (88, 191)] == [None, None]
