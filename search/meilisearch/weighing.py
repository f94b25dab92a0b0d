"""What a text says of a question, by BM25 over its words, pairs of letters, and letters."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from search import text
from search.meilisearch.asking import word
from search.meilisearch.terms import words_asked
from search.question import Question
from search.ranking import SYNONYM_SHARE, WORD_SHARE
from search.synonyms import Synonym

_SATURATION, _LENGTH_SHARE = 1.2, 0.75
"""The usual k1 and b."""


def weigh(
    texts: Sequence[str],
    question: Question,
    synonyms: Sequence[Synonym],
    *,
    counts: Mapping[str, int],
    documents: int,
) -> list[float]:
    """The score of each text (``fields.unspaced``).

    ``counts`` tells of a search for a word (``asking.word``) how many of all documents it finds.
    How rare pairs of letters are is taken from the texts, which the words have found: counted in
    all documents, by twenty searches more, they give the same (measured).
    """
    if not texts:
        return []
    pool = _Pool(texts)
    scores = [0.0] * len(texts)
    for spelling, share, having in _terms(question, counts):
        said = pool.said(spelling)
        rarity = pool.rarity(said) if having is None else _rarity(having, documents)
        scores = [score + share * rarity * each for score, each in zip(scores, said, strict=True)]
    for synonym in synonyms:
        instead = pool.said_instead(synonym)
        scores = [score + SYNONYM_SHARE * each for score, each in zip(scores, instead, strict=True)]
    return scores


class _Pool:
    """The texts, and how much each says of a term, by how often and how long it is."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        usual = fmean(map(len, texts))
        self._damping = [
            _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * len(letters) / usual)
            for letters in texts
        ]

    def said(self, spelling: str) -> list[float]:
        """What each text says of a term, 0 where it does not have it."""
        return [
            frequency * (1 + _SATURATION) / (frequency + damping)
            for letters, damping in zip(self._texts, self._damping, strict=True)
            for frequency in (letters.count(spelling),)
        ]

    def said_instead(self, synonym: Synonym) -> list[float]:
        """What each text says in other words, of which long ones tell more; 0 beside the word."""
        own = text.tight(synonym.word)
        best = [0.0] * len(self._texts)
        for other in map(text.tight, synonym.others):
            told = sum(self.rarity(self.said(pair)) for pair in text.bigrams(other))
            best = [max(one, told * each) for one, each in zip(best, self.said(other), strict=True)]
        return [
            0.0 if own in letters else each for letters, each in zip(self._texts, best, strict=True)
        ]

    def rarity(self, said: Sequence[float]) -> float:
        """How much a term tells that these texts have."""
        return _rarity(len(said) - said.count(0.0), len(said))


def _terms(
    question: Question, counts: Mapping[str, int]
) -> Iterator[tuple[str, float, int | None]]:
    """What is looked for, its share, and how many documents have it, where that was counted."""
    for each in words_asked(question):
        yield _needle(each), WORD_SHARE, counts.get(word(each))
    for term in (*question.wanted_bigrams, *question.letters):
        yield _needle(term), 1.0, None


def _needle(term: str) -> str:
    """A run of Latin letters and digits is found whole, between its full stops."""
    return term if text.is_han(term) else f".{term}."


def _rarity(having: int, documents: int) -> float:
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))
