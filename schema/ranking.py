"""What points may be used for, and members ranked by them, in the graph."""

from collections.abc import Sequence
from typing import NamedTuple

import strawberry

from app.members.queries import MemberRow, members
from app.points.policy import PolicyRow
from app.points.ranking import RankedRow
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.members import Member


class PolicyPayloadRow(NamedTuple):
    """The policy as it was committed, or why it is as it was."""

    policy: PolicyRow | None
    errors: list[UserError]


async def ranked_members(context: Context, parents: Sequence[RankedRow]) -> list[MemberRow]:
    """Who has each place."""
    found = await members(context.database, [row.member_id for row in parents])
    return [found[row.member_id] for row in parents]


@strawberry.type(description="What a group lets points be used for (积分使用政策).")
class PointsPolicy:
    """The shape of :class:`app.points.policy.PolicyRow`."""

    individual_ranking: bool = strawberry.field(
        description="Whether members are ranked by name (个人排名); not unless switched on."
    )
    interaction_feeds_assessment: bool = strawberry.field(
        description="Whether likes, comments and shares may assess members (互动积分用于考核); not"
        " unless switched on."
    )


@strawberry.input(description="What points are to be used for.")
class SetPointsPolicyInput:
    """The whole policy."""

    individual_ranking: bool = strawberry.field(description="Whether members are ranked by name.")
    interaction_feeds_assessment: bool = strawberry.field(
        description="Whether likes, comments and shares may assess members."
    )


@strawberry.type(description="The policy in force, or why it was not set.")
class PointsPolicyPayload:
    """The shape of :class:`PolicyPayloadRow`."""

    policy: PointsPolicy | None = strawberry.field(description="What holds from now on.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type(description="A member's place in a ranking.")
class PointsRank:
    """The shape of :class:`app.points.ranking.RankedRow`."""

    rank: int = strawberry.field(description="From 1; members with as many points share it.")
    earned: int = strawberry.field(description="Points earned in the book, spent ones included.")
    member: Member = edge(ranked_members, "The member.")
