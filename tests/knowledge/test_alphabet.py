"""How titles are sorted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.alphabet import LONGEST, alphabetical


@pytest.mark.parametrize(
    "titles",
    [
        ["安全生产法", "保险法", "长江保护法", "长期照护条例", "城乡规划法", "重庆条例", "刑法"],
        ["西安条例", "现役军官法"],
        ["监察法", "监狱法", "建筑法"],
        [f"关于《公司法》若干问题的规定（{n}）" for n in ("一", "二", "三", "十", "十一")],
        ["2020年度计划", "ABC办法", "办法", "Ｂ办法"],
        ["劳动法", "劳动法实施办法", "劳动合同法"],
    ],
)
def test_titles_are_sorted_by_their_sound_and_counted_parts_by_number(titles):
    keys = [alphabetical(title) for title in titles]
    assert keys == sorted(set(keys))


def test_signs_do_not_count():
    assert alphabetical("关于《劳动法》的解释") == alphabetical("关于劳动法的解释")
    assert alphabetical("——") == ""


@given(st.text("劳动（二百）法Aa1《 é\n", max_size=80))
def test_what_sorts_is_of_small_letters_and_digits_alone(title):
    key = alphabetical(title)
    assert len(key) <= LONGEST
    assert all(letter.isascii() and letter.isalnum() and letter == letter.lower() for letter in key)
