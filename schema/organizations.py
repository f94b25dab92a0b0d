"""Organization in the graph."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, Optional

import strawberry

from app.errors import Unauthenticated
from app.members.queries import member_counts
from app.organizations import queries
from app.organizations.models import OrganizationKind
from app.organizations.queries import OrganizationRow
from app.points.models import Book
from app.points.queries import averages
from app.points.rules import FEWEST_AVERAGED
from app.visibility import Role, path_ids
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.edges import edge
from schema.nodes import Node, node
from schema.paging import (
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)

strawberry.enum(
    OrganizationKind,
    description="The tier of an organization: 党委, 党总支, 党支部, 党小组.",
)


strawberry.enum(
    Book,
    name="PointsBook",
    description="The books of points, kept apart: 学习, 互动, 服务, 调整.",
)

_AVERAGED_FOR = (Role.SECRETARY, Role.ADMIN, Role.AUDITOR)


async def find_organizations(context: Context, ids: Sequence[int]) -> Mapping[int, OrganizationRow]:
    """Organizations, for members."""
    return await queries.visible_organizations(context.database, context.viewer, ids)


@differs_by(AUDIENCE)
async def parents_of(
    context: Context, parents: Sequence[OrganizationRow]
) -> list[OrganizationRow | None]:
    """The organization above each."""
    ids = list({row.parent_id for row in parents if row.parent_id is not None})
    found = await queries.organizations(context.database, ids) if ids else {}
    return [found.get(row.parent_id or 0) for row in parents]


@differs_by(AUDIENCE)
async def ancestors_of(
    context: Context, parents: Sequence[OrganizationRow]
) -> list[list[OrganizationRow]]:
    """The organizations above each, the root first."""
    above = [path_ids(row.path)[:-1] for row in parents]
    ids = list({key for path in above for key in path})
    found = await queries.organizations(context.database, ids) if ids else {}
    return [[found[key] for key in path] for path in above]


@differs_by(AUDIENCE)
async def children_of(
    context: Context, parents: Sequence[OrganizationRow], *, first: First = 50, after: After = None
) -> list[ConnectionRow]:
    """A page of the organizations right below each."""
    size = page_size(first, default=50)
    found = await queries.children(
        context.database,
        context.viewer,
        [row.id for row in parents],
        first=size + 1,
        after=id_after(after, 0),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


@differs_by(AUDIENCE)
async def member_counts_of(context: Context, parents: Sequence[OrganizationRow]) -> list[int]:
    """How many active members each has, all below it included."""
    if not context.viewer.signed_in:
        raise Unauthenticated("请先登录再查看组织人数")
    counts = await member_counts(context.database, context.viewer, [row.id for row in parents])
    return [counts[row.id] for row in parents]


class PointsAverageRow(NamedTuple):
    """What the members of an organization earned in a book on average."""

    average: float
    members: int


async def points_averages_of(
    context: Context,
    parents: Sequence[OrganizationRow],
    *,
    book: Annotated[Book, strawberry.argument(description="Which book.")],
) -> list[PointsAverageRow | None]:
    """The average of each organization that the viewer runs or audits, if it tells on nobody."""
    ids = list({row.id for row in parents if context.viewer.holds(_AVERAGED_FOR, row.path)})
    found = await averages(context.database, ids, book) if ids else {}
    return [
        PointsAverageRow(round(row.total / row.members, 1), row.members)
        if (row := found.get(parent.id)) is not None and row.members >= FEWEST_AVERAGED
        else None
        for parent in parents
    ]


@strawberry.type(description="What the members of an organization earned in a book on average.")
class PointsAverage:
    """The shape of :class:`PointsAverageRow`."""

    average: float = strawberry.field(description="Points a member, to one decimal (人均积分).")
    members: int = strawberry.field(description="Active members that it is taken over.")


@node(OrganizationRow, find=find_organizations, description="A party organization (党组织).")
class Organization(Node):
    """The shape of :class:`OrganizationRow`."""

    name: str = strawberry.field(description="Its name.")
    kind: OrganizationKind = strawberry.field(description="Its tier.")
    parent: Optional["Organization"] = edge(
        parents_of, "The organization above it (上级党组织), null at the top."
    )
    ancestors: list["Organization"] = edge(
        ancestors_of, "The organizations above it, the topmost first."
    )
    children: Connection["Organization"] = edge(
        children_of, "The organizations right below it (下级党组织), for members."
    )
    member_count: int = edge(
        member_counts_of,
        "Active members of this organization and all below it; UNAUTHENTICATED when signed out.",
    )
    points_average: PointsAverage | None = edge(
        points_averages_of,
        "What its active members and those below it earned on average, spent points included, for"
        " its secretaries, administrators and auditors; null for others, and where fewer than five"
        " are averaged.",
    )


TYPES: tuple[Any, ...] = (Organization,)
