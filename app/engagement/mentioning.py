"""Whom a comment names: members who may see what it is about."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.seeing import Place
from app.database.columns import UtcDateTime, now
from app.database.statements import Among, Statement
from app.database.writing import read
from app.engagement.models import CommentMention
from app.engagement.rules import MAX_MENTIONS
from app.errors import Invalid
from app.members.models import Member, MemberStatus, RoleGrant
from app.organizations.models import Organization
from app.visibility import WORKING_ROLES, Viewer

_FIELD = ("input", "mentionIds")


class _HomeRow(NamedTuple):
    member_id: int
    organization_id: int
    path: str


class _WorkRow(NamedTuple):
    member_id: int
    path: str


_HOMES = Statement(
    _HomeRow,
    sa.select(col(Member.id), col(Organization.id), col(Organization.path))
    .join(Organization, col(Organization.id) == col(Member.organization_id))
    .where(
        Among(col(Member.id), "ids"),
        col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    ),
)
_WORK = Statement(
    _WorkRow,
    sa.select(col(RoleGrant.member_id), col(Organization.path))
    .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
    .where(
        Among(col(RoleGrant.member_id), "ids"),
        Among(sa.type_coerce(col(RoleGrant.role), sa.String), "roles"),
        sa.or_(
            col(RoleGrant.expires_at).is_(None),
            col(RoleGrant.expires_at) > sa.bindparam("now", type_=UtcDateTime),
        ),
    ),
)


async def nameable(session: AsyncSession, place: Place, ids: Sequence[int]) -> list[int]:
    """``ids``, each once; INVALID unless all are active members who see the published content."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MAX_MENTIONS:
        raise Invalid(f"一条评论最多提及 {MAX_MENTIONS} 人", *_FIELD)
    if wanted and set(wanted) - await _readers(session, place, wanted):
        raise Invalid("提及的成员不存在，或看不到这条内容", *_FIELD)
    return wanted


async def named(session: AsyncSession, comment_id: int) -> list[int]:
    """Whom the comment names now."""
    theirs = col(CommentMention.comment_id) == comment_id
    return list(await session.scalars(sa.select(col(CommentMention.member_id)).where(theirs)))


async def name(session: AsyncSession, comment_id: int, member_ids: Iterable[int]) -> None:
    """Let the comment name exactly these."""
    await session.execute(
        sa.delete(CommentMention).where(col(CommentMention.comment_id) == comment_id)
    )
    session.add_all(CommentMention(comment_id=comment_id, member_id=key) for key in member_ids)
    await session.flush()


async def _readers(session: AsyncSession, place: Place, ids: Sequence[int]) -> set[int]:
    homes = await read(session, _HOMES, ids=ids)
    roles = [role.value for role in WORKING_ROLES]
    work = await read(session, _WORK, ids=ids, roles=roles, now=now())
    workers = {row.member_id for row in work if place.path.startswith(row.path)}
    return {home.member_id for home in homes if home.member_id in workers or _reads(home, place)}


def _reads(home: _HomeRow, place: Place) -> bool:
    viewer = Viewer(home.member_id, home.organization_id, home.path)
    return place.author_id == home.member_id or place.audience_key in viewer.keys
