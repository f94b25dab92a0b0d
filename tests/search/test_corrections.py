from collections import Counter

import pytest

from search.corrections import correct
from search.sounds import sound


class Words:
    """A vocabulary of words, each in so many of a thousand documents."""

    documents = 1_000

    def __init__(self, secret=(), **counts):
        self._counts = Counter(counts)
        self._secret = secret

    def frequency(self, pair):
        return sum(count for word, count in self._counts.items() if pair in word)

    def sounding(self, wanted):
        return [(word, n) for word, n in self._counts.items() if sound(word) == wanted]

    def is_known(self, word):
        return word not in self._secret


WORDS = {"工资": 40, "仲裁": 30, "劳动": 90, "个体工商户": 9, "补偿": 20, "拖欠": 10}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("拖欠公资怎么办", "拖欠工资怎么办"),
        ("劳动仲才", "劳动仲裁"),
        ("经济不偿，拖欠公资", "经济补偿，拖欠工资"),
        ("劳动仲才😀 ok", "劳动仲裁😀 ok"),
    ],
)
def test_a_mistyped_homophone_is_put_right(typed, meant):
    assert correct(typed, Words(**WORDS)) == meant


def test_the_rest_of_the_query_stays_as_it_was_typed():
    assert correct("勞動仲才", Words(**WORDS)) == "勞動仲裁"


@pytest.mark.parametrize("query", ["", "工资", "拖欠工资", "攻自己", "ab", "😀", "天气如何"])
def test_a_clean_query_is_left_alone(query):
    assert correct(query, Words(**WORDS)) is None


def test_a_word_that_few_documents_use_corrects_nothing():
    assert correct("劳动仲才", Words(**WORDS | {"仲裁": 1})) is None


def test_a_word_that_the_asker_may_not_know_is_not_told():
    assert correct("劳动仲才", Words(secret={"仲裁"}, **WORDS)) is None
