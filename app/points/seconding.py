"""Corrections that need a second person: asked for, then approved or refused by another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database.columns import now
from app.errors import Conflict, Forbidden, NotFound, Unauthenticated
from app.members.models import Member
from app.points import actions
from app.points.actions import Adjustment, Reversal
from app.points.models import (
    Kind,
    PointsEntry,
    PointsRequest,
    PointsTransaction,
    RequestState,
)
from app.points.posting import hold
from app.points.rules import REQUEST_STANDS, needs_second_person
from app.subjects import Subject, SubjectKind
from app.visibility import Role, Viewer


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a correction: posted, or waiting as a request; both once it was approved."""

    transaction_id: int | None
    request_id: int | None = None


async def adjust(
    session: AsyncSession, viewer: Viewer, wanted: Adjustment, *, alone_up_to: int
) -> Correction:
    """Adjust as :func:`app.points.actions.adjust`, or ask for it above ``alone_up_to`` points.

    None is too much where that is 0.
    """
    actor_id = await actions.may_adjust(session, viewer, wanted)
    await _hold(session, wanted.member_id, actor_id)
    if (before := await _answered(session, actor_id, wanted)) is not None:
        return before
    if not needs_second_person(wanted.amount, alone_up_to):
        return Correction(await actions.post_adjustment(session, wanted, actor_id))
    request = PointsRequest(
        kind=Kind.ADJUSTMENT,
        member_id=wanted.member_id,
        book=wanted.book,
        amount=wanted.amount,
        reason=wanted.reason,
        **_asked(actor_id, wanted),
    )
    return await _wait(session, request)


async def reverse(
    session: AsyncSession, viewer: Viewer, wanted: Reversal, *, alone_up_to: int
) -> Correction:
    """Reverse as :func:`app.points.actions.reverse`, or ask for it above ``alone_up_to`` points."""
    actor_id, original = await actions.may_reverse(session, viewer, wanted)
    await _hold(session, original.member_id, actor_id)
    if (before := await _answered(session, actor_id, wanted)) is not None:
        return before
    if not needs_second_person(original.amount, alone_up_to):
        return Correction(await actions.post_reversal(session, wanted, original, actor_id=actor_id))
    await _not_reversed(session, original.id)
    request = PointsRequest(
        kind=Kind.REVERSAL,
        member_id=original.member_id,
        book=original.book,
        amount=-original.amount,
        entry_id=wanted.entry_id,
        reason=wanted.reason,
        **_asked(actor_id, wanted),
    )
    return await _wait(session, request)


async def approve(session: AsyncSession, actor: Actor, request_id: int) -> Correction:
    """Post what was asked for, in the name of who asked; again, it answers the same.

    For administrators of the member's organization, neither who asked nor the member.
    """
    request, decider_id = await _to_decide(session, actor.viewer, request_id)
    if request.state is RequestState.APPROVED and request.decider_id == decider_id:
        return Correction(request.transaction_id, request.id)
    _still_waits(request)
    try:
        request.transaction_id = await _post(session, request)
    except Conflict as refusal:
        raise Conflict(refusal.message, "input", "requestId") from None
    await _decide(session, actor, request, state=RequestState.APPROVED)
    return Correction(request.transaction_id, request.id)


async def refuse(session: AsyncSession, actor: Actor, request_id: int, reason: str) -> Correction:
    """Leave undone what was asked for, with a reason for who asked; for the same as approving."""
    request, decider_id = await _to_decide(session, actor.viewer, request_id)
    before = (request.state, request.decider_id, request.refusal)
    if before != (RequestState.REFUSED, decider_id, reason):
        _still_waits(request)
        request.refusal = reason
        await _decide(session, actor, request, state=RequestState.REFUSED)
    return Correction(None, request.id)


async def _hold(session: AsyncSession, *member_ids: int) -> None:
    """Hold the member, and who corrects: whether their key is new is asked of two tables."""
    for member_id in sorted(member_ids):
        await hold(session, member_id)


async def _answered(
    session: AsyncSession, actor_id: int, wanted: Adjustment | Reversal
) -> Correction | None:
    """What the key was answered with before; CONFLICT if it came with another body."""
    key = wanted.idempotency_key
    request = await session.scalar(
        sa.select(PointsRequest).where(
            col(PointsRequest.asker_id) == actor_id, col(PointsRequest.idempotency_key) == key
        )
    )
    if request is None:
        posted = await actions.posted_before(session, actor_id, key, wanted.digest)
        return None if posted is None else Correction(posted)
    if request.body_digest != wanted.digest:
        raise actions.key_was_used()
    return Correction(request.transaction_id, request.id)


def _asked(actor_id: int, wanted: Adjustment | Reversal) -> dict[str, Any]:
    at = now()
    return {
        "asker_id": actor_id,
        "idempotency_key": wanted.idempotency_key,
        "body_digest": wanted.digest,
        "created_at": at,
        "lapses_at": at + REQUEST_STANDS,
    }


async def _wait(session: AsyncSession, request: PointsRequest) -> Correction:
    session.add(request)
    await session.flush()
    return Correction(None, request.id)


async def _not_reversed(session: AsyncSession, transaction_id: int) -> None:
    reversal = sa.select(col(PointsTransaction.id)).where(
        col(PointsTransaction.reverses_id) == transaction_id
    )
    if await session.scalar(reversal) is not None:
        raise Conflict("该笔积分已被冲正", "input", "entryId")


async def _to_decide(
    session: AsyncSession, viewer: Viewer, request_id: int
) -> tuple[PointsRequest, int]:
    """The request, held, and the second person who decides on it."""
    if viewer.member_id is None:
        raise Unauthenticated("请先登录")
    request = await session.get(PointsRequest, request_id, with_for_update=True)
    path = None if request is None else await actions.path_of(session, request.member_id)
    if request is None or path is None or not viewer.holds((Role.ADMIN,), path):
        raise NotFound("申请不存在", "input", "requestId")
    if viewer.member_id in {request.asker_id, request.member_id}:
        raise Forbidden("须由申请人和该成员本人以外的管理员处理")
    return request, viewer.member_id


def _still_waits(request: PointsRequest) -> None:
    if request.state is not RequestState.WAITING:
        raise Conflict("该申请已处理", "input", "requestId")
    if request.lapses_at <= now():
        raise Conflict("该申请已过期，请重新提出", "input", "requestId")


async def _post(session: AsyncSession, request: PointsRequest) -> int:
    if request.entry_id is None:
        wanted = Adjustment(
            member_id=request.member_id,
            amount=request.amount,
            reason=request.reason,
            idempotency_key=request.idempotency_key,
            book=request.book,
        )
        return await actions.post_adjustment(session, wanted, request.asker_id)
    reversal = Reversal(
        entry_id=request.entry_id,
        reason=request.reason,
        idempotency_key=request.idempotency_key,
    )
    entry = await session.get_one(PointsEntry, request.entry_id)
    original = await session.get_one(PointsTransaction, entry.transaction_id)
    return await actions.post_reversal(session, reversal, original, actor_id=request.asker_id)


async def _decide(
    session: AsyncSession, actor: Actor, request: PointsRequest, *, state: RequestState
) -> None:
    at: datetime = now()
    request.state, request.decider_id, request.decided_at = state, actor.viewer.member_id, at
    member = await session.get_one(Member, request.member_id)
    record(
        session,
        actor,
        f"points_request.{'approve' if state is RequestState.APPROVED else 'refuse'}",
        subject=Subject(SubjectKind.MEMBER, request.member_id),
        organization_id=member.organization_id,
        before={"state": RequestState.WAITING},
        after={
            "state": state,
            "request": str(request.id),
            "amount": request.amount,
            "book": request.book,
            "reason": request.refusal or request.reason,
        },
    )
    await session.flush()
