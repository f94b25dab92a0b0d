"""Writes on links: share, open."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from app.content.counting import count
from app.content.deeds import opening_deed, share_deed
from app.content.earning import earn
from app.content.models import ContentStatus
from app.content.seeing import require_published, seen
from app.database.columns import now
from app.database.writing import add_once, move
from app.errors import NotFound
from app.sharing.codes import is_code, new_code
from app.sharing.models import Share, ShareChannel, ShareOpening
from app.visibility import Viewer


async def share(
    session: AsyncSession, viewer: Viewer, content_id: int, channel: ShareChannel
) -> Share:
    """The member's link to a published content on ``channel``: the same one however often asked.

    The card counts members who shared, so a second channel is another link and no other count.
    """
    await require_published(session, viewer, content_id, locked=True)
    member_id = viewer.member_id or 0
    own = Share.member_id == member_id, Share.content_id == content_id
    # The content is locked: of two channels at once, one is the first.
    earlier = (await session.scalars(select(Share).where(*own))).all()
    for link in earlier:
        if link.channel is channel:
            return link
    made = Share(code=new_code(), member_id=member_id, content_id=content_id, channel=channel)
    session.add(made)
    await session.flush()
    if not earlier:
        await earn(session, share_deed(content_id, member_id), content_id)
        await count(session, content_id, share_count=1)
    return made


async def open_share(session: AsyncSession, viewer: Viewer, code: str) -> int:
    """The content behind ``code``, if the member sees it; else NotFound, and nothing is counted.

    An opening counts once a member, never the sharer's own, and only while it is published.
    """
    found = None
    if is_code(code):
        found = await session.scalar(select(Share).where(Share.code == code))
    places = await seen(session, viewer, [found.content_id]) if found is not None else {}
    if found is None or not places:
        raise NotFound("链接不存在，或内容不可见", "input", "code")
    published = places[found.content_id].status is ContentStatus.PUBLISHED
    if published and found.member_id != viewer.member_id:
        await _count_opening(session, found, viewer)
    return found.content_id


async def _count_opening(session: AsyncSession, link: Share, viewer: Viewer) -> None:
    key = {"share_id": link.id, "member_id": viewer.member_id}
    if not await add_once(session, ShareOpening, **key, created_at=now()):
        return
    opening = opening_deed(link.content_id, link.member_id, viewer.member_id or 0)
    await earn(session, opening, link.content_id)
    await move(session, Share, link.id, open_count=1)
