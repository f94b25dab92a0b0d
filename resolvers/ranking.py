"""Doors to the policy on points, and to the ranking that it may let be."""

from typing import Annotated, Any

import strawberry

from app.errors import Forbidden, NotFound, Refusal
from app.organizations.queries import organizations
from app.points.models import Book
from app.points.policy import PolicyRow, policy_in_force, set_policy
from app.points.ranking import RankedRow, ranking
from app.points.rules import reads_ranking
from resolvers.deeds import require_member
from schema.context import Context
from schema.errors import user_errors
from schema.nodes import key_of
from schema.paging import (
    After,
    Connection,
    First,
    balance_after,
    balance_cursor,
    connection,
    page_size,
)
from schema.ranking import (
    PointsPolicy,
    PointsPolicyPayload,
    PointsRank,
    PolicyPayloadRow,
    SetPointsPolicyInput,
)

Info = strawberry.Info[Context]


@strawberry.type
class RankingQueries:
    """Root fields that read the policy, and rank members."""

    @strawberry.field(
        description="What points may be used for, for everybody to read.",
        graphql_type=PointsPolicy,
    )
    async def points_policy(self, info: Info) -> Any:
        """The policy in force."""
        return await policy_in_force(info.context.database)

    @strawberry.field(
        description="Members of an organization, and of all below it, by their points in a book"
        " (个人排名); staff are left out. For those members, and who administers or audits them."
        " FORBIDDEN unless the policy switches it on.",
        graphql_type=Connection[PointsRank],
    )
    async def points_ranking(
        self,
        info: Info,
        organization_id: Annotated[strawberry.ID, strawberry.argument(description="Whose.")],
        book: Annotated[Book, strawberry.argument(description="Which book.")],
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of places."""
        size, context = page_size(first), info.context
        require_member(context)
        key = key_of(organization_id, "Organization", "organizationId")
        await _require_reader(context, key, book)
        rows = await ranking(
            context.database, key, book, first=size + 1, after=balance_after(after)
        )
        return connection(rows, size, after, cursor=_place)


@strawberry.type
class RankingMutations:
    """Root fields that set the policy."""

    @strawberry.mutation(
        description="Say what points may be used for, by administrators of the whole group; each"
        " change is recorded (审计).",
        graphql_type=PointsPolicyPayload,
    )
    async def set_points_policy(
        self,
        info: Info,
        input: Annotated[SetPointsPolicyInput, strawberry.argument(description="What for.")],
    ) -> Any:
        """Set the policy."""
        context = info.context
        wanted = PolicyRow(input.individual_ranking, input.interaction_feeds_assessment)
        try:
            async with context.database.transaction() as session:
                await set_policy(session, context.actor, wanted)
            return PolicyPayloadRow(wanted, [])
        except Refusal as refusal:
            return PolicyPayloadRow(None, user_errors(refusal))


async def _require_reader(context: Context, organization_id: int, book: Book) -> None:
    found = (await organizations(context.database, [organization_id])).get(organization_id)
    if found is None:
        raise NotFound("组织不存在", "organizationId")
    if not reads_ranking(context.viewer, found.path):
        raise Forbidden("只有该组织的成员及其管理、审计人员可以查看排名")
    if not (await policy_in_force(context.database)).ranks(book):
        raise Forbidden("按现行积分使用政策，不进行个人排名")


def _place(row: RankedRow) -> str:
    return balance_cursor(row.earned, row.member_id)
