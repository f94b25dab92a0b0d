"""Content tables: one row a card, and beside it what its kind adds."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.content.wording import Wording, WordingJson
from app.database.columns import KEY, JsonList, enum_type, instant, key, reference
from app.organizations.models import PATH

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


class RevisionState(enum.StrEnum):
    """How far a revision of a content has come."""

    WORKING = "WORKING"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"


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


class ContentRevision(SQLModel, table=True):
    """What an author wrote, once and for all: the next change is the next revision.

    The newest is what is worked on; the PUBLISHED one, where there is any, is what the content
    shows. ``html`` is the rendered body, ``writers`` are those whose work publishing it would
    publish (``"/5/9/"``), ``audience_path`` is the organization on which, or above which, a
    reviewer must stand to publish for its audience. One that ``recommends`` changes nothing but
    the audience.
    """

    __tablename__ = "content_revision"
    __table_args__ = (
        sa.Index("ix_content_revision_waiting", "state", "submitted_at", "content_id"),
        sa.Index("ix_content_revision_due", "state", "publish_at"),
    )

    content_id: int = _beside()
    number: int = Field(primary_key=True)
    state: RevisionState = Field(
        default=RevisionState.WORKING,
        sa_type=enum_type(RevisionState),
    )
    wording: Wording = Field(sa_type=WordingJson)
    html: str = Field(sa_type=sa.Text)
    author_id: int = reference("member.id")
    writers: str = Field(sa_type=sa.Text)
    audience_path: str = Field(sa_type=PATH)
    recommends: bool = False
    created_at: datetime = instant()
    submitted_at: datetime | None = instant(optional=True)
    publish_at: datetime | None = instant(optional=True)
    reviewer_id: int | None = reference("member.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    reason: str | None = Field(default=None, max_length=400)


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
    version: int = 1


class ShowcaseEntry(SQLModel, table=True):
    """What showcase entries add: the column they stand in, and how high.

    Entries of a higher ``rank`` come first, newer ones among equals (``rules.rank_of``).
    """

    __tablename__ = "showcase_entry"

    content_id: int = _beside()
    column_id: int = reference("showcase_column.id", index=True)
    rank: int = 0
