"""Bookmarks: what a member keeps, and the list of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.models import Content
from app.content.queries import LIMIT, visibility, visible_to
from app.content.seeing import require_published, require_seen
from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.statements import Statement
from app.database.writing import add_once, take_away
from app.engagement.models import ContentBookmark
from app.organizations.models import Organization
from app.visibility import Viewer


class BookmarkRow(NamedTuple):
    """A content that a member keeps, and since when."""

    content_id: int
    created_at: datetime


def _page(*, after: bool) -> Statement[BookmarkRow]:
    place = sa.tuple_(col(ContentBookmark.created_at), col(ContentBookmark.content_id))
    page = (
        sa.select(col(ContentBookmark.content_id), col(ContentBookmark.created_at))
        .join(Content, col(Content.id) == col(ContentBookmark.content_id))
        .join(Organization, col(Organization.id) == col(Content.organization_id))
        .where(
            col(ContentBookmark.member_id) == sa.bindparam("member_id", type_=sa.BigInteger),
            visible_to(),
        )
    )
    if after:
        page = page.where(
            place
            < sa.tuple_(
                sa.bindparam("after_at", type_=UtcDateTime),
                sa.bindparam("after_id", type_=sa.BigInteger),
            )
        )
    newest = (col(ContentBookmark.created_at).desc(), col(ContentBookmark.content_id).desc())
    return Statement(BookmarkRow, page.order_by(*newest).limit(LIMIT))


_PAGES: Mapping[bool, Statement[BookmarkRow]] = {
    after: _page(after=after) for after in (False, True)
}


async def bookmarks(
    database: Database, viewer: Viewer, *, first: int, after: tuple[datetime, int] | None
) -> list[BookmarkRow]:
    """The ``first`` newest bookmarks of what ``viewer`` still sees, older than ``after``."""
    after_at, after_id = after or (None, None)
    return await database.fetch(
        _PAGES[after is not None],
        after_at=after_at,
        after_id=after_id,
        limit=first,
        **visibility(viewer),
    )


async def bookmark(session: AsyncSession, viewer: Viewer, content_id: int) -> bool:
    """Keep a published content; False where the member already does, and nothing changes."""
    await require_published(session, viewer, content_id)
    key = {"member_id": viewer.member_id, "content_id": content_id}
    return await add_once(session, ContentBookmark, **key, created_at=now())


async def remove_bookmark(session: AsyncSession, viewer: Viewer, content_id: int) -> bool:
    """Keep it no longer, published or not; False where the member did not keep it."""
    await require_seen(session, viewer, content_id)
    key = {"member_id": viewer.member_id, "content_id": content_id}
    return await take_away(session, ContentBookmark, **key)
