"""Writes on engagement: comment, like, unlike."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.models import Content
from app.database.columns import new_id, now
from app.database.writing import add_once, move, take_away
from app.engagement.deeds import like_deed
from app.engagement.models import Comment, ContentLike
from app.points.actions import award


async def comment(
    session: AsyncSession,
    content_id: int,
    author_id: int,
    *,
    body: str,
    reply_to_id: int | None = None,
    at: datetime | None = None,
) -> Comment:
    """Add a comment, and count it on the card in the same transaction."""
    written = at or now()
    made = Comment(
        id=new_id(written),
        content_id=content_id,
        author_id=author_id,
        reply_to_id=reply_to_id,
        body=body,
        created_at=written,
    )
    session.add(made)
    await session.flush()
    await move(session, Content, content_id, comment_count=1)
    return made


async def like(
    session: AsyncSession, content_id: int, member_id: int, *, earns_in: ZoneInfo | None = None
) -> bool:
    """Like a content; False where the member already does, and then nothing changes.

    ``earns_in`` is the group's time zone where the like earns points (`app.points.rules.pays`).
    """
    key = {"content_id": content_id, "member_id": member_id}
    if not await add_once(session, ContentLike, **key, created_at=now()):
        return False
    if earns_in is not None:
        # Before the counter: whoever likes the same content waits for its row until we commit.
        await award(session, like_deed(content_id, member_id), earns_in)
    await move(session, Content, content_id, like_count=1)
    return True


async def unlike(session: AsyncSession, content_id: int, member_id: int) -> bool:
    """Take a like back; False where there is none, and then nothing changes."""
    key = {"content_id": content_id, "member_id": member_id}
    if not await take_away(session, ContentLike, **key):
        return False
    await move(session, Content, content_id, like_count=-1)
    return True
