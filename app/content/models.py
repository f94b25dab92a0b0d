"""Content tables: one row a card, and beside it what its kind adds."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference

#: Characters of a tag.
MAX_TAG = 40


class ContentKind(enum.StrEnum):
    """What a content is."""

    NEWS = "NEWS"
    MICRO_LECTURE = "MICRO_LECTURE"
    LIVE_STREAM = "LIVE_STREAM"
    SHOWCASE = "SHOWCASE"


class ContentStatus(enum.StrEnum):
    """How far a content has come."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


class Content(SQLModel, table=True):
    """All that a card of the feed shows, counters included, whatever its kind."""

    __tablename__ = "content"
    __table_args__ = (
        sa.Index("ix_content_feed", "status", "published_at", "id"),
        sa.Index("ix_content_organization", "organization_id", "status", "published_at"),
        sa.Index("ix_content_author", "author_id"),
    )

    id: int = key()
    kind: ContentKind = Field(sa_type=enum_type(ContentKind))
    status: ContentStatus = Field(
        default=ContentStatus.DRAFT,
        sa_type=enum_type(ContentStatus),
    )
    title: str = Field(max_length=120)
    summary: str = Field(default="", max_length=400)
    cover_id: int | None = reference("image.id", index=True, optional=True)
    tags: tuple[str, ...] = Field(default=(), sa_type=JsonList)
    author_id: int = reference("member.id")
    organization_id: int = reference("organization.id")
    audience_key: str = Field(max_length=40)
    created_at: datetime = instant()
    updated_at: datetime = instant()
    published_at: datetime | None = instant(optional=True)
    like_count: int = 0
    share_count: int = 0
    comment_count: int = 0
    view_count: int = 0


def _beside() -> Any:
    return Field(primary_key=True, foreign_key="content.id", sa_type=KEY)


class ContentBody(SQLModel, table=True):
    """The text, beside the card so that a page of cards does not carry it."""

    __tablename__ = "content_body"

    content_id: int = _beside()
    markdown: str = Field(sa_type=sa.Text)
    html: str = Field(sa_type=sa.Text)


class ContentTag(SQLModel, table=True):
    """A tag of a content, as a row to search by; the card keeps their order."""

    __tablename__ = "content_tag"
    __table_args__ = (sa.Index("ix_content_tag_tag", "tag", "content_id"),)

    content_id: int = _beside()
    tag: str = Field(primary_key=True, max_length=MAX_TAG)


class ContentImage(SQLModel, table=True):
    """A picture of a content's gallery, in order."""

    __tablename__ = "content_image"

    content_id: int = _beside()
    position: int = Field(primary_key=True)
    image_id: int = reference("image.id", index=True)


class NewsItem(SQLModel, table=True):
    """What news add: where they come from."""

    __tablename__ = "news_item"

    content_id: int = _beside()
    source_name: str | None = Field(default=None, max_length=120)
    source_url: str | None = Field(default=None, max_length=500)


class MicroLecture(SQLModel, table=True):
    """What micro-lectures (微党课) add: who speaks, and the video."""

    __tablename__ = "micro_lecture"

    content_id: int = _beside()
    lecturer: str = Field(max_length=60)
    duration_seconds: int | None = None
    video_id: int | None = reference("video.id", index=True, optional=True)


class LiveStream(SQLModel, table=True):
    """What live streams add: where and when."""

    __tablename__ = "live_stream"

    content_id: int = _beside()
    stream_url: str = Field(max_length=500)
    starts_at: datetime = instant()
    ends_at: datetime | None = instant(optional=True)
    cancelled_at: datetime | None = instant(optional=True)
    replay_id: int | None = reference("video.id", index=True, optional=True)


class ShowcaseColumn(SQLModel, table=True):
    """A column (成果展示专栏) of an organization."""

    __tablename__ = "showcase_column"

    id: int = key()
    title: str = Field(max_length=120)
    description: str = Field(default="", max_length=400)
    cover_id: int | None = reference("image.id", index=True, optional=True)
    organization_id: int = reference("organization.id")
    audience_key: str = Field(max_length=40)
    created_at: datetime = instant()


class ShowcaseEntry(SQLModel, table=True):
    """What showcase entries add: the column they stand in."""

    __tablename__ = "showcase_entry"

    content_id: int = _beside()
    column_id: int = reference("showcase_column.id", index=True)
