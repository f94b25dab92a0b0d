"""What changed between two wordings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.knowledge.comparing import SegmentKind, compare, fold, same_wording

EQUAL, INSERTED, DELETED = SegmentKind

wordings = st.text("甲乙丙的臺台，,。；\n：︰ ／/“”ａa1", max_size=40)


def newer(segments):
    return "".join(one.text for one in segments if one.kind is not DELETED)


def former(segments):
    return "".join(
        one.text if one.former_text is None else one.former_text
        for one in segments
        if one.kind is not INSERTED
    )


@settings(max_examples=200, deadline=None)
@given(wordings, wordings)
def test_both_wordings_can_be_read_off_the_segments(before, after):
    segments = compare(before, after)
    assert newer(segments) == after
    assert former(segments) == before
    assert all(one.text for one in segments)
    for one in segments:
        if one.former_text is not None:
            assert one.kind is EQUAL
            assert one.former_text != one.text
            assert fold(one.former_text) == fold(one.text)


@settings(max_examples=100, deadline=None)
@given(wordings)
def test_a_wording_equals_itself(text):
    assert [one.kind for one in compare(text, text)] == [EQUAL] * bool(text)


def test_a_change_is_told_by_its_letters():
    assert compare(
        "借期三十日，逾期的停借。遗失的赔偿。", "借期六十日，逾期的停借。遗失图书的赔偿。"
    ) == (
        (EQUAL, "借期", None),
        (DELETED, "三", None),
        (INSERTED, "六", None),
        (EQUAL, "十日，逾期的停借。遗失", None),
        (INSERTED, "图书", None),
        (EQUAL, "的赔偿。", None),
    )


def test_typography_is_no_change_and_is_shown():
    before, after = "台湾地区,比例1/2：“甲”。", "臺湾地区，比例1／2︰「甲」。"
    assert compare(before, after) == ((EQUAL, after, before),)
    assert same_wording(before, after)
    assert not same_wording("甲，乙", "甲、乙")


def test_a_single_letter_between_two_changes_is_no_common_ground():
    assert [one.kind for one in compare("春天的花", "秋夜的月")] == [DELETED, INSERTED]


@pytest.mark.parametrize(
    ("before", "after"), [("甲，" * 3000, "乙，" * 3000), ("甲" * 900, "乙" * 900)]
)
def test_what_is_too_long_to_compare_is_told_as_a_whole(before, after):
    segments = compare(before, after)
    assert [one.kind for one in segments] == [DELETED, INSERTED]
    assert (former(segments), newer(segments)) == (before, after)
