"""An index against the database: what differs, unit by unit, and how it is mended."""

import enum
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import NamedTuple

from app.database import Database
from search.indexing import index_contents, index_regulations, units_of
from search.port import Held, SearchEngine, Unit, UnitKey, UnitKind

_AT_ONCE = 50


class Fault(enum.StrEnum):
    """How an index differs from the database, the worst first."""

    UNWANTED = "not to be found"
    AUDIENCE = "for another audience"
    MISSING = "missing"
    VERSION = "of another version"
    DOCUMENTS = "with other articles"


class Difference(NamedTuple):
    """A unit that the index does not hold as the database has it."""

    key: UnitKey
    fault: Fault


async def differences(database: Database, engine: SearchEngine, today: date) -> list[Difference]:
    """All units of which an engine's own index holds anything else than the database says.

    What changes meanwhile may be among them: its job is owed, and to mend it does no harm.
    """
    held = {each.key: each async for each in engine.held()}
    found = [
        Difference(wanted.key, fault)
        async for wanted in _wanted(database, today)
        if (fault := _fault(wanted, held.pop(wanted.key, None)))
    ]
    return found + [Difference(key, Fault.UNWANTED) for key in held]


async def mend(
    database: Database, engine: SearchEngine, today: date, found: Sequence[Difference]
) -> None:
    """Take these units out of the index and put them in as the database has them now."""
    for start in range(0, len(found), _AT_ONCE):
        keys = [each.key for each in found[start : start + _AT_ONCE]]
        # Whatever version was held: after a restored backup it may be ahead of the database.
        await engine.replace([Unit(key) for key in keys])
        contents = [key.id for key in keys if key.kind is UnitKind.CONTENT]
        regulations = [key.id for key in keys if key.kind is UnitKind.REGULATION]
        await index_contents(database, engine, contents)
        await index_regulations(database, engine, regulations, today)


async def _wanted(database: Database, today: date) -> AsyncIterator[Held]:
    async for unit in units_of(database, today):
        if unit.documents:
            audiences = frozenset(document.audience for document in unit.documents)
            documents = frozenset(document.id for document in unit.documents)
            yield Held(unit.key, unit.version, audiences, documents)


def _fault(wanted: Held, held: Held | None) -> Fault | None:
    if held is None:
        return Fault.MISSING
    if held.audiences != wanted.audiences:
        return Fault.AUDIENCE
    if held.version != wanted.version:
        return Fault.VERSION
    return None if held.documents == wanted.documents else Fault.DOCUMENTS
