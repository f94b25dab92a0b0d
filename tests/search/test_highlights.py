import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlights import FRAGMENT_LENGTH, Highlight, Marker
from search.synonyms import Synonyms
from search.text import to_traditional

ARTICLE = "每人每次可以借阅三册图书，借期三十日。逾期不还的，暂停借阅，直到归还为止。"
FILLER = "阅览室每天开放，节日也不例外。" * 20
SETS = [
    frozenset({"老板", "用人单位", "雇主"}),
    frozenset({"欠薪", "拖欠劳动报酬"}),
    frozenset({"消法", "消费者权益保护法"}),
]


def highlights(query, fields, sets=()):
    return Marker(query, Synonyms(sets)).highlights(fields)


def marked(query, value, sets=()):
    """The stretches that are marked in one field."""
    return stretches(highlights(query, {"text": value}, sets))


def stretches(found):
    return [
        highlight.fragment[start : start + length]
        for highlight in found
        for start, length in highlight.ranges
    ]


def test_words_of_the_query_are_marked_where_they_stand():
    assert highlights("借阅图书", {"text": ARTICLE}) == [
        Highlight("text", ARTICLE, ((6, 2), (10, 2), (27, 2)))
    ]


def test_traditional_text_is_marked_by_a_simplified_query():
    assert marked("借阅图书", to_traditional(ARTICLE)) == ["借閱", "圖書", "借閱"]


def test_simplified_text_is_marked_by_a_traditional_query():
    assert marked("借閱圖書", ARTICLE) == ["借阅", "图书", "借阅"]


def test_ranges_that_touch_or_overlap_are_one():
    assert marked("个体工商户债务", "个体工商户的债务，个体工商户债务") == [
        "个体工商户",
        "债务",
        "个体工商户债务",
    ]


def test_offsets_are_code_points():
    assert highlights("图书", {"text": "😀😀图书"})[0].ranges == ((2, 2),)


def test_fields_come_in_order_and_only_where_something_is_marked():
    fields = {"title": "图书条例", "label": "第三条", "text": "借图书"}
    assert [each.field for each in highlights("图书", fields)] == ["title", "text"]


def test_a_label_is_marked_by_a_number_in_digits():
    assert marked("借书法第39条", "第三十九条") == ["第三十九条"]


def test_a_long_text_is_cut_to_the_sentences_around_the_densest_words():
    text = f"图书。{FILLER}{ARTICLE}{FILLER}"
    (highlight,) = highlights("借阅图书归还", {"text": text})
    assert highlight.fragment.startswith("每人每次")
    assert highlight.fragment.endswith("。")
    assert ARTICLE in highlight.fragment
    assert len(highlight.fragment) <= FRAGMENT_LENGTH + 40


def test_a_text_without_sentences_is_cut_around_the_word():
    (highlight,) = highlights("图书", {"text": "长" * 500 + "图书" + "长" * 500})
    assert FRAGMENT_LENGTH - 20 <= len(highlight.fragment) <= FRAGMENT_LENGTH
    assert [highlight.fragment[a : a + n] for a, n in highlight.ranges] == ["图书"]


def test_a_single_letter_is_marked_only_where_nothing_longer_was_asked():
    assert marked("书", "借书还书") == ["书", "书"]
    assert marked("图书", "借书还图书") == ["图书"]


def test_a_new_word_is_marked_though_no_dictionary_has_it():
    assert marked("阅览团建", "组织团建活动") == ["团建"]


@pytest.mark.parametrize("query", ["", "。", "😀", "不存在的词汇"])
def test_nothing_is_marked_where_nothing_matches(query):
    assert highlights(query, {"text": "借阅图书"}) == []


def test_what_a_text_says_for_a_word_that_it_lacks_is_marked():
    text = "用人单位不得拖欠劳动报酬，雇主亦同。"
    assert marked("老板欠薪", text, SETS) == ["用人单位", "拖欠劳动报酬", "雇主"]
    assert marked("老板欠薪", text) == []


def test_a_text_that_has_the_word_itself_is_marked_by_nothing_else():
    assert marked("老板欠薪", "老板即用人单位，拖欠劳动报酬。", SETS) == ["老板", "拖欠劳动报酬"]
    fields = {"title": "老板须知", "text": "用人单位"}
    assert stretches(highlights("老板", fields, SETS)) == ["老板"]


def test_what_is_quoted_or_unwanted_has_no_other_words():
    assert marked('"老板"', "老板与用人单位", SETS) == ["老板"]
    assert marked("欠薪 -老板", "用人单位拖欠劳动报酬", SETS) == ["拖欠劳动报酬"]


def test_synonyms_are_marked_in_either_script_where_they_stand_in_the_original():
    text = "😀" + to_traditional("用人单位拖欠劳动报酬")
    (found,) = highlights("老闆欠薪", {"text": text}, SETS)
    assert (found.fragment, found.ranges) == (text, ((1, 10),))


def test_a_title_is_marked_by_its_other_name_and_by_its_abbreviation():
    fields = {"text": "总则", "title": "消费者权益保护法"}
    assert highlights("消法第六条", fields, SETS) == [
        Highlight("title", "消费者权益保护法", ((0, 8),))
    ]
    fields = {"title": "中华人民共和国劳动合同法", "text": "劳动者"}
    for query in ("劳合法", "劳合法39条", "劳合法第三十九条怎么说"):
        assert stretches(highlights(query, fields)) == ["中华人民共和国劳动合同法"]
    assert highlights("劳合条例", fields) == []
    assert stretches(highlights("劳动法", fields)) == ["劳动"] * 2


@given(
    st.text("借阅图书个体工商户。第三条，\n😀x", max_size=400),
    st.text("借阅图书个体工商户第三条 ", max_size=12),
    st.lists(st.frozensets(st.text("借阅图书个体工商户", min_size=2, max_size=4), max_size=3)),
)
def test_ranges_lie_within_the_fragment_in_order_and_apart(value, query, sets):
    for highlight in highlights(query, {"text": value, "title": value[:20]}, sets):
        assert highlight.fragment in value
        end = -1
        for start, length in highlight.ranges:
            assert start > end
            assert length > 0
            end = start + length
        assert 0 < end <= len(highlight.fragment)
