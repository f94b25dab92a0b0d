"""Doors to points: viewerPoints, adjustPoints, reversePoints."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.columns import now
from app.errors import Invalid, Refusal, Unauthenticated
from app.points import actions
from app.points.actions import Adjustment, Reversal
from app.points.queries import entries_of, visible_accounts
from app.points.rules import windows
from schema.context import Context
from schema.correcting import (
    AdjustPointsInput,
    PointsPayload,
    PointsPayloadRow,
    ReversePointsInput,
)
from schema.errors import user_errors
from schema.nodes import key_of
from schema.points import PointsAccount

Info = strawberry.Info[Context]
_MAX_REASON = 200
_MAX_KEY = 100


@strawberry.type
class PointsQueries:
    """Root fields that read points."""

    @strawberry.field(
        description="The viewer's own points (我的积分), null when signed out.",
        graphql_type=PointsAccount | None,
    )
    async def viewer_points(self, info: Info) -> Any:
        """The viewer's account."""
        context = info.context
        if (key := context.viewer.member_id) is None:
            return None
        spans = windows(now(), context.platform.settings.zone)
        return (await visible_accounts(context.database, context.viewer, [key], spans)).get(key)


@strawberry.type
class PointsMutations:
    """Root fields that correct points."""

    @strawberry.mutation(
        description="Correct a member's points by hand (人工调整), for administrators of the"
        " member's organization; never below zero.",
        graphql_type=PointsPayload,
    )
    async def adjust_points(
        self,
        info: Info,
        input: Annotated[AdjustPointsInput, strawberry.argument(description="Who, how much.")],
    ) -> Any:
        """Adjust an account."""

        async def adjust(session: AsyncSession) -> int:
            wanted = Adjustment(
                member_id=key_of(input.member_id, "Member", "input", "memberId"),
                amount=input.amount,
                reason=_text(input.reason, _MAX_REASON, "reason"),
                idempotency_key=_text(input.idempotency_key, _MAX_KEY, "idempotencyKey"),
                book=input.book,
            )
            return await actions.adjust(session, info.context.viewer, wanted)

        return await _done(info.context, adjust)

    @strawberry.mutation(
        description="Take an entry back by a new one (冲正), for administrators of the member's"
        " organization. Once an entry; the balance may fall below zero.",
        graphql_type=PointsPayload,
    )
    async def reverse_points(
        self,
        info: Info,
        input: Annotated[ReversePointsInput, strawberry.argument(description="Which entry.")],
    ) -> Any:
        """Reverse an entry."""

        async def reverse(session: AsyncSession) -> int:
            wanted = Reversal(
                entry_id=key_of(input.entry_id, "PointsEntry", "input", "entryId"),
                reason=_text(input.reason, _MAX_REASON, "reason"),
                idempotency_key=_text(input.idempotency_key, _MAX_KEY, "idempotencyKey"),
            )
            return await actions.reverse(session, info.context.viewer, wanted)

        return await _done(info.context, reverse)


async def _done(
    context: Context, correct: Callable[[AsyncSession], Awaitable[int]]
) -> PointsPayloadRow:
    """Correct in a transaction of its own; the entry is then read as it was committed."""
    try:
        if not context.viewer.signed_in:
            raise Unauthenticated("请先登录")
        async with context.database.transaction() as session:
            posted = await correct(session)
        return PointsPayloadRow((await entries_of(context.database, [posted]))[posted], [])
    except Refusal as refusal:
        return PointsPayloadRow(None, user_errors(refusal))


def _text(value: str, longest: int, name: str) -> str:
    text = value.strip()
    # PostgreSQL keeps no NUL in a text.
    if not 1 <= len(text) <= longest or "\0" in text:
        raise Invalid(f"应为 1 到 {longest} 个字符", "input", name)
    return text
