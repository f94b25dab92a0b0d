"""Points for what members do with contents."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.content.models import Content
from app.database.columns import UtcDateTime, now
from app.database.statements import Statement
from app.database.writing import read
from app.database.zones import zone_of
from app.members.models import RoleGrant
from app.organizations.models import Organization
from app.points.actions import Deed, award
from app.points.rules import STAFF, pays


class _StakeRow(NamedTuple):
    author_id: int
    path: str
    run_path: str | None


_granted = aliased(Organization)
_RUNS = sa.and_(
    col(RoleGrant.member_id) == sa.bindparam("member_id", type_=sa.BigInteger),
    sa.type_coerce(col(RoleGrant.role), sa.String).in_(
        [sa.literal_column(f"'{role.value}'") for role in STAFF]
    ),
    sa.or_(
        col(RoleGrant.expires_at).is_(None),
        col(RoleGrant.expires_at) > sa.bindparam("now", type_=UtcDateTime),
    ),
)
_STAKES = Statement(
    _StakeRow,
    sa.select(col(Content.author_id), col(Organization.path), col(_granted.path))
    .select_from(Content)
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .outerjoin(RoleGrant, _RUNS)
    .outerjoin(_granted, col(_granted.id) == col(RoleGrant.organization_id))
    .where(col(Content.id) == sa.bindparam("id", type_=sa.BigInteger)),
)


async def earn(session: AsyncSession, deed: Deed, content_id: int) -> int:
    """Pay a deed on a content as far as rules and caps go; answers the points.

    Nothing for what is one's own, or belongs to the work of who runs its organization.
    """
    stakes = await read(session, _STAKES, id=content_id, member_id=deed.member_id, now=now())
    run = [row.run_path for row in stakes if row.run_path is not None]
    if not pays(deed.member_id, run, author_id=stakes[0].author_id, path=stakes[0].path):
        return 0
    return await award(session, deed, zone_of(session))
