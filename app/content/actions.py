"""Writes on contents: draft, publish, open a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from app.content.announcing import changed
from app.content.markdown import to_html
from app.content.models import (
    Content,
    ContentBody,
    ContentImage,
    ContentKind,
    ContentStatus,
    ContentTag,
    LiveStream,
    MicroLecture,
    NewsItem,
    ShowcaseColumn,
    ShowcaseEntry,
)
from app.database.columns import new_id, now
from app.jobs import JobKind, enqueue


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSource:
    """What a news item adds."""

    source_name: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """What a micro-lecture adds; ``duration_seconds`` until its video tells."""

    lecturer: str
    duration_seconds: int | None = None
    video_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What a live stream adds."""

    stream_url: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a showcase entry adds."""

    column_id: int


Extra = NewsSource | Lecture | Broadcast | Entry

_KIND_OF = {
    NewsSource: ContentKind.NEWS,
    Lecture: ContentKind.MICRO_LECTURE,
    Broadcast: ContentKind.LIVE_STREAM,
    Entry: ContentKind.SHOWCASE,
}
_ROW_OF: dict[ContentKind, type[SQLModel]] = {
    ContentKind.NEWS: NewsItem,
    ContentKind.MICRO_LECTURE: MicroLecture,
    ContentKind.LIVE_STREAM: LiveStream,
    ContentKind.SHOWCASE: ShowcaseEntry,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that an author writes; ``body`` is Markdown, ``extra`` makes the kind."""

    title: str
    summary: str
    body: str
    author_id: int
    organization_id: int
    audience_key: str
    extra: Extra
    tags: Sequence[str] = ()
    cover_id: int | None = None
    gallery_ids: Sequence[int] = ()


async def create(session: AsyncSession, draft: Draft, *, at: datetime | None = None) -> Content:
    """Keep a draft as a content of its own, begun ``at`` (now unless it is older)."""
    kind = _KIND_OF[type(draft.extra)]
    begun = at or now()
    content = Content(
        id=new_id(begun),
        kind=kind,
        title=draft.title,
        summary=draft.summary,
        cover_id=draft.cover_id,
        tags=tuple(draft.tags),
        author_id=draft.author_id,
        organization_id=draft.organization_id,
        audience_key=draft.audience_key,
        created_at=begun,
        updated_at=begun,
    )
    session.add(content)
    await session.flush()
    session.add(ContentBody(content_id=content.id, markdown=draft.body, html=to_html(draft.body)))
    session.add(_beside(kind, content.id, draft.extra))
    session.add_all(ContentTag(content_id=content.id, tag=tag) for tag in dict.fromkeys(draft.tags))
    session.add_all(
        ContentImage(content_id=content.id, position=position, image_id=image_id)
        for position, image_id in enumerate(draft.gallery_ids)
    )
    await session.flush()
    return content


async def publish(session: AsyncSession, content: Content, *, at: datetime | None = None) -> None:
    """Put a content before its audience, and owe its place in the index."""
    content.status = ContentStatus.PUBLISHED
    content.published_at = content.updated_at = at or now()
    session.add(content)
    enqueue(session, JobKind.INDEX_CONTENT, content.id)
    changed(session, content.id)
    await session.flush()


async def archive(session: AsyncSession, content: Content) -> None:
    """Take a content away from its audience, and from the index."""
    content.status = ContentStatus.ARCHIVED
    content.updated_at = now()
    session.add(content)
    enqueue(session, JobKind.INDEX_CONTENT, content.id)
    changed(session, content.id)
    await session.flush()


async def open_column(
    session: AsyncSession,
    title: str,
    description: str,
    *,
    organization_id: int,
    audience_key: str,
    cover_id: int | None = None,
) -> ShowcaseColumn:
    """Add a showcase column to an organization."""
    column = ShowcaseColumn(
        title=title,
        description=description,
        cover_id=cover_id,
        organization_id=organization_id,
        audience_key=audience_key,
    )
    session.add(column)
    await session.flush()
    return column


def _beside(kind: ContentKind, content_id: int, extra: Extra) -> SQLModel:
    fields = {name: getattr(extra, name) for name in extra.__dataclass_fields__}
    return _ROW_OF[kind](content_id=content_id, **fields)
