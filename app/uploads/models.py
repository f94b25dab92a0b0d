"""Pictures and videos as rows: what the feed needs to show them."""

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference


class MediaState(enum.StrEnum):
    """How far an asset has come."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PROCESSING = "PROCESSING"
    READY = "READY"
    REJECTED = "REJECTED"


class Image(SQLModel, table=True):
    """A picture; ``object_key`` names its renditions in the media store, one a width.

    ``owner_id`` is who brought it, and may use it before it stands on anything;
    no foreign key, since members have pictures themselves.
    """

    __tablename__ = "image"

    id: int = key()
    state: MediaState = Field(sa_type=enum_type(MediaState))
    object_key: str = Field(max_length=200)
    width: int
    height: int
    widths: tuple[int, ...] = Field(default=(), sa_type=JsonList)
    alt: str = Field(default="", max_length=200)
    owner_id: int | None = Field(default=None, nullable=True, sa_type=KEY)
    created_at: datetime = instant()


class Video(SQLModel, table=True):
    """A video; ``object_key`` names its renditions, ``poster_id`` its still picture.

    ``owner_id`` is who brought it, and may use it before it stands on anything;
    no foreign key, since members have pictures themselves.
    """

    __tablename__ = "video"

    id: int = key()
    state: MediaState = Field(sa_type=enum_type(MediaState))
    object_key: str = Field(max_length=200)
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    poster_id: int | None = reference("image.id", index=True, optional=True)
    owner_id: int | None = Field(default=None, nullable=True, sa_type=KEY)
    created_at: datetime = instant()
