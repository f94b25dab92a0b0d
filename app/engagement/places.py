"""A comment in its place, read inside the transaction that writes."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.seeing import Place, seen
from app.engagement.models import Comment
from app.errors import NotFound
from app.visibility import MODERATING_ROLES, Viewer


async def comment_in_place(
    session: AsyncSession, viewer: Viewer, comment_id: int
) -> tuple[Comment, Place]:
    """A comment, its row locked to the end of the transaction; NOT_FOUND where it is not seen."""
    comment = await locked(session, comment_id)
    if comment is None:
        raise _unseen()
    place = (await seen(session, viewer, [comment.content_id])).get(comment.content_id)
    if place is None:
        raise _unseen()
    own = comment.author_id == viewer.member_id
    if comment.held_at is not None and not own and not moderates(viewer, place.path):
        raise _unseen()
    return comment, place


async def locked(session: AsyncSession, comment_id: int) -> Comment | None:
    """The comment as it is now; nobody else changes it while the transaction lasts."""
    # Not against those who answer it: their foreign key must only know that it stays.
    return await session.get(Comment, comment_id, with_for_update={"key_share": True})


def moderates(viewer: Viewer, path: str) -> bool:
    """Whether ``viewer`` decides about what is said in the organization at ``path``."""
    return viewer.holds(MODERATING_ROLES, path)


def _unseen() -> NotFound:
    return NotFound("评论不存在或不可见", "input", "commentId")
