"""Whether a comment stands, and all that follows when that changes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.announcing import commented
from app.content.counting import count
from app.content.deeds import comment_deed
from app.content.earning import earn
from app.database.writing import move
from app.engagement.models import Comment
from app.engagement.telling import tell, tell_named
from app.members.models import Member
from app.points.actions import give_back, take_back


async def begin(session: AsyncSession, comment: Comment, *, again: bool = False) -> None:
    """A comment has come to stand: written, kept by a moderator, or restored.

    ``again``: it stood before, and those whom it concerned then know of it.
    """
    deed = comment_deed(comment.id, comment.author_id, at=comment.created_at)
    # Before the counter: whoever comments on the same content waits for its row until we commit.
    if not await earn(session, deed, comment.content_id):
        await give_back(session, deed.key, reason="评论已恢复")
    await (tell_named if again else tell)(session, comment)
    await count(session, comment.content_id, comment_count=1)
    commented(session, comment.content_id, comment.id)


async def cease(session: AsyncSession, comment: Comment) -> None:
    """A comment that stood stands no longer: removed, or held after it was changed."""
    reason = "评论待审核" if comment.removed_at is None else "评论已删除"
    await take_back(session, comment_deed(comment.id, comment.author_id).key, reason=reason)
    await count(session, comment.content_id, comment_count=-1)


async def change(session: AsyncSession, comment: Comment, **fields: Any) -> None:
    """Set ``fields`` of a comment whose row is locked, and do what follows from them."""
    stood, was_held = comment.stands, comment.held_at is not None
    # What was held from its first moment has never stood, whatever became of it since.
    again = comment.held_at != comment.created_at
    for name, value in fields.items():
        setattr(comment, name, value)
    await session.flush()
    if (is_held := comment.held_at is not None) is not was_held:
        await move(session, Member, comment.author_id, held_count=1 if is_held else -1)
    if comment.stands and not stood:
        await begin(session, comment, again=again)
    elif stood and not comment.stands:
        await cease(session, comment)
