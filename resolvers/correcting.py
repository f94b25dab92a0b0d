"""Doors to corrections: adjustPoints, reversePoints, and what a second person decides on them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Forbidden, Refusal
from app.points import seconding
from app.points.actions import Adjustment, Reversal
from app.points.queries import entries_of
from app.points.requests import requests, visible_requests
from app.points.seconding import Correction
from app.visibility import Role
from resolvers.deeds import by_member, require_member
from resolvers.texts import MAX_KEY, MAX_REASON, text
from schema.context import Context
from schema.correcting import (
    AdjustPointsInput,
    ApprovePointsRequestInput,
    PointsPayload,
    PointsPayloadRow,
    PointsRequest,
    RefusePointsRequestInput,
    ReversePointsInput,
)
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

Info = strawberry.Info[Context]


@strawberry.type
class CorrectingQueries:
    """Root fields that list what waits for a second person."""

    @strawberry.field(
        description="Corrections of points in the subtrees that one administers which need a"
        " second person (待确认的积分更正), newest first; FORBIDDEN for all others.",
        graphql_type=Connection[PointsRequest],
    )
    async def points_requests(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of requests."""
        size, context = page_size(first), info.context
        require_member(context)
        if not context.viewer.subtrees((Role.ADMIN,)):
            raise Forbidden("只有管理员可以查看待确认的积分更正")
        rows = await requests(
            context.database, context.viewer, first=size + 1, before=id_after(after, LAST_ID)
        )
        return connection(rows, size, after, cursor=id_cursor)


@strawberry.type
class CorrectingMutations:
    """Root fields that correct points."""

    @strawberry.mutation(
        description="Correct a member's points by hand (人工调整), for administrators of the"
        " member's organization; never below zero. More points than one may correct alone wait for"
        " a second administrator.",
        graphql_type=PointsPayload,
    )
    async def adjust_points(
        self,
        info: Info,
        input: Annotated[AdjustPointsInput, strawberry.argument(description="Who, how much.")],
    ) -> Any:
        """Adjust an account, or ask for it."""
        alone = info.context.platform.settings.second_person_points

        async def adjust(session: AsyncSession) -> Correction:
            wanted = Adjustment(
                member_id=key_of(input.member_id, "Member", "input", "memberId"),
                amount=input.amount,
                reason=text(input.reason, MAX_REASON, "reason"),
                idempotency_key=text(input.idempotency_key, MAX_KEY, "idempotencyKey"),
                book=input.book,
            )
            return await seconding.adjust(session, info.context.viewer, wanted, alone_up_to=alone)

        return await _done(info.context, adjust)

    @strawberry.mutation(
        description="Take an entry back by a new one (冲正), for administrators of the member's"
        " organization. Once an entry; the balance may fall below zero. More points than one may"
        " correct alone wait for a second administrator.",
        graphql_type=PointsPayload,
    )
    async def reverse_points(
        self,
        info: Info,
        input: Annotated[ReversePointsInput, strawberry.argument(description="Which entry.")],
    ) -> Any:
        """Reverse an entry, or ask for it."""
        alone = info.context.platform.settings.second_person_points

        async def reverse(session: AsyncSession) -> Correction:
            wanted = Reversal(
                entry_id=key_of(input.entry_id, "PointsEntry", "input", "entryId"),
                reason=text(input.reason, MAX_REASON, "reason"),
                idempotency_key=text(input.idempotency_key, MAX_KEY, "idempotencyKey"),
            )
            return await seconding.reverse(session, info.context.viewer, wanted, alone_up_to=alone)

        return await _done(info.context, reverse)

    @strawberry.mutation(
        description="Confirm a correction as the second person (双人确认): it is entered in the"
        " name of who asked. Neither for who asked nor for the member.",
        graphql_type=PointsPayload,
    )
    async def approve_points_request(
        self,
        info: Info,
        input: Annotated[ApprovePointsRequestInput, strawberry.argument(description="Which one.")],
    ) -> Any:
        """Post what was asked for."""
        actor = info.context.actor

        async def approve(session: AsyncSession) -> Correction:
            return await seconding.approve(session, actor, _request_key(input.request_id))

        return await _done(info.context, approve)

    @strawberry.mutation(
        description="Refuse a correction as the second person: nothing is entered. Neither for who"
        " asked nor for the member.",
        graphql_type=PointsPayload,
    )
    async def refuse_points_request(
        self,
        info: Info,
        input: Annotated[RefusePointsRequestInput, strawberry.argument(description="Which, why.")],
    ) -> Any:
        """Close it with a reason."""
        actor = info.context.actor

        async def refuse(session: AsyncSession) -> Correction:
            key, reason = _request_key(input.request_id), text(input.reason, MAX_REASON, "reason")
            return await seconding.refuse(session, actor, key, reason)

        return await _done(info.context, refuse)


def _request_key(value: str) -> int:
    return key_of(value, "PointsRequest", "input", "requestId")


async def _done(
    context: Context, correct: Callable[[AsyncSession], Awaitable[Correction]]
) -> PointsPayloadRow:
    """Correct in a transaction of its own; what came of it is then read as it was committed."""
    try:
        return await _corrected(context, await by_member(context, correct))
    except Refusal as refusal:
        return PointsPayloadRow(None, user_errors(refusal))


async def _corrected(context: Context, done: Correction) -> PointsPayloadRow:
    entry = request = None
    if (posted := done.transaction_id) is not None:
        entry = (await entries_of(context.database, [posted]))[posted]
    if (key := done.request_id) is not None:
        request = (await visible_requests(context.database, context.viewer, [key]))[key]
    return PointsPayloadRow(entry, [], request)
