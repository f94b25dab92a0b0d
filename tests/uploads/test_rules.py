"""Names that may be shown, whatever a client calls its files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.uploads.rules import MAX_FILENAME, display_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("春游.jpg", "春游.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\系统.ini", "系统.ini"),
        ("/", "未命名"),
        ("..", "未命名"),
        ("", "未命名"),
        ("a\0b.jpg", "ab.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066\u200f合影\u2069.png", "合影.png"),
        ("two\r\nlines.jpg", "twolines.jpg"),
        ("  a   b .jpg ", "a b .jpg"),
        ("." * 50 + "x", "x"),
        ("长" * 300 + ".jpeg", "长" * 114 + "….jpeg"),
        ("长" * 300, "长" * 119 + "…"),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(given_name, shown):
    assert display_name(given_name) == shown


def test_a_name_beyond_reason_is_refused():
    with pytest.raises(Invalid):
        display_name("x" * 1001)


@settings(max_examples=50, deadline=None, database=None)
@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_kept_and_shown(name):
    shown = display_name(name)
    assert 1 <= len(shown) <= MAX_FILENAME
    assert shown.isprintable()
    assert "/" not in shown
    assert "\\" not in shown
    assert display_name(shown) == shown
