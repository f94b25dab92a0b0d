"""Reads of pictures and videos."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.rows import part
from app.database.statements import Among, Statement
from app.uploads.models import Image, MediaState, Video


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
