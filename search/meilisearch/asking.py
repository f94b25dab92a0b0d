"""How searches are put to the indexes in use, within what somebody may find."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from search import text
from search.meilisearch.filters import allowed, documents
from search.meilisearch.settings import FACETS, KEY, Names
from search.meilisearch.wire import Wire
from search.port import Filter, SearchScope

ROW = (
    *("key", "id", "scope", "unit", "weight", "published", "number", "suffix", "names", "called"),
    *("category", "issuer", "status"),
)

WORDS = ("title", "words")
LETTERS = ("letters",)

_MOST_REQUIRED = 8
"""The server reads ten words of a search, and no more; two are left for what is asked."""

Row = Mapping[str, Any]
_Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: documents need all of these words and phrases."""

    words: str
    fields: tuple[str, ...]
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, best first, each with its score; how many there are in all, and their facets."""

    rows: list[tuple[float, Row]]
    total: int
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Desk:
    """Puts searches to the indexes in use, within what somebody may find.

    All that is found has the runs of letters that are ``required``, and none that is ``unwanted``;
    none of the conditions that are ``excluded`` holds for it.
    """

    wire: Wire
    names: Names
    chosen: Filter
    required: Sequence[str] = ()
    unwanted: Sequence[str] = ()
    excluded: Sequence[str] = ()

    @cached_property
    def _indexes(self) -> list[str]:
        return list(_indexes(self.names, self.chosen.scopes))

    @cached_property
    def _within(self) -> list[str]:
        return allowed(self.chosen) + [f"NOT ({condition})" for condition in self.excluded]

    @cached_property
    def _always(self) -> list[str]:
        required = map(phrase, self.required[:_MOST_REQUIRED])
        return [*required, *(f"-{phrase(run)}" for run in self.unwanted)]

    def any_of(
        self,
        searches: Sequence[Search],
        *,
        limit: int,
        offset: int = 0,
        with_facets: bool = False,
    ) -> Found:
        """What one of these searches finds at least, by the best score that any gives it."""
        queries = [
            self._query(index, search)
            | {"attributesToRetrieve": ROW, "federationOptions": {"weight": search.worth}}
            for index in self._indexes
            for search in searches
        ]
        federation: dict[str, Any] = {"limit": limit, "offset": offset}
        if with_facets:
            federation["facetsByIndex"] = dict.fromkeys(self._indexes, FACETS)
        if not queries:
            return Found([], 0, {field: {} for field in FACETS})
        answer = self.wire.ask(queries, federation)
        rows = [(hit["_federation"]["weightedRankingScore"], hit) for hit in answer["hits"]]
        return Found(rows, answer["estimatedTotalHits"], _facets(answer))

    def counts(self, searches: Sequence[Search]) -> list[int]:
        """How many documents each search finds."""
        queries = [self._query(*each) | {"limit": 0} for each in self._everywhere(searches)]
        return [sum(map(_total, results)) for results in self._answers(queries)]

    def best_of_each(self, searches: Sequence[Search], limit: int) -> list[list[str]]:
        """The keys of so many of the best that each search finds, of contents and regulations."""
        queries = [
            self._query(*each) | {"limit": limit, "attributesToRetrieve": [KEY]}
            for each in self._everywhere(searches)
        ]
        return [[hit[KEY] for hit in _hits(results)] for results in self._answers(queries)]

    def rows(self, condition: str, limit: int, *, more: Sequence[str] = ()) -> list[Row]:
        """The documents of which a further condition holds, in no order; ``more`` are fields."""
        (found,) = self.rows_of_each([condition], limit, more=more)
        return found

    def rows_of_each(
        self, conditions: Sequence[str], limit: int, *, more: Sequence[str] = ()
    ) -> list[list[Row]]:
        """The documents of which each of these conditions holds."""
        queries = [
            self._query(index, Search("", LETTERS), condition)
            | {"limit": limit, "attributesToRetrieve": [*ROW, *more]}
            for condition in conditions
            for index in self._indexes
        ]
        return list(map(_hits, self._answers(queries)))

    def letters(self, keys: Sequence[str]) -> list[Row]:
        """The documents of these keys, in no order, with the letters of their texts."""
        return self.rows(documents(keys), len(keys), more=LETTERS) if keys else []

    def words(self, search: Search, limit: int) -> set[str]:
        """The words of some of the documents that a search finds."""
        queries = [
            self._query(index, search) | {"limit": limit, "attributesToRetrieve": WORDS}
            for index in self._indexes
        ]
        hits = [hit for results in self._answers(queries) for hit in _hits(results)]
        return {word for hit in hits for field in WORDS for word in hit[field].split()}

    def _everywhere(self, searches: Sequence[Search]) -> Iterator[tuple[str, Search]]:
        return ((index, search) for search in searches for index in self._indexes)

    def _answers(self, queries: Sequence[dict[str, Any]]) -> Iterator[Sequence[_Result]]:
        """The answers to each search, one from each of the indexes."""
        results = self.wire.ask(queries)["results"] if queries else []
        width = len(self._indexes)
        return (results[start : start + width] for start in range(0, len(results), width))

    def _query(self, index: str, search: Search, *conditions: str) -> dict[str, Any]:
        # What is required or unwanted is looked for where the letters stand alone.
        fields = [*search.fields, *(LETTERS if self._always else ())]
        return {
            "indexUid": index,
            "q": " ".join((search.words, *self._always)),
            "filter": [*self._within, *conditions],
            "attributesToSearchOn": text.unique(fields),
            "matchingStrategy": "all",
            "locales": ["cmn"],
        }


def word(one: str) -> str:
    """A word as it stands: of one longer than two letters the server would ask a part only."""
    return f'"{one}"'


def phrase(run: str) -> str:
    """These letters side by side; a run of Latin letters is one word."""
    return f'"{run if run.isascii() else " ".join(run)}"'


def _indexes(names: Names, scopes: frozenset[SearchScope]) -> Iterator[str]:
    if not scopes or scopes - {SearchScope.REGULATION}:
        yield names.contents
    if not scopes or SearchScope.REGULATION in scopes:
        yield names.regulations


def _hits(results: Sequence[_Result]) -> list[Row]:
    return [hit for result in results for hit in result["hits"]]


def _total(result: _Result) -> int:
    total: int = result["estimatedTotalHits"]
    return total


def _facets(answer: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    counted: dict[str, dict[str, int]] = {field: {} for field in FACETS}
    for index in (answer.get("facetsByIndex") or {}).values():
        for field, values in index["distribution"].items():
            for value, count in values.items():
                counted[field][value] = counted[field].get(value, 0) + count
    return counted
