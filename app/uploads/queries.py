"""Reads of pictures, videos and uploads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.rows import part
from app.database.statements import Among, Statement
from app.uploads.models import Image, MediaState, Upload, UploadPurpose, Video, VideoTrack
from app.uploads.parts import Part, parts_of
from app.visibility import Viewer


class ImageRow(NamedTuple):
    """A picture as a card shows it; ``widths`` are the renditions in pixels, ascending."""

    id: int
    state: MediaState
    object_key: str
    width: int
    height: int
    widths: tuple[int, ...]
    alt: str


class VideoRow(NamedTuple):
    """A video as a player needs it."""

    id: int
    state: MediaState
    object_key: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    poster_id: int | None


def image_columns(image: Any) -> list[Any]:
    """The columns of :class:`ImageRow`, from ``Image`` or an alias of it."""
    return [getattr(image, field) for field in ImageRow._fields]


def image_from(values: Sequence[Any]) -> ImageRow | None:
    """The picture in a joined row's columns, None where the outer join found none."""
    return None if values[0] is None else part(ImageRow, values)


_IMAGES = Statement(ImageRow, sa.select(*image_columns(Image)).where(Among(col(Image.id), "ids")))
_VIDEOS = Statement(
    VideoRow,
    sa.select(*(getattr(Video, field) for field in VideoRow._fields)).where(
        Among(col(Video.id), "ids")
    ),
)


async def images(database: Database, ids: Sequence[int]) -> dict[int, ImageRow]:
    """Pictures by id. Whoever asks has seen the row that names them."""
    return {row.id: row for row in await database.fetch(_IMAGES, ids=ids)}


async def videos(database: Database, ids: Sequence[int]) -> dict[int, VideoRow]:
    """Videos by id. Whoever asks has seen the row that names them."""
    return {row.id: row for row in await database.fetch(_VIDEOS, ids=ids)}


class UploadRow(NamedTuple):
    """An upload as its sender sees it, and as the work on it needs it."""

    id: int
    member_id: int
    purpose: UploadPurpose
    state: MediaState
    filename: str
    content_type: str
    byte_size: int
    object_key: str
    part_size: int | None
    multipart: str | None
    progress: int
    rejection: str | None
    image_id: int | None
    video_id: int | None
    expires_at: datetime

    @property
    def parts(self) -> list[Part]:
        """The parts that it is sent in; none where it is sent whole."""
        return parts_of(self.byte_size, self.part_size) if self.part_size else []


class _PlaceholderRow(NamedTuple):
    id: int
    placeholder: str


_UPLOADS = Statement(
    UploadRow,
    sa.select(*(getattr(Upload, field) for field in UploadRow._fields)).where(
        Among(col(Upload.id), "ids")
    ),
)
_PLACEHOLDERS = Statement(
    _PlaceholderRow,
    sa.select(col(Image.id), col(Image.placeholder)).where(Among(col(Image.id), "ids")),
)


async def upload(database: Database, upload_id: int) -> UploadRow | None:
    """One upload, for the work on it."""
    return await database.first(_UPLOADS, ids=[upload_id])


async def own_uploads(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, UploadRow]:
    """Uploads by id, the viewer's own only."""
    if not viewer.signed_in:
        return {}
    rows = await database.fetch(_UPLOADS, ids=ids)
    return {row.id: row for row in rows if row.member_id == viewer.member_id}


async def placeholders(database: Database, ids: Sequence[int]) -> dict[int, str]:
    """The blur of pictures by id. Whoever asks has seen the pictures."""
    rows = await database.fetch(_PLACEHOLDERS, ids=ids)
    return {row.id: row.placeholder for row in rows}


class TrackRow(NamedTuple):
    """Captions of a video in one language."""

    video_id: int
    language: str
    label: str
    object_name: str


_TRACKS = Statement(
    TrackRow,
    sa.select(*(getattr(VideoTrack, field) for field in TrackRow._fields))
    .where(Among(col(VideoTrack.video_id), "ids"))
    .order_by(col(VideoTrack.video_id), col(VideoTrack.language)),
)


async def tracks(database: Database, ids: Sequence[int]) -> dict[int, list[TrackRow]]:
    """The captions of videos by id. Whoever asks has seen the videos."""
    found: dict[int, list[TrackRow]] = {key: [] for key in ids}
    for row in await database.fetch(_TRACKS, ids=ids):
        found[row.video_id].append(row)
    return found
