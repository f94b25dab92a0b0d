"""Revisions of contents in the graph: the working text, its history, and what is wrong with it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.content import revisions
from app.content.columns import columns_by_id
from app.content.desks import works_on
from app.content.differences import line_diff
from app.content.models import RevisionState
from app.content.problems import (
    Problem,
    ProblemCode,
    Severity,
    beyond_reach,
    media_of,
    problems_of,
)
from app.content.queries import ContentRow
from app.content.revisions import RevisionRow
from app.content.wording import Wording, changed_fields
from app.knowledge.doubts import Doubt, cited_in, doubts
from app.members.queries import MemberRow, members
from app.organizations.queries import OrganizationRow, organizations
from app.uploads.queries import ImageRow, VideoRow, images, videos
from app.visibility import audience_of
from schema.audiences import Audience, audiences_of
from schema.changes import FieldChange, FieldChangeRow
from schema.context import Context
from schema.dependence import VIEWER, differs_by
from schema.edges import edge
from schema.members import Member
from schema.nodes import global_id_of
from schema.organizations import Organization
from schema.paging import (
    After,
    ConnectionRow,
    First,
    connection,
    id_after,
    number_cursor,
    page_size,
)
from schema.uploads import Image, Video

if TYPE_CHECKING:
    from schema.showcase import ShowcaseColumn

strawberry.enum(
    RevisionState,
    description="How far a revision has come: 编辑中, 待审核, 已退回, 定时发布, 已发布, 已被取代.",
)
strawberry.enum(Severity, description="Whether it keeps a content from being published.")
strawberry.enum(ProblemCode, description="What is wrong with a content.")

# What fields of a wording are called in inputs, where more than the case differs.
_CALLED = {"audience_key": "audience"}
_REFERS_TO = {
    "organization_id": "Organization",
    "cover_id": "Image",
    "video_id": "Video",
    "column_id": "ShowcaseColumn",
}


async def covers_of(context: Context, parents: Sequence[Wording]) -> list[ImageRow | None]:
    """The picture that each names."""
    ids = list({row.cover_id for row in parents if row.cover_id is not None})
    found = await images(context.database, ids) if ids else {}
    return [found.get(row.cover_id or 0) for row in parents]


async def galleries_of(context: Context, parents: Sequence[Wording]) -> list[list[ImageRow]]:
    """The further pictures that each names, in order."""
    ids = list({key for row in parents for key in row.gallery_ids})
    found = await images(context.database, ids) if ids else {}
    return [[found[key] for key in row.gallery_ids] for row in parents]


async def videos_of(context: Context, parents: Sequence[Wording]) -> list[VideoRow | None]:
    """The video that each names."""
    ids = list({row.video_id for row in parents if row.video_id is not None})
    found = await videos(context.database, ids) if ids else {}
    return [found.get(row.video_id or 0) for row in parents]


async def columns_of(context: Context, parents: Sequence[Wording]) -> list[Any]:
    """The column that each names."""
    ids = list({row.column_id for row in parents if row.column_id is not None})
    found = await columns_by_id(context.database, ids) if ids else {}
    return [found.get(row.column_id or 0) for row in parents]


async def organizations_of(context: Context, parents: Sequence[Wording]) -> list[OrganizationRow]:
    """The organization that each is to be published by."""
    found = await organizations(context.database, list({row.organization_id for row in parents}))
    return [found[row.organization_id] for row in parents]


@strawberry.type(description="Everything that an author writes (稿件文本).")
class ContentText:
    """The shape of :class:`Wording`; what other kinds add is null."""

    title: str = strawberry.field(description="The title.")
    summary: str = strawberry.field(description="A sentence or two for the card (摘要).")
    body: str = strawberry.field(description="The text as Markdown (正文).")
    cover: Image | None = edge(covers_of, "The picture of the card (封面).")
    gallery: list[Image] = edge(galleries_of, "Further pictures, in order (图集).")
    tags: list[str] = strawberry.field(description="Its tags, in the author's order (标签).")
    organization: Organization = edge(organizations_of, "The organization that publishes it.")
    audience: Audience = edge(audiences_of, "Who is to see it (可见范围).")
    source_name: str | None = strawberry.field(description="News: where it comes from.")
    source_url: str | None = strawberry.field(description="News: the page it comes from.")
    lecturer: str | None = strawberry.field(description="Micro-lecture: who speaks.")
    video: Video | None = edge(videos_of, "Micro-lecture: what is played.")
    stream_url: str | None = strawberry.field(description="Live stream: where to watch it.")
    starts_at: datetime | None = strawberry.field(description="Live stream: when it begins.")
    ends_at: datetime | None = strawberry.field(description="Live stream: when it ends.")
    column: Annotated["ShowcaseColumn", strawberry.lazy("schema.showcase")] | None = edge(
        columns_of, "Showcase entry: its column."
    )


async def texts_of(_context: Context, parents: Sequence[RevisionRow]) -> list[Wording]:
    """What each says."""
    return [row.wording for row in parents]


async def htmls_of(context: Context, parents: Sequence[RevisionRow]) -> list[str]:
    """The rendered body of each."""
    found = await revisions.revision_htmls(context.database, parents)
    return [found[row.content_id, row.number] for row in parents]


async def authors_of(context: Context, parents: Sequence[RevisionRow]) -> list[MemberRow]:
    """Who wrote each."""
    found = await members(context.database, list({row.author_id for row in parents}))
    return [found[row.author_id] for row in parents]


async def reviewers_of(context: Context, parents: Sequence[RevisionRow]) -> list[MemberRow | None]:
    """Who published, scheduled or returned each."""
    ids = list({row.reviewer_id for row in parents if row.reviewer_id is not None})
    found = await members(context.database, ids) if ids else {}
    return [found.get(row.reviewer_id or 0) for row in parents]


async def changes_of(
    context: Context, parents: Sequence[RevisionRow]
) -> list[list[FieldChangeRow]]:
    """What each changed; comparing long bodies takes a while, and is done in a thread."""
    before = await revisions.revisions_before(context.database, parents)
    pairs = [(before.get((row.content_id, row.number)), row) for row in parents]
    return await asyncio.to_thread(
        lambda: [_changes(old and old.wording, new.wording) for old, new in pairs]
    )


def _changes(before: Wording | None, after: Wording) -> list[FieldChangeRow]:
    return [_change(name, before, after) for name in changed_fields(before, after)]


def _change(name: str, before: Wording | None, after: Wording) -> FieldChangeRow:
    if name == "body":
        diff = line_diff(before.body if before else "", after.body)
        return FieldChangeRow("body", None, None, diff)
    old = None if before is None else _shown(name, getattr(before, name))
    return FieldChangeRow(_called(name), old, _shown(name, getattr(after, name)))


def _called(name: str) -> str:
    first, *rest = _CALLED.get(name, name).split("_")
    return first + "".join(part.capitalize() for part in rest)


def _shown(name: str, value: Any) -> str | None:
    """A value as text, as clients know it."""
    if value is None:
        return None
    if name in _REFERS_TO:
        return global_id_of(_REFERS_TO[name], value)
    if name == "gallery_ids":
        return " ".join(global_id_of("Image", key) for key in value)
    if name == "tags":
        return " ".join(value)
    if name == "audience_key":
        scope, key = audience_of(value)
        return scope.value if key is None else f"{scope.value} {global_id_of('Organization', key)}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


@strawberry.type(
    description="What an author wrote, at one time (修订): the next change is the next."
)
class ContentRevision:
    """The shape of :class:`RevisionRow`."""

    number: int = strawberry.field(
        description="Counts from 1. The newest one's is the `version` of an update."
    )
    state: RevisionState = strawberry.field(description="How far it has come.")
    text: ContentText = edge(texts_of, "What it says.")
    body_html: str = edge(htmls_of, "Its body as sanitized HTML, as it would be shown.")
    author: Member = edge(authors_of, "Who wrote it.")
    recommends: bool = strawberry.field(
        description="Whether it asks for a wider audience, and changes nothing else (推荐)."
    )
    created_at: datetime = strawberry.field(description="When it was written.")
    submitted_at: datetime | None = strawberry.field(description="When it was put to review.")
    publish_at: datetime | None = strawberry.field(description="When it is to be published.")
    reviewer: Member | None = edge(reviewers_of, "Who published, scheduled or returned it.")
    decided_at: datetime | None = strawberry.field(description="When they did.")
    reason: str | None = strawberry.field(description="Why it was returned (退回理由).")
    changes: list[FieldChange] = edge(changes_of, "What it changed, against the one before.")


@strawberry.type(description="Something that stands against publishing (待完善).")
class ContentProblem:
    """The shape of :class:`Problem`."""

    code: ProblemCode = strawberry.field(description="What, for programs.")
    severity: Severity = strawberry.field(description="An ERROR keeps it from being published.")
    message: str = strawberry.field(description="What, in Chinese, fit to be shown.")
    field: str = strawberry.field(description="The field of the input to look at.")


def _worked_on(context: Context, parents: Sequence[ContentRow]) -> list[int]:
    """Of these contents those whose making is the viewer's to see."""
    viewer = context.viewer
    return [row.id for row in parents if works_on(viewer, row.author_id, row.organization_path)]


@differs_by(VIEWER)
async def drafts_of(context: Context, parents: Sequence[ContentRow]) -> list[RevisionRow | None]:
    """The newest revision of each, for those who work on it."""
    ids = _worked_on(context, parents)
    found = await revisions.newest_revisions(context.database, ids) if ids else {}
    return [found.get(row.id) for row in parents]


@differs_by(VIEWER)
async def revisions_of(
    context: Context, parents: Sequence[ContentRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the revisions of each, newest first, for those who work on it."""
    size, ids = page_size(first), _worked_on(context, parents)
    before = id_after(after, 2**31 - 1)
    found = (
        await revisions.revisions(context.database, ids, first=size + 1, before=before)
        if ids
        else {}
    )
    return [
        connection(found.get(row.id, ()), size, after, cursor=lambda one: number_cursor(one.number))
        for row in parents
    ]


@differs_by(VIEWER)
async def problems_in(context: Context, parents: Sequence[ContentRow]) -> list[list[Problem]]:
    """What is wrong with the newest revision of each, for those who work on it."""
    drafts = [row for row in await drafts_of(context, parents) if row is not None]
    if not drafts:
        return [[] for _ in parents]
    htmls = await revisions.revision_htmls(context.database, drafts)
    media = await media_of(context.database, [row.wording for row in drafts])
    cited = await asyncio.to_thread(lambda: [cited_in(row.wording.body) for row in drafts])
    today, viewer = context.platform.today(), context.viewer
    doubtful = await doubts(context.database, viewer, cited, today=today)
    by_id = {
        row.content_id: (row, htmls[row.content_id, row.number], found)
        for row, found in zip(drafts, doubtful, strict=True)
    }

    def judged(parent: ContentRow) -> list[Problem]:
        if parent.id not in by_id:
            return []
        row, html, found = by_id[parent.id]
        return [
            *problems_of(parent.kind, row.wording, html, media),
            *beyond_reach(parent.organization_path, row.audience_path),
            *map(_doubtful, found),
        ]

    return await asyncio.to_thread(lambda: [judged(parent) for parent in parents])


def _doubtful(doubt: Doubt) -> Problem:
    if doubt.is_repealed:
        message = f"引用的{doubt.citation}已废止"
        return Problem(ProblemCode.ARTICLE_REPEALED, Severity.WARNING, message, "body")
    message = f"法规库中没有{doubt.citation}"
    return Problem(ProblemCode.ARTICLE_UNKNOWN, Severity.WARNING, message, "body")
