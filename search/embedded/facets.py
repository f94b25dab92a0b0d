"""How many of all hits each scope, category, issuer and status has."""

from collections.abc import Mapping

from search.embedded.fields import SCOPES
from search.embedded.index import Query, Snapshot
from search.port import FacetCount

_FIELDS = ("scope", "category", "issuer", "status")


def count_facets(snapshot: Snapshot, query: Query) -> Mapping[str, tuple[FacetCount, ...]]:
    """The values among all rows that match, most frequent first, then by value."""
    counts = snapshot.values(query, _FIELDS)
    counts["scope"] = [(SCOPES[int(place)].value, count) for place, count in counts["scope"]]
    return {field: _ordered(counts[field]) for field in _FIELDS}


def _ordered(counts: list[tuple[str, int]]) -> tuple[FacetCount, ...]:
    by_frequency = sorted(counts, key=lambda each: (-each[1], each[0]))
    return tuple(FacetCount(value, count) for value, count in by_frequency)
