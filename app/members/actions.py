"""Writes on members: enrol, grant, suspend."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.columns import now
from app.errors import Invalid
from app.members.models import LoginSession, Member, MemberStatus, RoleGrant
from app.members.sessions import fold_username
from app.visibility import Role


async def enrol(
    session: AsyncSession,
    name: str,
    username: str,
    *,
    password_hash: str,
    organization_id: int,
    avatar_id: int | None = None,
) -> Member:
    """Add a member; a username that is taken is INVALID."""
    folded = fold_username(username)
    taken = await session.execute(sa.select(col(Member.id)).where(col(Member.username) == folded))
    if taken.first() is not None:
        raise Invalid(f"用户名“{folded}”已被使用", "input", "username")
    member = Member(
        name=name,
        username=folded,
        password_hash=password_hash,
        organization_id=organization_id,
        avatar_id=avatar_id,
    )
    session.add(member)
    await session.flush()
    return member


async def grant(
    session: AsyncSession,
    member_id: int,
    role: Role,
    *,
    organization_id: int,
    expires_at: datetime | None = None,
) -> RoleGrant:
    """Give a role on an organization and all below it."""
    given = RoleGrant(
        member_id=member_id, role=role, organization_id=organization_id, expires_at=expires_at
    )
    session.add(given)
    await session.flush()
    return given


async def wear(session: AsyncSession, member_id: int, image_id: int) -> None:
    """Make a picture the member's (头像)."""
    await session.execute(
        sa.update(Member).where(col(Member.id) == member_id).values(avatar_id=image_id)
    )


async def suspend(session: AsyncSession, member_id: int) -> None:
    """Bar a member: no login, no renewal, and every session ends."""
    await session.execute(
        sa.update(Member).where(col(Member.id) == member_id).values(status=MemberStatus.SUSPENDED)
    )
    await session.execute(
        sa.update(LoginSession)
        .where(col(LoginSession.member_id) == member_id, col(LoginSession.ended_at).is_(None))
        .values(ended_at=now())
    )
