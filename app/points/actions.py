"""Writes on points: award, take_back, give_back, adjust, reverse. All of them only ever add."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.columns import new_id, now
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.members.models import Member
from app.organizations.models import Organization
from app.points.models import Action, Book, Kind, PointsEntry, PointsRule, PointsTransaction
from app.points.posting import enter, hold, post_award, post_once
from app.points.rules import MAX_ADJUSTMENT, digest, oversees, windows
from app.points.telling import tell_corrected
from app.subjects import Subject
from app.visibility import Role, Viewer


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a member did, and that a rule may pay once.

    ``key`` names it for good (``content/<id>/like/<member>``), ``at`` is when it was done (now
    unless it was reported later): the rule and the caps of that day count.
    """

    action: Action
    member_id: int
    subject: Subject
    key: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A correction by hand of ``amount`` points, positive or negative."""

    member_id: int
    amount: int
    reason: str
    idempotency_key: str
    book: Book = Book.ADJUSTMENT

    @property
    def digest(self) -> str:
        """Tells it from another that bears its key."""
        return digest("adjust", self.member_id, self.book, self.amount, self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """The reversal of a member's entry."""

    entry_id: int
    reason: str
    idempotency_key: str

    @property
    def digest(self) -> str:
        """Tells it from another that bears its key."""
        return digest("reverse", self.entry_id, self.reason)


async def award(session: AsyncSession, deed: Deed, zone: ZoneInfo) -> int:
    """Pay a deed; answers the points.

    None (0) where no rule is in force, a cap of its day or week in ``zone`` is reached, or a deed
    of this key was paid before.
    """
    created = now()
    done = deed.at or created
    day, week = windows(done, zone)
    await hold(session, deed.member_id)
    transaction_id = new_id()
    paid = await post_award(
        session,
        id=transaction_id,
        member_id=deed.member_id,
        deed_key=deed.key,
        action=deed.action,
        subject_kind=deed.subject.kind,
        subject_id=deed.subject.id,
        done_at=done,
        created_at=created,
        day_start=day.start,
        day_end=day.end,
        week_start=week.start,
        week_end=week.end,
    )
    if paid is None:
        return 0
    book, points = paid
    await enter(session, transaction_id, deed.member_id, book=book, amount=points)
    return points


async def take_back(session: AsyncSession, key: str, *, reason: str) -> int:
    """Reverse what the deed of ``key`` paid, if its rule says so; answers the points taken.

    The balance may fall below zero: what is earned later makes up for it.
    """
    last = await _last_word(session, key)
    if last is None or last.amount < 0 or not await _is_reversed_on_removal(session, key):
        return 0
    return -await reverse_once(session, last, reason=reason)


async def give_back(session: AsyncSession, key: str, *, reason: str) -> int:
    """Reverse what :func:`take_back` did, after a removal that was a mistake; no cap counts.

    What an administrator took back by hand stays with them.
    """
    last = await _last_word(session, key)
    if last is None or last.amount > 0 or last.actor_id is not None:
        return 0
    return await reverse_once(session, last, reason=reason)


async def adjust(session: AsyncSession, viewer: Viewer, wanted: Adjustment) -> int:
    """Correct a member's points by hand; answers the id of the transaction.

    For administrators of the member's organization, not on themselves. The same key with the same
    body is done once; with another body it is CONFLICT, and so is a balance below zero.
    """
    return await post_adjustment(session, wanted, await may_adjust(session, viewer, wanted))


async def may_adjust(session: AsyncSession, viewer: Viewer, wanted: Adjustment) -> int:
    """Refuse an adjustment that is not ``viewer``'s to make; answers who makes it."""
    if wanted.amount == 0 or abs(wanted.amount) > MAX_ADJUSTMENT:
        raise Invalid(f"调整的分值须在 ±{MAX_ADJUSTMENT} 之间，且不为 0", "input", "amount")
    return await _administrator(session, viewer, wanted.member_id)


async def post_adjustment(session: AsyncSession, wanted: Adjustment, actor_id: int) -> int:
    """Post an adjustment that ``actor_id`` may make, as :func:`adjust` says; the member is told."""
    await hold(session, wanted.member_id)
    values = {
        "id": new_id(),
        "kind": Kind.ADJUSTMENT,
        "member_id": wanted.member_id,
        "book": wanted.book,
        "amount": wanted.amount,
        "reason": wanted.reason,
        "actor_id": actor_id,
        "idempotency_key": wanted.idempotency_key,
        "body_digest": wanted.digest,
    }
    if (posted := await _post_keyed(session, values)) != values["id"]:
        return posted
    balance = await enter(session, posted, wanted.member_id, book=wanted.book, amount=wanted.amount)
    if balance < 0 and wanted.amount < 0:
        raise Conflict("余额不足：调整后的余额不能低于 0", "input", "amount")
    await tell_corrected(session, values)
    return posted


async def reverse(session: AsyncSession, viewer: Viewer, wanted: Reversal) -> int:
    """Reverse a member's entry, once; answers the id of the reversal's transaction.

    For administrators of the member's organization, not on themselves; idempotent as
    :func:`adjust`. Unlike there the balance may fall below zero: what was paid by mistake is taken
    back even where it was spent.
    """
    actor_id, original = await may_reverse(session, viewer, wanted)
    return await post_reversal(session, wanted, original, actor_id=actor_id)


async def may_reverse(
    session: AsyncSession, viewer: Viewer, wanted: Reversal
) -> tuple[int, PointsTransaction]:
    """Refuse a reversal that is not ``viewer``'s to make; answers who makes it, and of what."""
    entry = await session.get(PointsEntry, wanted.entry_id)
    if entry is None or entry.member_id is None:
        raise _no_such_entry()
    actor_id = await _administrator(session, viewer, entry.member_id, unseen=_no_such_entry())
    original = await session.get_one(PointsTransaction, entry.transaction_id)
    if await _is_of_redemption(session, original):
        # The prize would stay reserved, or be given back without its points.
        raise Conflict("请在兑换记录中取消", "input", "entryId")
    return actor_id, original


async def post_reversal(
    session: AsyncSession, wanted: Reversal, original: PointsTransaction, *, actor_id: int
) -> int:
    """Post a reversal that ``actor_id`` may make, as :func:`reverse` says; the member is told."""
    await hold(session, original.member_id)
    values = _reversing(original, wanted.reason) | {
        "actor_id": actor_id,
        "idempotency_key": wanted.idempotency_key,
        "body_digest": wanted.digest,
    }
    if (posted := await _post_keyed(session, values)) == values["id"]:
        amount = values["amount"]
        await enter(session, posted, original.member_id, book=original.book, amount=amount)
        await tell_corrected(session, values)
    return posted


async def posted_before(
    session: AsyncSession, actor_id: int, idempotency_key: str, body_digest: str
) -> int | None:
    """What was posted under a key, None where nothing was; CONFLICT if the body was another."""
    before = await session.scalar(
        sa.select(PointsTransaction).where(
            col(PointsTransaction.actor_id) == actor_id,
            col(PointsTransaction.idempotency_key) == idempotency_key,
        )
    )
    if before is not None and before.body_digest != body_digest:
        raise key_was_used()
    return None if before is None else before.id


def key_was_used() -> Conflict:
    """The refusal of a key that came with another body before."""
    return Conflict("同一幂等键已用于另一项操作", "input", "idempotencyKey")


async def reverse_once(
    session: AsyncSession,
    original: PointsTransaction,
    *,
    reason: str,
    actor_id: int | None = None,
) -> int:
    """Post the opposite of a transaction; answers what the member gains, 0 where it was there."""
    await hold(session, original.member_id)
    values = _reversing(original, reason) | {"actor_id": actor_id}
    if not await post_once(session, values):
        return 0
    amount = int(values["amount"])
    await enter(session, values["id"], original.member_id, book=original.book, amount=amount)
    return amount


def _reversing(original: PointsTransaction, reason: str) -> dict[str, Any]:
    at = now()
    return {
        "id": new_id(),
        "kind": Kind.REVERSAL,
        "member_id": original.member_id,
        "book": original.book,
        "amount": -original.amount,
        "subject_kind": original.subject_kind,
        "subject_id": original.subject_id,
        "reverses_id": original.id,
        "reason": reason,
        "done_at": at,
        "created_at": at,
    }


async def _post_keyed(session: AsyncSession, values: dict[str, Any]) -> int:
    """Post a transaction, or find the one that was posted under the same idempotency key."""
    at = now()
    if await post_once(session, {"done_at": at, "created_at": at} | values):
        return int(values["id"])
    before = await posted_before(
        session, values["actor_id"], values["idempotency_key"], values["body_digest"]
    )
    if before is None:
        raise Conflict("该笔积分已被冲正", "input", "entryId")
    return before


async def _last_word(session: AsyncSession, key: str) -> PointsTransaction | None:
    """The deed's award, or the newest in the chain of reversals that began with it."""
    last: PointsTransaction | None = None
    found = await session.scalar(
        sa.select(PointsTransaction).where(col(PointsTransaction.deed_key) == key)
    )
    while found is not None:
        last = found
        found = await session.scalar(
            sa.select(PointsTransaction).where(col(PointsTransaction.reverses_id) == last.id)
        )
    return last


async def _is_reversed_on_removal(session: AsyncSession, key: str) -> bool:
    found = await session.scalar(
        sa.select(col(PointsRule.is_reversed_on_removal))
        .join(PointsTransaction, col(PointsTransaction.rule_id) == col(PointsRule.id))
        .where(col(PointsTransaction.deed_key) == key)
    )
    return bool(found)


async def _is_of_redemption(session: AsyncSession, transaction: PointsTransaction) -> bool:
    """Whether points were spent by it, or given back."""
    reversed_ = transaction
    if transaction.reverses_id is not None:
        reversed_ = await session.get_one(PointsTransaction, transaction.reverses_id)
    return reversed_.kind is Kind.REDEMPTION


async def _administrator(
    session: AsyncSession, viewer: Viewer, member_id: int, *, unseen: NotFound | None = None
) -> int:
    """The viewer, who administers the member; ``unseen`` to those who may not even look."""
    path = await path_of(session, member_id)
    if path is None:
        raise NotFound("成员不存在", "input", "memberId")
    if unseen is not None and not oversees(viewer, member_id, path):
        raise unseen
    if viewer.member_id is None or not viewer.holds((Role.ADMIN,), path):
        raise Forbidden("只有该成员所在组织的管理员可以更正积分")
    if viewer.member_id == member_id:
        raise Forbidden("不能更正本人的积分")
    return viewer.member_id


async def path_of(session: AsyncSession, member_id: int) -> str | None:
    """The path of the organization of a member, None where there is no such member."""
    found: str | None = await session.scalar(
        sa.select(col(Organization.path))
        .join(Member, col(Member.organization_id) == col(Organization.id))
        .where(col(Member.id) == member_id)
    )
    return found


def _no_such_entry() -> NotFound:
    return NotFound("积分明细不存在", "input", "entryId")
