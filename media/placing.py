"""Opening what something public shows, and closing it again when nothing does.

Objects are always kept closed; to open an asset is to copy them to where anybody may fetch them,
and to say so in its row. Links to the closed objects stay good meanwhile.
"""

from collections.abc import Sequence

import structlog

from app.content.assets import AssetRow, misplaced, misplaced_on
from app.uploads import actions
from app.uploads.models import Image, Video
from media.keys import closed, opened
from media.workshop import Workshop

_log = structlog.get_logger("media")
_AT_ONCE = 200


async def place_on(shop: Workshop, content_ids: Sequence[int]) -> None:
    """Open or close what stands on contents that have just changed."""
    for table in (Image, Video):
        await _place(shop, table, await misplaced_on(shop.database, table, content_ids))


async def place_everywhere(shop: Workshop) -> None:
    """Open or close whatever is not as it should be, wherever it stands."""
    for table in (Image, Video):
        await _place(shop, table, await misplaced(shop.database, table, first=_AT_ONCE))


async def _place(
    shop: Workshop, table: type[Image] | type[Video], assets: Sequence[AssetRow]
) -> None:
    for asset in assets:
        inside, outside = closed(asset.object_key), opened(asset.object_key)
        if asset.shown:
            await shop.store.copy(inside, outside)
        else:
            # What was made before there were closed objects has no other copy.
            await shop.store.copy(outside, inside)
        key = outside if asset.shown else inside
        async with shop.database.transaction() as session:
            await actions.move(session, table, asset.id, key)
            shared = await actions.is_used(session, table, outside)
        if not shared:
            await shop.store.delete(outside)
    if assets:
        _log.info("media.placed", assets=len(assets))
