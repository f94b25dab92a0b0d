import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.numerals import LARGEST, ArticleNumber, format_number, parse_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十九", 39),
        ("一百", 100),
        ("一百一十", 110),
        ("一百一十五", 115),
        ("一百十五", 115),
        ("三百零五", 305),
        ("三百〇五", 305),
        ("两百", 200),
        ("一千零一十", 1010),
        ("一千二百六十", 1260),
        ("九千九百九十九", 9999),
        ("二〇二一", 2021),
        ("305", 305),
        ("１２", 12),
    ],
)
def test_a_numeral_is_read(written, number):
    assert parse_number(written) == number


@pytest.mark.parametrize("written", ["", "百", "十百", "一百二百", "一二十", "甲", "10000", "-1"])
def test_what_is_no_numeral_is_refused(written):
    with pytest.raises(ValueError, match=r"not a number|beyond"):
        parse_number(written)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "十"),
        (19, "十九"),
        (20, "二十"),
        (39, "三十九"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1000, "一千"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (1100, "一千一百"),
    ],
)
def test_a_number_is_written_as_regulations_do(number, written):
    assert format_number(number) == written


@given(st.integers(0, LARGEST))
def test_every_number_is_read_back(number):
    assert parse_number(format_number(number)) == number


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_a_number_beyond_the_bounds_is_not_written(number):
    with pytest.raises(ValueError, match="beyond"):
        format_number(number)


def test_an_article_number_is_printed_with_its_suffix():
    assert ArticleNumber(12).label == "第十二条"
    assert ArticleNumber(120, 6).label == "第一百二十条之六"


def test_what_writes_no_number_gives_no_article_number():
    assert ArticleNumber.read("百") is None
    assert ArticleNumber.read("三", "百") is None


@pytest.mark.parametrize(
    ("after", "before", "follows"),
    [
        (ArticleNumber(3), ArticleNumber(2), True),
        (ArticleNumber(3), ArticleNumber(2, 4), True),
        (ArticleNumber(2, 1), ArticleNumber(2), True),
        (ArticleNumber(2), ArticleNumber(2), False),
        (ArticleNumber(4), ArticleNumber(2), False),
        (ArticleNumber(3, 1), ArticleNumber(2), False),
    ],
)
def test_the_next_article_has_the_next_number_or_suffix(after, before, follows):
    assert after.follows(before) is follows
