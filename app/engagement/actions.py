"""Writes on engagement: comment, like, unlike."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.counting import count
from app.content.deeds import like_deed
from app.content.earning import earn
from app.database.columns import new_id, now
from app.database.writing import add_once, move, take_away
from app.engagement import standing
from app.engagement.models import Comment, CommentMention, ContentLike
from app.members.models import Member


async def comment(
    session: AsyncSession,
    content_id: int,
    author_id: int,
    *,
    body: str,
    reply_to_id: int | None = None,
    mention_ids: Sequence[int] = (),
    client_key: str | None = None,
    held: bool = False,
    at: datetime | None = None,
) -> Comment:
    """Add a comment, and count it on the card in the same transaction unless it is ``held``."""
    written = at or now()
    answered = None if reply_to_id is None else await session.get(Comment, reply_to_id)
    made = Comment(
        id=new_id(written),
        content_id=content_id,
        author_id=author_id,
        reply_to_id=reply_to_id,
        thread_id=None if answered is None else answered.thread_id or answered.id,
        body=body,
        client_key=client_key,
        created_at=written,
        held_at=written if held else None,
    )
    session.add(made)
    await session.flush()
    session.add_all(CommentMention(comment_id=made.id, member_id=member) for member in mention_ids)
    await session.flush()
    if held:
        await move(session, Member, author_id, held_count=1)
    else:
        await standing.begin(session, made)
    return made


async def like(
    session: AsyncSession, content_id: int, member_id: int, *, at: datetime | None = None
) -> bool:
    """Like a content; False where the member already does, and then nothing changes."""
    key = {"content_id": content_id, "member_id": member_id}
    if not await add_once(session, ContentLike, **key, created_at=at or now()):
        return False
    # Before the counter: whoever likes the same content waits for its row until we commit.
    await earn(session, like_deed(content_id, member_id, at=at), content_id)
    await count(session, content_id, like_count=1)
    return True


async def unlike(session: AsyncSession, content_id: int, member_id: int) -> bool:
    """Take a like back; False where there is none, and then nothing changes."""
    key = {"content_id": content_id, "member_id": member_id}
    if not await take_away(session, ContentLike, **key):
        return False
    await count(session, content_id, like_count=-1)
    return True
