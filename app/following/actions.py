"""Writes on what members follow: follow a regulation, save a search, and end either."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.database.columns import now
from app.database.writing import add_once, take_away
from app.errors import NotFound, TooLarge
from app.following.models import FollowedRegulation, SavedSearch
from app.following.rules import MOST_FOLLOWED
from app.knowledge.models import Regulation
from app.members.models import Member
from app.visibility import Viewer


async def follow(session: AsyncSession, viewer: Viewer, regulation_id: int) -> bool:
    """Follow a regulation that the viewer sees; False where they do, and nothing changes."""
    await _require_seen(session, viewer, regulation_id)
    key = {"member_id": viewer.member_id, "regulation_id": regulation_id}
    added = await add_once(session, FollowedRegulation, **key, created_at=now())
    if added:
        await _refuse_too_many(session, viewer, FollowedRegulation, "regulationId")
    return added


async def unfollow(session: AsyncSession, viewer: Viewer, regulation_id: int) -> bool:
    """Follow it no longer; False where the viewer did not, and nothing changes."""
    await _require_seen(session, viewer, regulation_id)
    key = {"member_id": viewer.member_id, "regulation_id": regulation_id}
    return await take_away(session, FollowedRegulation, **key)


async def save_search(
    session: AsyncSession, viewer: Viewer, query: str, *, category: str = "", issuer: str = ""
) -> int:
    """Save a search, once however often it is asked for; answers which it is."""
    wanted = {
        "member_id": viewer.member_id,
        "query": query,
        "category": category,
        "issuer": issuer,
    }
    made = SavedSearch.model_validate(wanted)
    row = wanted | {"id": made.id, "created_at": made.created_at}
    if await add_once(session, SavedSearch, **row):
        await _refuse_too_many(session, viewer, SavedSearch, "query")
        return made.id
    same = (getattr(SavedSearch, name) == value for name, value in wanted.items())
    found = await session.execute(sa.select(col(SavedSearch.id)).where(*same))
    return found.scalar_one()


async def remove_search(session: AsyncSession, viewer: Viewer, search_id: int) -> None:
    """Forget a search of the viewer's own; NOT_FOUND where it is none."""
    own = {"id": search_id, "member_id": viewer.member_id}
    if not await take_away(session, SavedSearch, **own):
        raise NotFound("没有这个已保存的搜索", "input", "id")


async def _require_seen(session: AsyncSession, viewer: Viewer, regulation_id: int) -> None:
    audience = sa.select(col(Regulation.audience_key)).where(col(Regulation.id) == regulation_id)
    if await session.scalar(audience) not in viewer.keys:
        raise NotFound("法规不存在或不可见", "input", "regulationId")


async def _refuse_too_many(
    session: AsyncSession, viewer: Viewer, table: type[SQLModel], field: str
) -> None:
    # Of two at once the second waits here, and counts the row of the first.
    one = sa.select(col(Member.id)).where(col(Member.id) == viewer.member_id).with_for_update()
    await session.execute(one)
    rows = SQLModel.metadata.tables[str(table.__tablename__)]
    own = sa.select(sa.func.count()).select_from(rows).where(rows.c.member_id == viewer.member_id)
    if (await session.scalar(own) or 0) > MOST_FOLLOWED:
        raise TooLarge(f"最多 {MOST_FOLLOWED} 个，请先取消一些", "input", field)
