"""Member and RoleGrant in the graph."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.database.columns import now
from app.members import queries
from app.members.queries import MemberRow, RoleGrantRow
from app.organizations.queries import OrganizationRow, organizations
from app.points.queries import AccountRow, visible_accounts
from app.points.rules import windows
from app.visibility import Role
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.edges import edge
from schema.following import SavedSearch, followed_of, searches_of
from schema.nodes import Node, node
from schema.organizations import Organization
from schema.paging import Connection
from schema.uploads import Image

if TYPE_CHECKING:
    from schema.knowledge import Regulation
    from schema.points import PointsAccount

strawberry.enum(
    Role,
    description="What a member may do in a subtree: 编辑, 审核, 书记, 管理员, 审计.",
)


async def find_members(context: Context, ids: Sequence[int]) -> Mapping[int, MemberRow]:
    """Members, for members."""
    return await queries.visible_members(context.database, context.viewer, ids)


@differs_by(AUDIENCE)
async def organizations_of(context: Context, parents: Sequence[MemberRow]) -> list[OrganizationRow]:
    """Where each member belongs."""
    ids = list({row.organization_id for row in parents})
    found = await organizations(context.database, ids)
    return [found[row.organization_id] for row in parents]


async def roles_of(context: Context, parents: Sequence[MemberRow]) -> list[list[RoleGrantRow]]:
    """The roles of each member that the viewer may know of."""
    ids = list({row.id for row in parents})
    found = await queries.role_grants(context.database, context.viewer, ids)
    return [found[row.id] for row in parents]


async def points_of(context: Context, parents: Sequence[MemberRow]) -> list[AccountRow | None]:
    """The points of each member that the viewer may know of."""
    spans = windows(now(), context.platform.settings.zone)
    ids = list({row.id for row in parents})
    found = await visible_accounts(context.database, context.viewer, ids, spans)
    return [found.get(row.id) for row in parents]


@strawberry.type(description="A role on an organization and all below it (岗位授权).")
class RoleGrant:
    """The shape of :class:`RoleGrantRow`."""

    role: Role = strawberry.field(description="What may be done.")
    organization: Organization = strawberry.field(description="Where it begins.")
    expires_at: datetime | None = strawberry.field(description="When it ends, null for never.")


@node(MemberRow, find=find_members, description="A member of the group's organizations (成员).")
class Member(Node):
    """The shape of :class:`MemberRow`."""

    name: str = strawberry.field(description="The member's name.")
    avatar: Image | None = strawberry.field(description="The member's picture (头像).")
    organization: Organization = edge(organizations_of, "Where the member belongs.")
    roles: list[RoleGrant] = edge(
        roles_of,
        "Roles that hold now: one's own, and those on subtrees that one administers or audits.",
    )
    points: Annotated["PointsAccount", strawberry.lazy("schema.points")] | None = edge(
        points_of,
        "The member's points (积分): one's own, and those of members of subtrees that one"
        " administers or audits; else null.",
    )
    followed_regulations: (
        Connection[Annotated["Regulation", strawberry.lazy("schema.knowledge")]] | None
    ) = edge(
        followed_of,
        "The regulations that one follows and still sees, the latest first (关注的法规); null for"
        " anybody but oneself.",
    )
    saved_searches: Connection[SavedSearch] | None = edge(
        searches_of,
        "The searches that one saved, the latest first (已保存的搜索); null for all but oneself.",
    )


TYPES: tuple[Any, ...] = (Member,)
