"""Whether a comment stands, and all that follows when that changes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.announcing import commented
from app.content.counting import count
from app.content.deeds import comment_deed
from app.content.earning import earn
from app.database.writing import move
from app.engagement.models import Comment
from app.engagement.telling import tell
from app.members.models import Member
from app.points.actions import give_back, take_back


async def begin(session: AsyncSession, comment: Comment, *, restored: bool = False) -> None:
    """A comment has come to stand: written, kept by a moderator, or ``restored``."""
    deed = comment_deed(comment.id, comment.author_id, at=comment.created_at)
    # Before the counter: whoever comments on the same content waits for its row until we commit.
    if not await earn(session, deed, comment.content_id):
        await give_back(session, deed.key, reason="评论已恢复")
    if not restored:
        await tell(session, comment)
    await count(session, comment.content_id, comment_count=1)
    commented(session, comment.content_id, comment.id)


async def cease(session: AsyncSession, comment: Comment) -> None:
    """A comment that stood stands no longer: removed, or held after it was changed."""
    reason = "评论待审核" if comment.removed_at is None else "评论已删除"
    await take_back(session, comment_deed(comment.id, comment.author_id).key, reason=reason)
    await count(session, comment.content_id, comment_count=-1)


async def change(session: AsyncSession, comment: Comment, **fields: Any) -> None:
    """Set ``fields`` of a comment whose row is locked, and do what follows from them."""
    stood, restored = comment.stands, comment.removed_at is not None
    was_held = comment.held_at is not None
    for name, value in fields.items():
        setattr(comment, name, value)
    await session.flush()
    if (is_held := comment.held_at is not None) is not was_held:
        await move(session, Member, comment.author_id, held_count=1 if is_held else -1)
    if comment.stands and not stood:
        await begin(session, comment, restored=restored)
    elif stood and not comment.stands:
        await cease(session, comment)
