import pytest

from search.synonyms import Synonym, Synonyms, seeded, seeds

TABLE = Synonyms([frozenset({"老板", "用人单位"}), frozenset({"老板娘", "女主人", "内当家"})])


def test_a_word_brings_the_others_of_its_set():
    assert TABLE.within("老板不发工资") == [Synonym("老板", ("用人单位",))]


def test_a_word_is_known_by_all_that_mean_the_same():
    assert TABLE.others("女主人") == ("内当家", "老板娘")
    assert TABLE.others("工资") == ()


def test_the_longest_word_is_meant():
    assert TABLE.within("老板娘来了") == [Synonym("老板娘", ("内当家", "女主人"))]


def test_a_word_that_stands_in_several_sets_brings_the_words_of_all():
    both = Synonyms([frozenset({"老板", "雇主"}), frozenset({"老板", "用人单位"})])
    assert both.within("老板") == [Synonym("老板", ("用人单位", "雇主"))]
    assert both.within("雇主") == [Synonym("雇主", ("老板",))]


@pytest.mark.parametrize("question", ["", "工资", "老板和用人单位"])
def test_a_question_that_lacks_no_other_word_is_left_alone(question):
    assert TABLE.within(question) == []


def test_spellings_are_brought_together():
    table = Synonyms([frozenset({"老闆", "ＢＯＳＳ"})])
    assert table.within("老板") == [Synonym("老板", ("boss",))]


@pytest.mark.parametrize("words", [{"偷", "盗窃"}, {"老板"}, {"、、", "老板"}, set()])
def test_a_set_without_two_words_of_two_letters_is_left_out(words):
    assert Synonyms([frozenset(words)]).within("偷 盗窃 老板 、、") == []


def test_the_table_that_comes_along_is_of_use():
    assert seeded().within("偷东西") == [Synonym("偷东西", ("偷拿", "偷钱", "盗窃"))]
    assert all(len(words) > 1 for words in seeds())
