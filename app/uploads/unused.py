"""Uploads and assets that nobody needs any more: found, and dropped."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.database import Database
from app.database.columns import UtcDateTime
from app.database.statements import Statement
from app.uploads.actions import is_used
from app.uploads.models import Image, MediaState, Upload, UploadPurpose, Video, VideoTrack

_OWN_TABLES = frozenset({"upload", "video_track"})


class UnusedRow(NamedTuple):
    """An asset that nothing refers to; ``poster_id`` is a video's."""

    id: int
    object_key: str
    poster_id: int | None


class LeftRow(NamedTuple):
    """An upload in parts of which nothing came: the store may keep some of them."""

    id: int
    object_key: str
    multipart: str


_LEFT = Statement(
    LeftRow,
    sa.select(col(Upload.id), col(Upload.object_key), col(Upload.multipart))
    .where(
        sa.type_coerce(col(Upload.state), sa.String) == sa.bindparam("state"),
        col(Upload.expires_at) < sa.bindparam("before", type_=UtcDateTime),
        col(Upload.multipart).is_not(None),
    )
    .limit(sa.bindparam("limit", type_=sa.Integer)),
    slow=True,
)


async def left_in_parts(
    database: Database, state: MediaState, before: datetime, *, first: int
) -> list[LeftRow]:
    """Uploads in parts that are in ``state``, and whose leave to send ended before then."""
    return await database.fetch(_LEFT, state=state.value, before=before, limit=first)


async def forget_left(session: AsyncSession, row: LeftRow) -> None:
    """Drop an upload whose parts the store has dropped."""
    await session.execute(sa.delete(Upload).where(col(Upload.id) == row.id))


async def forget(session: AsyncSession, state: MediaState, before: datetime) -> None:
    """Drop uploads that were sent whole, as :func:`left_in_parts` finds the others."""
    await session.execute(
        sa.delete(Upload).where(
            col(Upload.state) == state,
            col(Upload.expires_at) < before,
            col(Upload.multipart).is_(None),
        )
    )


async def forget_documents(session: AsyncSession, before: datetime) -> None:
    """Drop uploads of documents whose leave to send ended before then; nothing refers to them."""
    await session.execute(
        sa.delete(Upload).where(
            col(Upload.state) == MediaState.READY,
            col(Upload.expires_at) < before,
            col(Upload.purpose) == UploadPurpose.DOCUMENT,
        )
    )


async def unused(
    database: Database, table: type[Image] | type[Video], before: datetime, *, first: int
) -> list[UnusedRow]:
    """Uploaded assets, older than ``before``, that no row of any other noun refers to."""
    came_of: Any = Upload.image_id if table is Image else Upload.video_id
    poster: Any = sa.null() if table is Image else Video.poster_id
    rows = (
        sa.select(col(table.id), col(table.object_key), poster)
        .where(
            sa.select(col(Upload.id)).where(came_of == table.id).exists(),
            col(table.created_at) < sa.bindparam("before", type_=UtcDateTime),
            *(sa.not_(reference) for reference in _references(table)),
        )
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )
    # Made anew each time: it is asked once an hour, of whatever tables there are by then.
    return await database.fetch(Statement(UnusedRow, rows, slow=True), before=before, limit=first)


async def drop(database: Database, table: type[Image] | type[Video], row: UnusedRow) -> list[str]:
    """Drop an asset; answers the keys of objects that nothing needs now.

    Whoever came to refer to it in this moment keeps it: the database refuses then.
    """
    try:
        async with database.transaction() as session:
            return await _drop(session, table, row)
    except IntegrityError:
        return []


async def _drop(session: AsyncSession, table: Any, row: UnusedRow) -> list[str]:
    came_of: Any = Upload.image_id if table is Image else Upload.video_id
    await session.execute(sa.delete(Upload).where(came_of == row.id))
    if table is Video:
        await session.execute(sa.delete(VideoTrack).where(col(VideoTrack.video_id) == row.id))
    await session.execute(sa.delete(table).where(table.id == row.id))
    free = [] if await is_used(session, table, row.object_key) else [row.object_key]
    if row.poster_id is not None:
        poster = await session.get_one(Image, row.poster_id)
        free += await _drop(session, Image, UnusedRow(poster.id, poster.object_key, None))
    return free


def _references(table: type[SQLModel]) -> list[sa.ColumnElement[bool]]:
    """For each foreign key to ``table``, whichever noun has it: that a row uses it."""
    target: sa.Table = table.__table__  # type: ignore[attr-defined]
    return [
        sa.select(sa.literal_column("1"))
        .select_from(other)
        .where(key.parent == target.c.id)
        .exists()
        for other in SQLModel.metadata.tables.values()
        if other.name not in _OWN_TABLES
        for key in other.foreign_keys
        if key.column.table is target
    ]
