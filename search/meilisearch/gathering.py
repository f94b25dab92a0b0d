"""The documents that are weighed: with a rare word of the question, or with two of its words."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from search import text
from search.meilisearch.asking import LETTERS, Desk, Row, Search
from search.meilisearch.fields import unspaced
from search.meilisearch.settings import KEY

_MOST = 400
# So many searches are asked alone, so many of them by twos, each for so many documents at least.
_ALONE = 16
_BY_TWOS = 8
_FEWEST = 50
_EVERYTHING = Search("", LETTERS)


class Gathered(NamedTuple):
    """The likeliest documents, with their ``letters``; how many there are in all.

    ``counts`` tells how many the ``words`` of each search find.
    """

    rows: list[Row]
    documents: int
    counts: dict[str, int]

    @property
    def keys(self) -> list[str]:
        """What the documents are known by."""
        return [row[KEY] for row in self.rows]

    @property
    def texts(self) -> list[str]:
        """Their texts, as they are weighed."""
        return [unspaced(row["letters"]) for row in self.rows]


def gather(desk: Desk, searches: Sequence[Search]) -> Gathered:
    """At most 400 documents: those whose words tell the most, by how few documents have each.

    The server puts what has all words first, or drops words from one end; it adds nothing up. So it
    is asked for each word, and for each two of the eight rarest: an answer has two as a rule.
    """
    documents, *totals = desk.counts([_EVERYTHING, *searches])
    counts = {search: total for search, total in zip(searches, totals, strict=True) if total}
    has = _holders(desk, counts)
    tells = {
        search: search.worth * math.log1p(documents / count) for search, count in counts.items()
    }
    likeliest = sorted(has, key=lambda key: (-sum(map(tells.__getitem__, has[key])), key))
    counted = {search.words: count for search, count in counts.items()}
    return Gathered(desk.letters(likeliest[:_MOST]), documents, counted)


def _holders(desk: Desk, counts: Mapping[Search, int]) -> Mapping[str, set[Search]]:
    """The keys of documents that a search finds, or two, each with those that find it."""
    searches = sorted(counts, key=lambda search: (-search.worth, counts[search]))
    alone = searches[:_ALONE]
    twos = list(combinations(searches[:_BY_TWOS], 2))
    found = desk.best_of_each(alone, max(_FEWEST, _MOST // max(len(alone), 1)))
    found += desk.best_of_each([_both(*two) for two in twos], _FEWEST)
    has: defaultdict[str, set[Search]] = defaultdict(set)
    for by, keys in zip([*zip(alone), *twos], found, strict=True):
        for key in keys:
            has[key].update(by)
    return has


def _both(one: Search, other: Search) -> Search:
    fields = text.unique([*one.fields, *other.fields])
    return Search(f"{one.words} {other.words}", tuple(fields))
