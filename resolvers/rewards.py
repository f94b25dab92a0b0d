"""Doors to rewards: the catalogue, what was redeemed, and every deed on both."""

from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Forbidden, Refusal
from app.organizations.queries import organizations
from app.points.rules import OVERSEERS
from app.rewards import actions, queries, redeeming
from app.rewards.actions import RewardDraft
from app.rewards.models import RedemptionState
from app.rewards.redeeming import Wish
from app.rewards.rules import MAX_DESCRIPTION, MAX_TITLE
from resolvers.deeds import Deed, by_member, require_member
from resolvers.texts import MAX_KEY, MAX_REASON, text
from schema.context import Context
from schema.errors import user_errors
from schema.nodes import key_of
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)
from schema.rewards import (
    CancelRedemptionInput,
    CreateRewardInput,
    FulfilRedemptionInput,
    RedeemRewardInput,
    Redemption,
    RedemptionPayload,
    RedemptionPayloadRow,
    Reward,
    RewardPayload,
    RewardPayloadRow,
    UpdateRewardInput,
)

Info = strawberry.Info[Context]


@strawberry.type
class RewardQueries:
    """Root fields that read rewards."""

    @strawberry.field(
        description="What one can redeem points for (积分兑换), newest first, sold out or not.",
        graphql_type=Connection[Reward],
    )
    async def rewards(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of the catalogue."""
        size, context = page_size(first), info.context
        require_member(context)
        rows = await queries.catalogue(
            context.database, context.viewer, first=size + 1, before=id_after(after, LAST_ID)
        )
        return connection(rows, size, after, cursor=id_cursor)

    @strawberry.field(
        description="What one redeemed oneself (我的兑换), newest first.",
        graphql_type=Connection[Redemption],
    )
    async def viewer_redemptions(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of one's own redemptions."""
        size, context = page_size(first), info.context
        require_member(context)
        before = id_after(after, LAST_ID)
        rows = await queries.redemptions_of_member(
            context.database, context.viewer.member_id or 0, first=size + 1, before=before
        )
        return connection(rows, size, after, cursor=id_cursor)

    @strawberry.field(
        description="What was redeemed of the rewards of an organization and of all below it,"
        " newest first, for its administrators and auditors.",
        graphql_type=Connection[Redemption],
    )
    async def redemptions(
        self,
        info: Info,
        organization_id: Annotated[
            strawberry.ID, strawberry.argument(description="The organization's id.")
        ],
        state: Annotated[
            RedemptionState | None, strawberry.argument(description="Only those that stand so.")
        ] = None,
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of redemptions."""
        size, context = page_size(first), info.context
        key = await _overseen(context, organization_id)
        before = id_after(after, LAST_ID)
        rows = await queries.redemptions_below(
            context.database, key, state, first=size + 1, before=before
        )
        return connection(rows, size, after, cursor=id_cursor)


@strawberry.type
class RewardMutations:
    """Root fields that offer, redeem and hand out rewards."""

    @strawberry.mutation(
        description="Offer something to redeem points for (上架奖品), for administrators of the"
        " organization.",
        graphql_type=RewardPayload,
    )
    async def create_reward(
        self,
        info: Info,
        input: Annotated[CreateRewardInput, strawberry.argument(description="What it is.")],
    ) -> Any:
        """Add to the catalogue."""
        actor = info.context.actor

        async def create(session: AsyncSession) -> int:
            draft = RewardDraft(
                organization_id=key_of(
                    input.organization_id, "Organization", "input", "organizationId"
                ),
                title=text(input.title, MAX_TITLE, "title"),
                description=text(input.description, MAX_DESCRIPTION, "description", shortest=0),
                price=input.price,
                stock=input.stock,
            )
            return await actions.create(session, actor, draft)

        return await _reward(info.context, create)

    @strawberry.mutation(
        description="Change a reward, restock it or take it off (下架), for administrators of its"
        " organization.",
        graphql_type=RewardPayload,
    )
    async def update_reward(
        self,
        info: Info,
        input: Annotated[UpdateRewardInput, strawberry.argument(description="What changes.")],
    ) -> Any:
        """Change the catalogue."""
        actor = info.context.actor

        async def update(session: AsyncSession) -> int:
            return await actions.update(session, actor, _reward_key(input), _changes(input))

        return await _reward(info.context, update)

    @strawberry.mutation(
        description="Redeem points for a reward (兑换): one is reserved and its price is taken at"
        " once, never below zero. Not handed out within 14 days, it is cancelled.",
        graphql_type=RedemptionPayload,
    )
    async def redeem_reward(
        self,
        info: Info,
        input: Annotated[RedeemRewardInput, strawberry.argument(description="Which reward.")],
    ) -> Any:
        """Reserve one."""
        viewer = info.context.viewer

        async def redeem(session: AsyncSession) -> int:
            key = text(input.idempotency_key, MAX_KEY, "idempotencyKey")
            wish = Wish(reward_id=_reward_key(input), book=input.book, idempotency_key=key)
            return await redeeming.redeem(session, viewer, wish)

        return await _redemption(info.context, redeem)

    @strawberry.mutation(
        description="Note that a redemption was handed out (确认发放), for administrators of the"
        " reward's organization.",
        graphql_type=RedemptionPayload,
    )
    async def fulfil_redemption(
        self,
        info: Info,
        input: Annotated[FulfilRedemptionInput, strawberry.argument(description="Which one.")],
    ) -> Any:
        """Close it."""
        actor = info.context.actor

        async def fulfil(session: AsyncSession) -> int:
            key = _redemption_key(input)
            await redeeming.fulfil(session, actor, key)
            return key

        return await _redemption(info.context, fulfil)

    @strawberry.mutation(
        description="Cancel a redemption that was not handed out (取消兑换): its points come back."
        " For the member, and for administrators of the reward's organization.",
        graphql_type=RedemptionPayload,
    )
    async def cancel_redemption(
        self,
        info: Info,
        input: Annotated[CancelRedemptionInput, strawberry.argument(description="Which, why.")],
    ) -> Any:
        """Give points and piece back."""
        actor = info.context.actor

        async def cancel(session: AsyncSession) -> int:
            key, reason = _redemption_key(input), text(input.reason, MAX_REASON, "reason")
            await redeeming.cancel(session, actor, key, reason)
            return key

        return await _redemption(info.context, cancel)


async def _overseen(context: Context, organization_id: str) -> int:
    """The organization, if it is the viewer's to administer or audit."""
    require_member(context)
    key = key_of(organization_id, "Organization", "organizationId")
    found = await organizations(context.database, [key])
    if key not in found or not context.viewer.holds(OVERSEERS, found[key].path):
        raise Forbidden("只有该组织及上级组织的管理员和审计员可以查看", "organizationId")
    return key


def _reward_key(given: RedeemRewardInput | UpdateRewardInput) -> int:
    return key_of(given.reward_id, "Reward", "input", "rewardId")


def _redemption_key(given: FulfilRedemptionInput | CancelRedemptionInput) -> int:
    return key_of(given.redemption_id, "Redemption", "input", "redemptionId")


def _changes(given: UpdateRewardInput) -> dict[str, Any]:
    """The columns that are to change, and their new values."""
    texts = (("title", MAX_TITLE, 1), ("description", MAX_DESCRIPTION, 0))
    changes: dict[str, Any] = {
        name: text(value, longest, name, shortest=shortest)
        for name, longest, shortest in texts
        if (value := getattr(given, name)) is not None
    }
    for name in ("price", "stock", "is_active"):
        if (value := getattr(given, name)) is not None:
            changes[name] = value
    return changes


async def _reward(context: Context, deed: Deed) -> RewardPayloadRow:
    try:
        key = await by_member(context, deed)
    except Refusal as refusal:
        return RewardPayloadRow(None, user_errors(refusal))
    found = await queries.visible_rewards(context.database, context.viewer, [key])
    return RewardPayloadRow(found[key], [])


async def _redemption(context: Context, deed: Deed) -> RedemptionPayloadRow:
    try:
        key = await by_member(context, deed)
    except Refusal as refusal:
        return RedemptionPayloadRow(None, user_errors(refusal))
    found = await queries.visible_redemptions(context.database, context.viewer, [key])
    return RedemptionPayloadRow(found[key], [])
