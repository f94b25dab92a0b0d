"""Rows of the index as candidates, each weighted by what its regulation is known for."""

from collections.abc import Sequence

from search.embedded.index import Row, Snapshot
from search.ranking import LOWEST_WEIGHT, Candidate, renown


def candidates(snapshot: Snapshot, rows: Sequence[tuple[float, Row]]) -> list[Candidate]:
    """The rows that were found, in the same order."""
    places = [row for _, row in rows]
    columns = [snapshot.numbers(field, places) for field in ("id", "scope", "group", "called")]
    renowns = {title: renown(snapshot.frequency("mentions", title)) for title in set(columns[3])}
    return [
        Candidate(score * LOWEST_WEIGHT * renowns[title], identity, scope, unit)
        for (score, _), identity, scope, unit, title in zip(rows, *columns, strict=True)
    ]
