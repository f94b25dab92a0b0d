"""Reads of members, and of the viewer that a session stands for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.rows import part
from app.database.statements import Among, Statement
from app.members.models import LoginSession, Member, MemberStatus, RoleGrant
from app.organizations.models import Organization
from app.organizations.queries import OrganizationRow, below, organization_columns
from app.uploads.models import Image, MediaState
from app.uploads.queries import ImageRow, image_columns, image_from
from app.visibility import Grant, Role, Viewer


class MemberRow(NamedTuple):
    """A member as others see them, the avatar joined in."""

    id: int
    name: str
    organization_id: int
    avatar_id: int | None
    avatar_state: MediaState | None
    avatar_key: str | None
    avatar_width: int | None
    avatar_height: int | None
    avatar_widths: tuple[int, ...] | None
    avatar_alt: str | None

    @property
    def avatar(self) -> ImageRow | None:
        """The picture, None where the member has none."""
        return image_from(self[3:10])


class RoleGrantRow(NamedTuple):
    """A role that a member holds now, with its organization."""

    member_id: int
    role: Role
    expires_at: datetime | None
    organization_id: int
    organization_name: str
    organization_kind: Any
    organization_parent_id: int | None
    organization_path: str

    @property
    def organization(self) -> OrganizationRow:
        """Where the role begins."""
        return part(OrganizationRow, self[3:8])


class _ViewerRow(NamedTuple):
    member_id: int
    organization_id: int
    path: str
    role: Role | None
    granted_id: int | None
    granted_path: str | None
    held_count: int


class _CountRow(NamedTuple):
    organization_id: int
    members: int


def member_columns(member: Any, avatar: Any) -> list[Any]:
    """The columns of :class:`MemberRow`, from ``Member`` and ``Image`` or aliases of them."""
    return [member.id, member.name, member.organization_id, *image_columns(avatar)]


_NOW = sa.bindparam("now", type_=UtcDateTime)
_MEMBERS = Statement(
    MemberRow,
    sa.select(*member_columns(Member, Image))
    .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
    .where(Among(col(Member.id), "ids")),
)
_STANDING = sa.or_(col(RoleGrant.expires_at).is_(None), col(RoleGrant.expires_at) > _NOW)
_GRANTS = Statement(
    RoleGrantRow,
    sa.select(
        col(RoleGrant.member_id),
        col(RoleGrant.role),
        col(RoleGrant.expires_at),
        *organization_columns(Organization),
    )
    .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
    .where(Among(col(RoleGrant.member_id), "ids"), _STANDING)
    .order_by(col(RoleGrant.id)),
)
_granted = aliased(Organization)
_VIEWER = Statement(
    _ViewerRow,
    sa.select(
        col(Member.id),
        col(Member.organization_id),
        col(Organization.path),
        col(RoleGrant.role),
        col(_granted.id),
        col(_granted.path),
        col(Member.held_count),
    )
    .select_from(LoginSession)
    .join(Member, col(Member.id) == col(LoginSession.member_id))
    .join(Organization, col(Organization.id) == col(Member.organization_id))
    .outerjoin(RoleGrant, sa.and_(col(RoleGrant.member_id) == col(Member.id), _STANDING))
    .outerjoin(_granted, col(_granted.id) == col(RoleGrant.organization_id))
    .where(
        col(LoginSession.id) == sa.bindparam("session_id", type_=sa.BigInteger),
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.expires_at) > _NOW,
        col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    )
    .order_by(col(RoleGrant.id)),
)
_outer = aliased(Organization)
_COUNTS = Statement(
    _CountRow,
    sa.select(col(_outer.id), sa.func.count(col(Member.id)))
    .select_from(_outer)
    .join(Organization, below(Organization, _outer))
    .join(Member, col(Member.organization_id) == col(Organization.id))
    .where(
        Among(col(_outer.id), "ids"),
        col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    )
    .group_by(col(_outer.id)),
    slow=True,
)


async def members(database: Database, ids: Sequence[int]) -> dict[int, MemberRow]:
    """Members by id. Whoever asks has seen a row that names them."""
    return {row.id: row for row in await database.fetch(_MEMBERS, ids=ids)}


async def visible_members(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, MemberRow]:
    """Members by id, as far as ``viewer`` may look one up: all for members."""
    return await members(database, ids) if viewer.signed_in else {}


async def role_grants(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, list[RoleGrantRow]]:
    """The standing roles of members: one's own, and those on subtrees that one administers."""
    found: dict[int, list[RoleGrantRow]] = {key: [] for key in ids}
    own = viewer.member_id
    wanted = [key for key in ids if key == own or viewer.subtrees((Role.ADMIN, Role.AUDITOR))]
    if not wanted:
        return found
    for row in await database.fetch(_GRANTS, ids=wanted, now=now()):
        seen = viewer.holds((Role.ADMIN, Role.AUDITOR), row.organization_path)
        if row.member_id == own or seen:
            found[row.member_id].append(row)
    return found


async def member_counts(database: Database, viewer: Viewer, ids: Sequence[int]) -> dict[int, int]:
    """How many active members each organization has, all below it included; members may ask."""
    counts = dict.fromkeys(ids, 0)
    if viewer.signed_in:
        rows = await database.fetch(_COUNTS, ids=ids)
        counts.update((row.organization_id, row.members) for row in rows)
    return counts


async def viewer_of_session(database: Database, session_id: int) -> Viewer | None:
    """Who a session stands for; None when it has ended or its member is suspended."""
    rows = await database.fetch(_VIEWER, session_id=session_id, now=now())
    if not rows:
        return None
    grants = tuple(
        Grant(row.role, row.granted_id, row.granted_path)
        for row in rows
        if row.role is not None and row.granted_id is not None and row.granted_path is not None
    )
    own = rows[0]
    return Viewer(
        own.member_id,
        own.organization_id,
        own.path,
        grants=grants,
        session_id=session_id,
        has_held=own.held_count > 0,
    )
