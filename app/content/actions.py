"""Writes on contents: begin, write, submit, publish, return, archive, open a column.

Whoever calls these has asked whether they may; ``app.content.editorial`` does, for members.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.content.announcing import changed
from app.content.markdown import to_html
from app.content.models import (
    Content,
    ContentBody,
    ContentImage,
    ContentKind,
    ContentRevision,
    ContentStatus,
    ContentTag,
    LiveStream,
    MicroLecture,
    NewsItem,
    RevisionState,
    ShowcaseColumn,
    ShowcaseEntry,
)
from app.content.rules import Deed, reach_path, status_of, step
from app.content.wording import Wording
from app.database.columns import new_id, now
from app.errors import Invalid
from app.jobs import JobKind, enqueue
from app.organizations.models import Organization
from app.visibility import audience_of


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
_BESIDE: dict[ContentKind, tuple[type[SQLModel], type[Extra]]] = {
    ContentKind.NEWS: (NewsItem, NewsSource),
    ContentKind.MICRO_LECTURE: (MicroLecture, Lecture),
    ContentKind.LIVE_STREAM: (LiveStream, Broadcast),
    ContentKind.SHOWCASE: (ShowcaseEntry, Entry),
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
    wording = Wording(
        draft.title,
        draft.summary,
        draft.body,
        draft.organization_id,
        draft.audience_key,
        tags=tuple(dict.fromkeys(draft.tags)),
        cover_id=draft.cover_id,
        gallery_ids=tuple(draft.gallery_ids),
        **{name: getattr(draft.extra, name) for name in draft.extra.__dataclass_fields__},
    )
    kind, html = _KIND_OF[type(draft.extra)], to_html(draft.body)
    return await begin(session, kind, wording, html=html, author_id=draft.author_id, at=at)


async def begin(
    session: AsyncSession,
    kind: ContentKind,
    wording: Wording,
    *,
    html: str,
    author_id: int,
    at: datetime | None = None,
) -> Content:
    """Add a content with its first revision, a draft; ``html`` is the rendered body."""
    begun = at or now()
    content = Content(
        id=new_id(begun),
        kind=kind,
        title=wording.title,
        author_id=author_id,
        organization_id=wording.organization_id,
        audience_key=wording.audience_key,
        created_at=begun,
    )
    _put_on_card(content, wording, begun)
    session.add(content)
    await session.flush()
    first = ContentRevision(
        content_id=content.id,
        number=1,
        wording=wording,
        html=html,
        author_id=author_id,
        writers=f"/{author_id}/",
        audience_path=await audience_path(session, wording),
        created_at=begun,
    )
    table, added = _beside(kind, first)
    session.add_all(
        [
            first,
            ContentBody(content_id=content.id, markdown=wording.body, html=html),
            table(content_id=content.id, **added),
        ]
    )
    _list(session, content.id, wording)
    await session.flush()
    return content


async def write(
    session: AsyncSession, content: Content, wording: Wording, *, html: str, author_id: int
) -> ContentRevision:
    """Add a revision that is worked on; what is published stays as it is shown."""
    made = await _add(session, content, wording, html=html, author_id=author_id)
    if content.published_at is None:
        await _show(session, content, made, at=made.created_at)
        content.status = ContentStatus.DRAFT
    await session.flush()
    return made


async def recommend(
    session: AsyncSession, content: Content, audience_key: str, *, author_id: int
) -> ContentRevision:
    """Ask for a wider audience of what is published, as it stands; it waits for review."""
    shown = await newest(session, content.id)
    wording = shown.wording._replace(audience_key=audience_key)
    made = await _add(session, content, wording, html=shown.html, author_id=author_id)
    made.recommends = True
    made.state, made.submitted_at = RevisionState.IN_REVIEW, made.created_at
    await session.flush()
    return made


async def submit(session: AsyncSession, content: Content) -> ContentRevision:
    """Put the newest revision before a reviewer."""
    revision = await newest(session, content.id)
    _move(content, revision, Deed.SUBMIT)
    revision.submitted_at = now()
    await session.flush()
    return revision


async def send_back(
    session: AsyncSession, content: Content, reason: str, *, reviewer_id: int
) -> ContentRevision:
    """Return the newest revision to those who write it, who read why."""
    revision = await newest(session, content.id)
    _move(content, revision, Deed.RETURN)
    revision.reviewer_id, revision.decided_at = reviewer_id, now()
    revision.reason, revision.publish_at = reason, None
    await session.flush()
    return revision


async def schedule(
    session: AsyncSession, content: Content, *, at: datetime, reviewer_id: int | None = None
) -> ContentRevision:
    """Have the worker publish the newest revision ``at`` an instant."""
    revision = await newest(session, content.id)
    _move(content, revision, Deed.SCHEDULE)
    revision.reviewer_id, revision.decided_at = reviewer_id, now()
    revision.publish_at = at
    await session.flush()
    return revision


async def publish(
    session: AsyncSession,
    content: Content,
    *,
    at: datetime | None = None,
    reviewer_id: int | None = None,
) -> ContentRevision:
    """Put the newest revision before its audience, and owe its place in the index.

    It replaces what was shown at once; the time of the first publication and the counters stay.
    """
    revision, published = await newest(session, content.id), at or now()
    if content.published_at is not None:
        await _supersede(session, content.id, RevisionState.PUBLISHED)
        await _show(session, content, revision, at=published)
    revision.state, revision.publish_at = RevisionState.PUBLISHED, None
    if reviewer_id is not None or revision.decided_at is None:
        revision.reviewer_id, revision.decided_at = reviewer_id, published
    content.status, content.updated_at = ContentStatus.PUBLISHED, published
    content.published_at = content.published_at or published
    session.add(content)
    enqueue(session, JobKind.INDEX_CONTENT, content.id)
    changed(session, content.id)
    await session.flush()
    return revision


async def archive(session: AsyncSession, content: Content) -> None:
    """Take a content away from its audience, and from the index; nothing waits any more."""
    for state in (RevisionState.IN_REVIEW, RevisionState.SCHEDULED):
        await _supersede(session, content.id, state)
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


async def newest(session: AsyncSession, content_id: int) -> ContentRevision:
    """The revision that is worked on, or shown where nothing is."""
    mine = sa.select(ContentRevision).where(col(ContentRevision.content_id) == content_id)
    rows = await session.scalars(mine.order_by(col(ContentRevision.number).desc()).limit(1))
    return rows.one()


async def audience_path(session: AsyncSession, wording: Wording) -> str:
    """Where a reviewer must stand to publish for the audience; Invalid where there is no such."""
    _, audience = audience_of(wording.audience_key)
    found = await session.get(Organization, audience or wording.organization_id)
    if found is None:
        raise Invalid("可见范围所指的组织不存在", "input", "audience", "organizationId")
    return reach_path(found.path) if audience is None else found.path


async def _add(
    session: AsyncSession, content: Content, wording: Wording, *, html: str, author_id: int
) -> ContentRevision:
    """The next revision; one that was not published is no more, but its writers' work is in it."""
    before, earlier = await newest(session, content.id), "/"
    if before.state is not RevisionState.PUBLISHED:
        before.state, before.publish_at = RevisionState.SUPERSEDED, None
        # Who asked for a wider audience wrote nothing.
        earlier = "/" if before.recommends else before.writers
    made = ContentRevision(
        content_id=content.id,
        number=before.number + 1,
        wording=wording,
        html=html,
        author_id=author_id,
        writers=earlier if f"/{author_id}/" in earlier else f"{earlier}{author_id}/",
        audience_path=await audience_path(session, wording),
    )
    session.add(made)
    return made


def _move(content: Content, revision: ContentRevision, deed: Deed) -> None:
    revision.state = step(revision.state, deed)
    content.status = status_of(revision.state, is_shown=content.published_at is not None)


async def _supersede(session: AsyncSession, content_id: int, state: RevisionState) -> None:
    await session.execute(
        sa.update(ContentRevision)
        .where(col(ContentRevision.content_id) == content_id, col(ContentRevision.state) == state)
        .values(state=RevisionState.SUPERSEDED, publish_at=None)
    )


def _put_on_card(content: Content, said: Wording, at: datetime) -> None:
    content.title, content.summary, content.tags = said.title, said.summary, said.tags
    content.cover_id, content.audience_key = said.cover_id, said.audience_key
    content.organization_id, content.updated_at = said.organization_id, at


def _beside(kind: ContentKind, revision: ContentRevision) -> tuple[type[SQLModel], dict[str, Any]]:
    """The table of what a kind adds, and what of a revision goes there."""
    table, extra = _BESIDE[kind]
    return table, {name: getattr(revision.wording, name) for name in extra.__dataclass_fields__}


async def _show(
    session: AsyncSession, content: Content, revision: ContentRevision, *, at: datetime
) -> None:
    """Have a content show a later revision: the card, the text, and what its kind adds."""
    _put_on_card(content, revision.wording, at)
    text = {"markdown": revision.wording.body, "html": revision.html}
    table, added = _beside(content.kind, revision)
    await _change(session, ContentBody, content.id, **text)
    await _change(session, table, content.id, **added)
    for listed in (ContentTag, ContentImage):
        await session.execute(sa.delete(listed).filter_by(content_id=content.id))
    _list(session, content.id, revision.wording)
    await session.flush()


def _list(session: AsyncSession, content_id: int, said: Wording) -> None:
    """Add the rows that tags and pictures are found by."""
    session.add_all(ContentTag(content_id=content_id, tag=tag) for tag in said.tags)
    session.add_all(
        ContentImage(content_id=content_id, position=position, image_id=image_id)
        for position, image_id in enumerate(said.gallery_ids)
    )


async def _change(
    session: AsyncSession, table: type[SQLModel], content_id: int, **values: object
) -> None:
    """Change the row beside a content; an entry that changes its column loses its place there."""
    row = await session.get_one(table, content_id)
    if isinstance(row, ShowcaseEntry) and row.column_id != values["column_id"]:
        row.rank = 0
    for name, value in values.items():
        setattr(row, name, value)
