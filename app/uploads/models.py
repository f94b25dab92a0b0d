"""Uploads, and the pictures and videos that come of them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference


class MediaState(enum.StrEnum):
    """How far an asset has come."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PROCESSING = "PROCESSING"
    READY = "READY"
    REJECTED = "REJECTED"


class UploadPurpose(enum.StrEnum):
    """What an upload is to become."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AVATAR = "AVATAR"
    DOCUMENT = "DOCUMENT"


class Image(SQLModel, table=True):
    """A picture; ``object_key`` names its renditions in the media store, one a width.

    ``owner_id`` is who brought it, and may use it before it stands on anything; no foreign key,
    since members have pictures themselves. While nothing public shows it, the key is a closed one
    (:mod:`media.keys`). ``placeholder`` is a BlurHash.
    """

    __tablename__ = "image"

    id: int = key()
    state: MediaState = Field(sa_type=enum_type(MediaState))
    object_key: str = Field(max_length=200, index=True)
    width: int
    height: int
    widths: tuple[int, ...] = Field(default=(), sa_type=JsonList)
    alt: str = Field(default="", max_length=200)
    owner_id: int | None = Field(default=None, nullable=True, sa_type=KEY)
    placeholder: str = Field(default="", max_length=40)
    created_at: datetime = instant()


class Video(SQLModel, table=True):
    """A video; ``object_key`` names its renditions, ``poster_id`` its still picture.

    ``owner_id`` is who brought it, and may use it before it stands on anything;
    no foreign key, since members have pictures themselves.
    """

    __tablename__ = "video"

    id: int = key()
    state: MediaState = Field(sa_type=enum_type(MediaState))
    object_key: str = Field(max_length=200, index=True)
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    poster_id: int | None = reference("image.id", index=True, optional=True)
    owner_id: int | None = Field(default=None, nullable=True, sa_type=KEY)
    created_at: datetime = instant()


class VideoTrack(SQLModel, table=True):
    """Captions of a video in one language; ``object_name`` is their file below the video's key."""

    __tablename__ = "video_track"

    video_id: int = Field(primary_key=True, foreign_key="video.id", sa_type=KEY)
    language: str = Field(primary_key=True, max_length=16)
    label: str = Field(max_length=40)
    object_name: str = Field(max_length=80)


class Upload(SQLModel, table=True):
    """Bytes that a member sends, from the leave to send them to what became of them.

    ``object_key`` is where they lie until they were looked at, ``digest`` their SHA-256 from then
    on, ``progress`` how many hundredths of the work are done. It stays beside the asset, and tells
    whose it is. What is sent in parts has a ``part_size`` in bytes, and the store's own name for
    the parts that belong together, ``multipart``. A document becomes no asset: it is READY once it
    has come, to be read where it lies.
    """

    __tablename__ = "upload"
    __table_args__ = (
        sa.Index("ix_upload_member", "member_id", "created_at"),
        sa.Index("ix_upload_state", "state", "expires_at"),
        sa.Index("ix_upload_digest", "member_id", "digest"),
    )

    id: int = key()
    member_id: int = reference("member.id")
    purpose: UploadPurpose = Field(sa_type=enum_type(UploadPurpose))
    state: MediaState = Field(
        default=MediaState.AWAITING_UPLOAD,
        sa_type=enum_type(MediaState),
    )
    filename: str = Field(max_length=120)
    content_type: str = Field(max_length=100)
    byte_size: int = Field(sa_type=sa.BigInteger)
    object_key: str = Field(max_length=60)
    part_size: int | None = None
    multipart: str | None = Field(default=None, max_length=1024)
    digest: str | None = Field(default=None, max_length=64)
    progress: int = 0
    rejection: str | None = Field(default=None, max_length=200)
    image_id: int | None = reference("image.id", index=True, optional=True)
    video_id: int | None = reference("video.id", index=True, optional=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
