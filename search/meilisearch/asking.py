"""How a question is put to the indexes: searches that look for one thing each, merged by worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search import text
from search.meilisearch.fields import plain, terms_in
from search.meilisearch.filters import allowed
from search.meilisearch.settings import FACETS, Names
from search.meilisearch.wire import Wire
from search.port import Filter, SearchScope
from search.question import Question
from search.synonyms import Synonym

ROW = (
    *("id", "scope", "unit", "weight", "published", "number", "suffix", "names"),
    *("category", "issuer", "status"),
)

# The server reads ten words of a search, and no more.
_MOST_WORDS = 10
_MOST_PAIRS = 8
_MOST_OTHERS = 4
_PAIR_WORTH = 0.5
_SYNONYM_WORTH = 0.6

WORDS = ("title", "words")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """One thing to look for: documents need all of its phrases, or else the first of its words."""

    words: str
    fields: tuple[str, ...]
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, best first, each with its score; how many there are in all, and their facets."""

    rows: list[tuple[float, Row]]
    total: int
    facets: Mapping[str, Mapping[str, int]]


class Desk:
    """Puts searches to the indexes in use, within what somebody may find."""

    def __init__(
        self, wire: Wire, names: Names, chosen: Filter, *, unwanted: Sequence[str] = ()
    ) -> None:
        self._wire = wire
        self._unwanted = "".join(f" -{phrase(run)}" for run in unwanted)
        self._indexes = list(_indexes(names, chosen.scopes))
        self._within = allowed(chosen)

    def best(
        self,
        searches: Sequence[Search],
        *,
        limit: int,
        offset: int = 0,
        but_not: str | None = None,
        with_facets: bool = False,
    ) -> Found:
        """What one of these searches finds at least, by the best score that any gives it."""
        within = self._within + ([f"NOT ({but_not})"] if but_not else [])
        queries = [
            self._query(index, search.words, within, search.fields)
            | {"attributesToRetrieve": ROW, "federationOptions": {"weight": search.worth}}
            for index in self._indexes
            for search in searches
        ]
        federation: dict[str, Any] = {"limit": limit, "offset": offset}
        if with_facets:
            federation["facetsByIndex"] = dict.fromkeys(self._indexes, FACETS)
        answer = self._wire.ask(queries, federation)
        rows = [(hit["_federation"]["weightedRankingScore"], hit) for hit in answer["hits"]]
        return Found(rows, answer["estimatedTotalHits"], _facets(answer))

    def rows(self, condition: str, limit: int) -> list[Row]:
        """The documents of which a further condition holds, in no order."""
        queries = [
            {"indexUid": index, "q": self._unwanted, "filter": [*self._within, condition]}
            | {"limit": limit, "attributesToRetrieve": ROW}
            for index in self._indexes
        ]
        return [hit for result in self._wire.ask(queries)["results"] for hit in result["hits"]]

    def counts(self, searches: Sequence[Search]) -> list[int]:
        """How many documents each search finds."""
        queries = [
            self._query(index, search.words, self._within, search.fields) | {"limit": 0}
            for search in searches
            for index in self._indexes
        ]
        results = self._wire.ask(queries)["results"] if queries else []
        totals = [result["estimatedTotalHits"] for result in results]
        width = len(self._indexes)
        return [sum(totals[place : place + width]) for place in range(0, len(totals), width)]

    def words(self, search: Search, limit: int) -> set[str]:
        """The words of some of the documents that a search finds."""
        queries = [
            self._query(index, search.words, self._within, search.fields)
            | {"limit": limit, "attributesToRetrieve": WORDS}
            for index in self._indexes
        ]
        results = self._wire.ask(queries)["results"]
        hits = [hit for result in results for hit in result["hits"]]
        return {word for hit in hits for field in WORDS for word in hit[field].split()}

    def _query(
        self, index: str, words: str, within: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Any]:
        return {
            "indexUid": index,
            "q": words + self._unwanted,
            "filter": list(within),
            # What is unwanted is looked for where the letters stand alone.
            "attributesToSearchOn": text.unique([*fields, *(["letters"] * bool(self._unwanted))]),
            "matchingStrategy": "last",
            "locales": ["cmn"],
        }


def searches_of(question: Question, synonyms: Sequence[Synonym] = ()) -> list[Search]:
    """What is looked for: every word comes first once, as the first alone is asked of a document.

    Pairs of letters find what was cut to other words, and other words what means the same; phrases
    have no synonyms at the server. A question of single letters (党) has nothing
    else; what is quoted is asked of every document, and the words then say which is better.
    """
    known = [*terms_in(question.folded), *plain(question.wanted_words)]
    words = text.unique(known)[:_MOST_WORDS]
    if question.phrases:
        phrases = [phrase(run) for run in question.phrases[:_MOST_WORDS]]
        quoted = " ".join((*phrases, *words[: _MOST_WORDS - len(phrases)]))
        return [Search(quoted, (*WORDS, "letters"))]
    turned = [Search(_turned(words, place), WORDS) for place in range(len(words))]
    pairs = [
        Search(phrase(pair), ("letters",), _PAIR_WORTH)
        for pair in question.wanted_bigrams[:_MOST_PAIRS]
        if text.is_han(pair)
    ]
    others = [
        Search(word(other), WORDS, _SYNONYM_WORTH)
        for synonym in synonyms[:_MOST_WORDS]
        for other in synonym.others[:_MOST_OTHERS]
    ]
    if turned or pairs:
        return turned + pairs + others
    letters = question.letters[:_MOST_WORDS]
    return [Search(" ".join(letters[i:] + letters[:i]), ("letters",)) for i in range(len(letters))]


def word(one: str) -> str:
    """A word as it stands: of one longer than two letters the server would ask a part only."""
    return f'"{one}"'


def _turned(words: Sequence[str], place: int) -> str:
    """The words from a place on, then those before it: the first is asked, the others help."""
    return " ".join((word(words[place]), *words[place + 1 :], *words[:place]))


def phrase(run: str) -> str:
    """These letters side by side; a run of Latin letters is one word."""
    return f'"{run if run.isascii() else " ".join(run)}"'


def _indexes(names: Names, scopes: frozenset[SearchScope]) -> Iterator[str]:
    if not scopes or scopes - {SearchScope.REGULATION}:
        yield names.contents
    if not scopes or SearchScope.REGULATION in scopes:
        yield names.regulations


def _facets(answer: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    counted: dict[str, dict[str, int]] = {field: {} for field in FACETS}
    for index in (answer.get("facetsByIndex") or {}).values():
        for field, values in index["distribution"].items():
            for value, count in values.items():
                counted[field][value] = counted[field].get(value, 0) + count
    return counted
