"""What the index holds of each unit, read back from its rows."""

from collections import defaultdict

from search.embedded.index import Row, Snapshot
from search.port import Held, UnitKey, UnitKind


def held_by(snapshot: Snapshot) -> list[Held]:
    """Every unit, with its version, its documents, and all audiences that any of them is for."""
    audiences: dict[int, set[str]] = defaultdict(set)
    documents: dict[int, set[int]] = defaultdict(set)
    for audience, rows in _rows_by(snapshot, "audience"):
        units = snapshot.numbers("group", rows)
        for unit, identity in zip(units, snapshot.numbers("id", rows), strict=True):
            audiences[unit].add(audience)
            documents[unit].add(identity)
    versions: dict[int, int] = {}
    for audience, rows in _rows_by(snapshot, "card_audience"):
        units = snapshot.numbers("group", rows)
        for unit, version in zip(units, snapshot.numbers("version", rows), strict=True):
            audiences[unit].add(audience)
            versions[unit] = version
    return [
        Held(_key(unit), versions.get(unit, 0), frozenset(seen), frozenset(documents[unit]))
        for unit, seen in audiences.items()
    ]


def _rows_by(snapshot: Snapshot, field: str) -> list[tuple[str, list[Row]]]:
    """The rows of each audience: no row can be asked for its own."""
    found = []
    for audience, count in snapshot.terms(field, ""):
        best = snapshot.best(snapshot.term(field, audience), limit=max(count, 1))
        found.append((audience, [row for _, row in best.rows]))
    return found


def _key(unit: int) -> UnitKey:
    """The unit that ``fields.group`` numbered."""
    kind = UnitKind.REGULATION if unit % 2 else UnitKind.CONTENT
    return UnitKey(kind, unit // 2)
