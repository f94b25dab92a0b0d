"""Keeping an index in step with the database: units by job, or all of them anew."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from app.content.indexing import indexed_contents, published_ids
from app.database import Database
from app.database.columns import now
from app.knowledge.indexing import regulation_ids
from app.knowledge.queries import documents_of
from search.documents import absent, content_unit, regulation_unit
from search.port import SearchEngine, Unit, UnitKind

_BATCH = 200


async def index_contents(database: Database, engine: SearchEngine, ids: Sequence[int]) -> None:
    """Put these contents into the index as they are now, or out of it."""
    read_at = now()
    found = {row.id: content_unit(row) for row in await indexed_contents(database, ids)}
    units = [found.get(key) or absent(UnitKind.CONTENT, key, read_at) for key in ids]
    await engine.replace(units)


async def index_regulations(
    database: Database, engine: SearchEngine, ids: Sequence[int], today: date
) -> None:
    """Put the current wording of these regulations into the index."""
    read_at = now()
    units = []
    for key in ids:
        found = await documents_of(database, key)
        units.append(
            absent(UnitKind.REGULATION, key, read_at)
            if found is None
            else regulation_unit(*found, today)
        )
    await engine.replace(units)


async def rebuild(database: Database, engine: SearchEngine, today: date) -> None:
    """Make a new index of everything and swap it in."""
    await engine.rebuild(units_of(database, today))


async def units_of(database: Database, today: date) -> AsyncIterator[Unit]:
    """All that belongs in an index, as it is now."""
    after = 0
    while ids := await published_ids(database, after=after, limit=_BATCH):
        for row in await indexed_contents(database, ids):
            yield content_unit(row)
        after = ids[-1]
    after = 0
    while ids := await regulation_ids(database, after=after, limit=_BATCH):
        for key in ids:
            if found := await documents_of(database, key):
                yield regulation_unit(*found, today)
        after = ids[-1]
