"""What of a question is looked for: words, pairs of letters, and words that mean the same."""

from collections.abc import Sequence

from search import text
from search.meilisearch.asking import LETTERS, WORDS, Search, phrase, word
from search.meilisearch.fields import plain, terms_in
from search.question import Question
from search.ranking import SYNONYM_SHARE
from search.synonyms import Synonym

_MOST_WORDS = 20
_MOST_PAIRS = 8
_MOST_OTHERS = 4
_PAIR_WORTH = 0.5


def words_asked(question: Question) -> list[str]:
    """The words of a question, the Party's terms first, and so many at most."""
    return text.unique([*terms_in(question.folded), *plain(question.wanted_words)])[:_MOST_WORDS]


def searches_of(question: Question, synonyms: Sequence[Synonym]) -> list[Search]:
    """Searches of which a document that may answer is found by one at least.

    Pairs of letters find what was cut to other words, and other words what means the same: phrases
    have no synonyms at the server. A question of single letters (党) has nothing else. What has the
    phrases that are required needs no more.
    """
    words = words_asked(question)
    pairs = [pair for pair in question.wanted_bigrams if text.is_han(pair) and pair not in words]
    others = [other for each in synonyms for other in each.others[:_MOST_OTHERS]]
    searches = [
        *(Search("", LETTERS) for _ in question.phrases[:1]),
        *(Search(word(each), WORDS) for each in words),
        *(Search(phrase(pair), LETTERS, _PAIR_WORTH) for pair in pairs[:_MOST_PAIRS]),
        *(
            Search(phrase(text.tight(each)), LETTERS, SYNONYM_SHARE)
            for each in others[:_MOST_WORDS]
        ),
    ]
    return searches or [Search(letter, LETTERS) for letter in question.letters[:_MOST_WORDS]]
