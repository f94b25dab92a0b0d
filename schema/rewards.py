"""Rewards in the graph: the catalogue, redemptions, inputs and payloads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.members.queries import MemberRow, members
from app.organizations.queries import OrganizationRow, organizations
from app.points.models import Book
from app.rewards import queries
from app.rewards.models import RedemptionState
from app.rewards.queries import RedemptionRow, RewardRow
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.members import Member
from schema.nodes import Node, node
from schema.organizations import Organization

strawberry.enum(
    RedemptionState, description="How a redemption stands: 待领取 (reserved), 已发放, 已取消."
)


class RewardPayloadRow(NamedTuple):
    """A reward as it was committed, or why nothing was done."""

    reward: RewardRow | None
    errors: list[UserError]


class RedemptionPayloadRow(NamedTuple):
    """A redemption as it was committed, or why nothing was done."""

    redemption: RedemptionRow | None
    errors: list[UserError]


async def find_rewards(context: Context, ids: Sequence[int]) -> Mapping[int, RewardRow]:
    """Rewards that one can redeem, and those that one administers or audits."""
    return await queries.visible_rewards(context.database, context.viewer, ids)


async def find_redemptions(context: Context, ids: Sequence[int]) -> Mapping[int, RedemptionRow]:
    """Redemptions of one's own, and of rewards that one administers or audits."""
    return await queries.visible_redemptions(context.database, context.viewer, ids)


async def organizations_of(context: Context, parents: Sequence[RewardRow]) -> list[OrganizationRow]:
    """Who offers each."""
    ids = list({row.organization_id for row in parents})
    found = await organizations(context.database, ids)
    return [found[row.organization_id] for row in parents]


async def rewards_of(context: Context, parents: Sequence[RedemptionRow]) -> list[RewardRow]:
    """What was redeemed; who sees the redemption may see that."""
    found = await queries.rewards(context.database, list({row.reward_id for row in parents}))
    return [found[row.reward_id] for row in parents]


async def members_of(context: Context, parents: Sequence[RedemptionRow]) -> list[MemberRow]:
    """Who redeemed."""
    found = await members(context.database, list({row.member_id for row in parents}))
    return [found[row.member_id] for row in parents]


async def deciders_of(context: Context, parents: Sequence[RedemptionRow]) -> list[MemberRow | None]:
    """Who decided, None where nobody or time did."""
    ids = list({row.decided_by_id for row in parents if row.decided_by_id is not None})
    found = await members(context.database, ids) if ids else {}
    return [found.get(row.decided_by_id or 0) for row in parents]


@node(RewardRow, find=find_rewards, description="Something to redeem points for (兑换奖品).")
class Reward(Node):
    """The shape of :class:`app.rewards.queries.RewardRow`."""

    organization: Organization = edge(
        organizations_of, "Who offers it, to its members and to those of all below it."
    )
    title: str = strawberry.field(description="What it is.")
    description: str = strawberry.field(description="More about it, plain text.")
    price: int = strawberry.field(description="Points for one (所需积分).")
    stock: int = strawberry.field(description="How many are left (库存); reserved ones are not.")
    is_active: bool = strawberry.field(description="Whether it can be redeemed (上架).")
    created_at: datetime = strawberry.field(description="When it was first offered.")


@node(
    RedemptionRow,
    find=find_redemptions,
    description="A reward that a member redeemed (兑换记录): reserved first, then handed out or"
    " cancelled.",
)
class Redemption(Node):
    """The shape of :class:`app.rewards.queries.RedemptionRow`."""

    reward: Reward = edge(rewards_of, "What was redeemed.")
    member: Member = edge(members_of, "Who redeemed it.")
    price: int = strawberry.field(description="Points that it took.")
    book: Book = strawberry.field(description="The book they were taken from.")
    state: RedemptionState = strawberry.field(description="How it stands.")
    created_at: datetime = strawberry.field(description="When it was redeemed.")
    lapses_at: datetime = strawberry.field(
        description="While reserved: after this it is cancelled, and the points come back."
    )
    decided_at: datetime | None = strawberry.field(
        description="When it was handed out or cancelled."
    )
    decided_by: Member | None = edge(
        deciders_of, "Who handed it out or cancelled it; null where its time was over."
    )
    reason: str | None = strawberry.field(description="Why it was cancelled (取消理由).")


@strawberry.input(description="A new reward.")
class CreateRewardInput:
    """What it is to be."""

    organization_id: strawberry.ID = strawberry.field(
        description="Who offers it, to its members and to those of all below it."
    )
    title: str = strawberry.field(description="What it is, 1–80 characters.")
    description: str = strawberry.field(
        default="", description="More about it, up to 1,000 characters of plain text."
    )
    price: int = strawberry.field(description="Points for one, 1–100,000.")
    stock: int = strawberry.field(description="How many there are, 0–100,000.")


@strawberry.input(description="What to change of a reward; what is left out stays.")
class UpdateRewardInput:
    """Which reward, and its new values."""

    reward_id: strawberry.ID = strawberry.field(description="The reward's id.")
    title: str | None = strawberry.field(default=None, description="What it is, 1–80 characters.")
    description: str | None = strawberry.field(
        default=None, description="More about it, up to 1,000 characters of plain text."
    )
    price: int | None = strawberry.field(
        default=None, description="Points for one, 1–100,000; what is reserved keeps its price."
    )
    stock: int | None = strawberry.field(
        default=None, description="How many are left from now on, 0–100,000; without reserved ones."
    )
    is_active: bool | None = strawberry.field(
        default=None, description="Whether it can be redeemed."
    )


@strawberry.input(description="What one redeems.")
class RedeemRewardInput:
    """Which reward, from which book."""

    reward_id: strawberry.ID = strawberry.field(description="The reward's id.")
    idempotency_key: str = strawberry.field(
        description="1–100 characters of the client's choice: sent again, nothing is done twice."
    )
    book: Book = strawberry.field(
        default=Book.LEARNING, description="Where the points come from: `LEARNING` or `SERVICE`."
    )


@strawberry.input(description="A redemption that was handed out.")
class FulfilRedemptionInput:
    """Which redemption."""

    redemption_id: strawberry.ID = strawberry.field(description="The redemption's id.")


@strawberry.input(description="A redemption to cancel.")
class CancelRedemptionInput:
    """Which redemption, and why."""

    redemption_id: strawberry.ID = strawberry.field(description="The redemption's id.")
    reason: str = strawberry.field(description="Why, 1–200 characters; the member reads it.")


@strawberry.type(description="The reward, or why nothing was done.")
class RewardPayload:
    """The shape of :class:`RewardPayloadRow`."""

    reward: Reward | None = strawberry.field(description="The reward as it is now.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type(description="The redemption, or why nothing was done.")
class RedemptionPayload:
    """The shape of :class:`RedemptionPayloadRow`."""

    redemption: Redemption | None = strawberry.field(description="The redemption as it is now.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


TYPES: tuple[Any, ...] = (Reward, Redemption)
