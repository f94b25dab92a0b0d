"""What a new text must hold to answer a saved search."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.following.rules import NewText, Wanted
from search.awaiting import wanted
from search.synonyms import Synonyms

SETS = Synonyms(
    [
        frozenset({"老板", "用人单位"}),
        frozenset({"拖欠工资", "拖欠劳动报酬"}),
        frozenset({"上班路上", "上下班途中"}),
        frozenset({"年假", "年休假"}),
    ]
)


def answers(query, *articles, title="办法"):
    return NewText(title, articles).answers(wanted(query, SETS))


def test_each_thing_may_be_said_by_its_own_word_or_by_another():
    assert answers("老板拖欠工资怎么办", "用人单位拖欠劳动报酬的，责令支付。")
    assert answers("上班路上", "上下班途中。")
    assert answers("上班路上", "路上和上班时。")
    assert answers("老板拖欠工资怎么办", "拖欠劳动报酬的，责令支付。", title="用人单位须知")
    assert not answers("老板拖欠工资怎么办", "用人单位支付工资。")
    assert not answers("老板拖欠工资怎么办", "用人单位。", "拖欠劳动报酬。")


def test_a_longer_word_is_not_said_by_what_stands_for_a_part_of_it():
    assert not answers("老板娘", "用人单位")
    assert answers("老板娘", "老板娘")


def test_a_word_that_no_dictionary_has_is_asked_for_all_the_same():
    assert wanted("年假", SETS) == Wanted((("年假", "年休假"),))
    assert answers("年假怎么安排", "年休假由单位安排。")
    assert not answers("年假怎么安排", "值班由单位安排。")
    assert wanted("今年假期", SETS) == Wanted((("今年",), ("假期",)))
    assert wanted("团建", SETS) == Wanted((("团建",),))


def test_what_is_quoted_stands_for_itself_and_what_is_unwanted_for_no_answer():
    assert not answers('"拖欠工资"', "拖欠劳动报酬")
    assert answers('"拖欠工资"', "拖欠工资")
    assert not answers("老板 -农民工", "用人单位与农民工")
    assert answers("老板 -农民工", "农民工", "用人单位")


@pytest.mark.parametrize("query", ["怎么办", "。", "", "怎么 -老板"])
def test_a_question_that_names_nothing_is_never_answered(query):
    assert not answers(query, "怎么办。老板")


@settings(max_examples=100)
@given(
    st.text("老板娘拖欠工资年假用人单位怎么", max_size=12),
    st.text("老板娘拖欠工资年假", max_size=12),
)
def test_a_text_that_holds_the_question_itself_answers_it_with_synonyms_as_without(query, rest):
    text = NewText("", [query + rest])
    assert text.answers(wanted(query, SETS)) >= text.answers(wanted(query, Synonyms([])))
    assert text.answers(wanted(query, SETS)) == bool(wanted(query, SETS).one_of)
