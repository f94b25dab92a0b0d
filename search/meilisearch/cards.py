"""The cards, a title each, that somebody may know of."""

from collections.abc import Sequence
from typing import Any

from search import text
from search.meilisearch.fields import BEGIN, END, unspaced_name
from search.meilisearch.filters import allowed_cards
from search.meilisearch.settings import Names
from search.meilisearch.wire import Wire
from search.port import SearchScope

_MOST_ALIKE = 1_000


class Cards:
    """Puts searches to the index of titles, within what somebody may find."""

    def __init__(
        self, wire: Wire, names: Names, audience: frozenset[str], scopes: frozenset[SearchScope]
    ) -> None:
        self._wire = wire
        self._index = names.titles
        self._within = allowed_cards(audience, scopes)

    def each_of(
        self, searches: Sequence[tuple[str, str]], *, show: Sequence[str], limit: int
    ) -> list[list[dict[str, Any]]]:
        """What each of these finds: words, all of them, in a field."""
        queries = [
            {"indexUid": self._index, "q": words, "attributesToSearchOn": [field]}
            | {"filter": self._within, "attributesToRetrieve": list(show)}
            | {"limit": limit, "matchingStrategy": "all", "locales": ["cmn"]}
            for words, field in searches
        ]
        results = self._wire.ask(queries)["results"] if queries else []
        return [result["hits"] for result in results]

    def alike(
        self, typed: Sequence[str], *, show: Sequence[str] = ()
    ) -> list[list[dict[str, Any]]]:
        """The cards with a name that begins and ends as each does, and has all its letters."""
        searches = [(_alike(each), "spelled") for each in typed]
        return self.each_of(searches, show=[*show, "spelled"], limit=_MOST_ALIKE)


def names_on(cards: Sequence[dict[str, Any]]) -> list[str]:
    """The names by which titles are typed, each once."""
    return text.unique([unspaced_name(name) for card in cards for name in card["spelled"]])


def _alike(typed: str) -> str:
    return " ".join((f'"{BEGIN} {typed[0]}"', f'"{typed[-1]} {END}"', *typed[1:-1]))
