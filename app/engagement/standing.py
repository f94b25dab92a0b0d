"""Whether a comment stands, and all that follows when that changes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.announcing import commented
from app.content.counting import count
from app.engagement.models import Comment


async def begin(session: AsyncSession, comment: Comment) -> None:
    """A comment has come to stand: written, kept by a moderator, or restored."""
    await count(session, comment.content_id, comment_count=1)
    commented(session, comment.content_id, comment.id)


async def cease(session: AsyncSession, comment: Comment) -> None:
    """A comment that stood stands no longer: removed, or held after it was changed."""
    await count(session, comment.content_id, comment_count=-1)


async def change(session: AsyncSession, comment: Comment, **fields: Any) -> None:
    """Set ``fields`` of a comment whose row is locked, and do what follows from them."""
    stood = comment.stands
    for name, value in fields.items():
        setattr(comment, name, value)
    await session.flush()
    if comment.stands and not stood:
        await begin(session, comment)
    elif stood and not comment.stands:
        await cease(session, comment)
