"""Where a comment stands, or is to stand: its content, read inside the transaction that writes."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.models import Content, ContentStatus
from app.content.queries import visibility, visible_to
from app.database.statements import Among, Statement
from app.database.writing import read
from app.engagement.models import Comment
from app.errors import Conflict, NotFound
from app.organizations.models import Organization
from app.visibility import MODERATING_ROLES, Viewer


class Place(NamedTuple):
    """A content that the viewer sees, as far as it matters to what is said about it."""

    content_id: int
    author_id: int
    title: str
    status: ContentStatus
    audience_key: str
    organization_id: int
    path: str


_PLACE = Statement(
    Place,
    sa.select(
        col(Content.id),
        col(Content.author_id),
        col(Content.title),
        col(Content.status),
        col(Content.audience_key),
        col(Organization.id),
        col(Organization.path),
    )
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Content.id), "ids"), visible_to()),
)


async def place(session: AsyncSession, viewer: Viewer, content_id: int) -> Place:
    """The content, NOT_FOUND where ``viewer`` does not see it."""
    found = await read(session, _PLACE, ids=[content_id], **visibility(viewer))
    if not found:
        raise NotFound("内容不存在或不可见", "input", "contentId")
    return found[0]


async def open_place(session: AsyncSession, viewer: Viewer, content_id: int) -> Place:
    """As :func:`place`; CONFLICT where the content is not published and takes no comments."""
    found = await place(session, viewer, content_id)
    if found.status is not ContentStatus.PUBLISHED:
        raise Conflict("内容尚未发布", "input", "contentId")
    return found


async def comment_in_place(
    session: AsyncSession, viewer: Viewer, comment_id: int
) -> tuple[Comment, Place]:
    """A comment, its row locked to the end of the transaction; NOT_FOUND where it is not seen."""
    comment = await locked(session, comment_id)
    if comment is None:
        raise _unseen()
    found = await read(session, _PLACE, ids=[comment.content_id], **visibility(viewer))
    if not found:
        raise _unseen()
    own = comment.author_id == viewer.member_id
    if comment.held_at is not None and not own and not moderates(viewer, found[0].path):
        raise _unseen()
    return comment, found[0]


async def locked(session: AsyncSession, comment_id: int) -> Comment | None:
    """The comment as it is now; nobody else changes it while the transaction lasts."""
    # Not against those who answer it: their foreign key must only know that it stays.
    return await session.get(Comment, comment_id, with_for_update={"key_share": True})


def moderates(viewer: Viewer, path: str) -> bool:
    """Whether ``viewer`` decides about what is said in the organization at ``path``."""
    return viewer.holds(MODERATING_ROLES, path)


def _unseen() -> NotFound:
    return NotFound("评论不存在或不可见", "input", "commentId")
