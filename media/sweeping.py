"""Sweeping: uploads that were never completed, bytes left behind, assets that nothing shows."""

from datetime import datetime, timedelta

import structlog

from app.database.columns import now
from app.uploads import unused
from app.uploads.models import Image, MediaState, Video
from app.uploads.unused import UnusedRow
from media.keys import closed, opened
from media.workshop import Workshop

_log = structlog.get_logger("media")

#: An upload whose leave to send ended so long ago will not be completed.
ABANDONED = timedelta(days=1)
#: Its sender has had that long to read why it was rejected.
REJECTED = timedelta(days=30)
#: Longer than any upload waits for the work on it, or a document for its import.
QUARANTINED = timedelta(days=3)
#: A draft may wait for its picture for so long.
UNUSED = timedelta(days=14)
_AT_ONCE = 100


async def sweep(shop: Workshop) -> None:
    """Sweep once; what is swept was of no use to anybody for days."""
    at = now()
    await _forget(shop, MediaState.AWAITING_UPLOAD, at - ABANDONED)
    await _forget(shop, MediaState.REJECTED, at - REJECTED)
    async with shop.database.transaction() as session:
        await unused.forget_documents(session, at - QUARANTINED)
    await shop.store.sweep(at - QUARANTINED)
    for table in (Video, Image):
        for row in await unused.unused(shop.database, table, at - UNUSED, first=_AT_ONCE):
            await _drop(shop, table, row)


async def _forget(shop: Workshop, state: MediaState, before: datetime) -> None:
    """Uploads that nothing came of; of what was sent in parts, the store forgets first."""
    for left in await unused.left_in_parts(shop.database, state, before, first=_AT_ONCE):
        await shop.store.drop_parts(left.object_key, left.multipart)
        async with shop.database.transaction() as session:
            await unused.forget_left(session, left)
    async with shop.database.transaction() as session:
        await unused.forget(session, state, before)


async def _drop(shop: Workshop, table: type[Image] | type[Video], row: UnusedRow) -> None:
    keys = await unused.drop(shop.database, table, row)
    for key in keys:
        await shop.store.delete(closed(key))
        await shop.store.delete(opened(key))
    _log.info("media.swept", asset=row.id, kind=table.__name__)
