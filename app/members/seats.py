"""Who holds a role nearest to an organization: those who are asked first."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.columns import UtcDateTime, now
from app.database.statements import Among
from app.members.models import Member, MemberStatus, RoleGrant
from app.organizations.models import Organization
from app.visibility import Role, path_ids

_SEATED = (
    sa.select(col(RoleGrant.member_id), col(Organization.path))
    .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
    .join(Member, col(Member.id) == col(RoleGrant.member_id))
    .where(
        Among(col(RoleGrant.organization_id), "ids"),
        Among(sa.type_coerce(col(RoleGrant.role), sa.String), "roles"),
        sa.or_(
            col(RoleGrant.expires_at).is_(None),
            col(RoleGrant.expires_at) > sa.bindparam("now", type_=UtcDateTime),
        ),
        col(Member.status) == MemberStatus.ACTIVE,
    )
)


async def nearest(
    session: AsyncSession, path: str, roles: Iterable[Role], *, but: Collection[int | None] = ()
) -> list[int]:
    """The members, ``but`` some, who hold one of ``roles`` on the organization at ``path``.

    Where it has none of them, those of the tier above, and so on up.
    """
    values = {"ids": list(path_ids(path)), "roles": [role.value for role in roles], "now": now()}
    seated = await session.execute(_SEATED, values)
    tiers: dict[int, set[int]] = {}
    for member_id, held_on in seated:
        if member_id not in but:
            tiers.setdefault(len(held_on), set()).add(member_id)
    return sorted(tiers[max(tiers)]) if tiers else []
