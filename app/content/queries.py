"""Reads of contents and columns; every one that a member can see takes the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

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
    ShowcaseEntry,
)
from app.database import Database
from app.database.columns import UtcDateTime
from app.database.rows import part
from app.database.statements import Among, AnySelect, Statement, Under, Within
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import OrganizationRow, organization_columns, subtree
from app.uploads.models import Image, MediaState
from app.uploads.queries import ImageRow, image_columns, image_from
from app.visibility import WORKING_ROLES, Viewer


class ContentRow(NamedTuple):
    """A card of any kind: the content, its organization and cover, and what its kind adds."""

    id: int
    kind: ContentKind
    status: ContentStatus
    title: str
    summary: str
    tags: tuple[str, ...]
    author_id: int
    audience_key: str
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    like_count: int
    share_count: int
    comment_count: int
    view_count: int
    organization_id: int
    organization_name: str
    organization_kind: OrganizationKind
    organization_parent_id: int | None
    organization_path: str
    cover_id: int | None
    cover_state: MediaState | None
    cover_key: str | None
    cover_width: int | None
    cover_height: int | None
    cover_widths: tuple[int, ...] | None
    cover_alt: str | None
    source_name: str | None
    source_url: str | None
    lecturer: str | None
    duration_seconds: int | None
    video_id: int | None
    stream_url: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled_at: datetime | None
    replay_id: int | None
    column_id: int | None
    rank: int | None
    html: str | None

    @property
    def organization(self) -> OrganizationRow:
        """Who publishes it."""
        return part(OrganizationRow, self[15:20])

    @property
    def cover(self) -> ImageRow | None:
        """The picture of the card."""
        return image_from(self[20:27])


class _BodyRow(NamedTuple):
    content_id: int
    html: str


class _GalleryRow(NamedTuple):
    content_id: int
    id: int
    state: MediaState
    object_key: str
    width: int
    height: int
    widths: tuple[int, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What narrows a feed; ``organization_id`` means that organization and all below it."""

    kinds: tuple[ContentKind, ...] | None = None
    organization_id: int | None = None
    column_id: int | None = None
    tag: str | None = None


PUBLISHED: sa.ColumnElement[str] = sa.literal_column(f"'{ContentStatus.PUBLISHED.value}'")
_OWN = col(Content.author_id) == sa.bindparam("member_id", type_=sa.BigInteger)
LIMIT = sa.bindparam("limit", type_=sa.Integer)


def card(*, html: Any = None) -> AnySelect:
    """Outer joins only: the planner then walks contents in the order of the page."""
    own = [getattr(Content, field) for field in ContentRow._fields[:15]]
    return (
        sa.select(
            *own,
            *organization_columns(Organization),
            *image_columns(Image),
            col(NewsItem.source_name),
            col(NewsItem.source_url),
            col(MicroLecture.lecturer),
            col(MicroLecture.duration_seconds),
            col(MicroLecture.video_id),
            col(LiveStream.stream_url),
            col(LiveStream.starts_at),
            col(LiveStream.ends_at),
            col(LiveStream.cancelled_at),
            col(LiveStream.replay_id),
            col(ShowcaseEntry.column_id),
            col(ShowcaseEntry.rank),
            sa.null() if html is None else html,
        )
        .select_from(Content)
        .outerjoin(Organization, col(Organization.id) == col(Content.organization_id))
        .outerjoin(Image, col(Image.id) == col(Content.cover_id))
        .outerjoin(NewsItem, col(NewsItem.content_id) == col(Content.id))
        .outerjoin(MicroLecture, col(MicroLecture.content_id) == col(Content.id))
        .outerjoin(LiveStream, col(LiveStream.content_id) == col(Content.id))
        .outerjoin(ShowcaseEntry, col(ShowcaseEntry.content_id) == col(Content.id))
    )


def published_to(status: Any = Content.status) -> sa.ColumnElement[bool]:
    """The rule of every list: published, and for an audience the viewer is in (``:keys``)."""
    return sa.and_(status == PUBLISHED, Among(col(Content.audience_key), "keys"))


def visible_to() -> sa.ColumnElement[bool]:
    """The rule of one item: as in lists, or one's own, or below a subtree one works on."""
    return sa.or_(published_to(), _OWN, Under(col(Organization.path), "subtrees"))


def visibility(viewer: Viewer) -> dict[str, Any]:
    """The parameters of :func:`visible_to`."""
    return {
        "keys": viewer.keys,
        "member_id": viewer.member_id,
        "subtrees": viewer.subtrees(WORKING_ROLES),
    }


_VISIBLE = Statement(
    ContentRow,
    card(html=col(ContentBody.html))
    .outerjoin(ContentBody, col(ContentBody.content_id) == col(Content.id))
    .where(Among(col(Content.id), "ids"), visible_to()),
)
_BODIES = Statement(
    _BodyRow,
    sa.select(col(ContentBody.content_id), col(ContentBody.html)).where(
        Among(col(ContentBody.content_id), "ids")
    ),
)
_GALLERIES = Statement(
    _GalleryRow,
    sa.select(col(ContentImage.content_id), *image_columns(Image))
    .join(Image, col(Image.id) == col(ContentImage.image_id))
    .where(Among(col(ContentImage.content_id), "ids"))
    .order_by(col(ContentImage.content_id), col(ContentImage.position)),
)


def _entries() -> AnySelect:
    return sa.select(col(ShowcaseEntry.content_id)).where(
        col(ShowcaseEntry.column_id) == sa.bindparam("column_id", type_=sa.BigInteger)
    )


def _tagged() -> AnySelect:
    return sa.select(col(ContentTag.content_id)).where(
        col(ContentTag.tag) == sa.bindparam("tag", type_=sa.String)
    )


@cache
def _feed(
    *, kinds: bool, organization: bool, column: bool, tag: bool, after: bool
) -> Statement[ContentRow]:
    """One text for each combination of filters, so that each is planned for what it does."""
    page = card().where(published_to())
    if kinds:
        page = page.where(Among(col(Content.kind), "kinds"))
    if organization:
        page = page.where(Within(col(Content.organization_id), subtree()))
    if column:
        page = page.where(Within(col(Content.id), _entries()))
    if tag:
        page = page.where(Within(col(Content.id), _tagged()))
    if after:
        page = page.where(
            sa.tuple_(col(Content.published_at), col(Content.id))
            < sa.tuple_(
                sa.bindparam("after_at", type_=UtcDateTime),
                sa.bindparam("after_id", type_=sa.BigInteger),
            )
        )
    newest = page.order_by(col(Content.published_at).desc(), col(Content.id).desc())
    # An organization with little to show has SQLite walk all that others published.
    return Statement(ContentRow, newest.limit(LIMIT), slow=organization)


async def feed(
    database: Database,
    viewer: Viewer,
    narrowed: FeedFilter,
    *,
    first: int,
    after: tuple[datetime, int] | None,
) -> list[ContentRow]:
    """The ``first`` newest published contents that ``viewer`` sees, older than ``after``."""
    statement = _feed(
        kinds=narrowed.kinds is not None,
        organization=narrowed.organization_id is not None,
        column=narrowed.column_id is not None,
        tag=narrowed.tag is not None,
        after=after is not None,
    )
    after_at, after_id = after or (None, None)
    return await database.fetch(
        statement,
        keys=viewer.keys,
        kinds=narrowed.kinds,
        organization_id=narrowed.organization_id,
        column_id=narrowed.column_id,
        tag=narrowed.tag,
        after_at=after_at,
        after_id=after_id,
        limit=first,
    )


async def visible_contents(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, ContentRow]:
    """Contents by id that ``viewer`` may see, their text included."""
    rows = await database.fetch(_VISIBLE, ids=ids, **visibility(viewer))
    return {row.id: row for row in rows}


async def bodies(database: Database, ids: Sequence[int]) -> dict[int, str]:
    """Sanitized HTML by content. Whoever asks has seen the contents."""
    return {row.content_id: row.html for row in await database.fetch(_BODIES, ids=ids)}


async def galleries(database: Database, ids: Sequence[int]) -> dict[int, list[ImageRow]]:
    """Pictures of each content in order. Whoever asks has seen the contents."""
    found: dict[int, list[ImageRow]] = {key: [] for key in ids}
    for row in await database.fetch(_GALLERIES, ids=ids):
        found[row.content_id].append(part(ImageRow, row[1:]))
    return found
