"""What a comment may be made of, and until when it may be changed."""

import unicodedata
from datetime import timedelta

import pytest
from group import START
from hypothesis import given
from hypothesis import strategies as st

from app.engagement.rules import MAX_BODY, is_editable, plain_text
from app.errors import Invalid

FIELD = ("input", "body")


def written(text: str, most: int = MAX_BODY) -> str:
    return plain_text(text, "评论", most, path=FIELD)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  很好！ \n", "很好！"),
        ("第一行\r\n第二行\r第三行\u2028第四行", "第一行\n第二行\n第三行\n第四行"),
        ("左\t右", "左 右"),
        ("👍", "👍"),
        ("字" * MAX_BODY, "字" * MAX_BODY),
    ],
)
def test_a_text_is_trimmed_and_its_lines_end_alike(text, kept):
    assert written(text) == kept


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "评论应为 1 到 2000 个字符"),
        (" \n\t", "评论应为 1 到 2000 个字符"),
        ("\u200b\u200b", "评论应为 1 到 2000 个字符"),
        ("字" * (MAX_BODY + 1), "评论应为 1 到 2000 个字符"),
        ("a\0b", "评论含有不允许的控制字符"),
        ("a\x1b[2Jb", "评论含有不允许的控制字符"),
        ("a\u202eb", "评论含有不允许的控制字符"),
        ("a\u2066b", "评论含有不允许的控制字符"),
        ("a\ud800b", "评论含有不允许的控制字符"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(text, message):
    with pytest.raises(Invalid) as refused:
        written(text)
    assert (refused.value.message, refused.value.path) == (message, FIELD)


@given(st.text(max_size=60))
def test_what_is_taken_stays_the_same_and_can_be_kept_by_every_database(text):
    try:
        kept = written(text, 40)
    except Invalid:
        return
    assert written(kept, 40) == kept
    assert 1 <= len(kept) <= 40
    assert not [c for c in kept if unicodedata.category(c) == "Cc" and c != "\n"]
    kept.encode()


def test_a_comment_may_be_changed_for_ten_minutes():
    assert is_editable(START, START)
    assert is_editable(START, START + timedelta(minutes=9, seconds=59))
    assert not is_editable(START, START + timedelta(minutes=10))
