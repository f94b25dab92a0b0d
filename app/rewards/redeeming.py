"""Writes on redemptions: redeem reserves; fulfil, cancel and lapse decide, each once.

The member is held first, then the redemption's row, then the reward's: whoever comes at the same
time waits in that order.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import PLATFORM, Actor, record
from app.database import Database
from app.database.columns import now
from app.database.writing import move
from app.errors import Conflict, Forbidden, NotFound, Unauthenticated
from app.organizations.models import Organization
from app.points.actions import key_was_used
from app.points.models import Book
from app.points.posting import hold
from app.points.rules import oversees
from app.points.spending import refund, spend
from app.rewards.models import Redemption, RedemptionState, Reward
from app.rewards.queries import oldest_overdue
from app.rewards.rules import RESERVATION_STANDS, check_book
from app.subjects import Subject, SubjectKind
from app.visibility import Role, Viewer

_REWARD: Any = sa.inspect(Reward).local_table
#: One piece of what is offered and still there, at the price of this moment.
_TAKE_ONE = (
    sa.update(_REWARD)
    .where(
        _REWARD.c.id == sa.bindparam("reward_id"),
        _REWARD.c.stock > 0,
        _REWARD.c.is_active.is_(True),
    )
    .values(stock=_REWARD.c.stock - 1)
    .returning(_REWARD.c.price, _REWARD.c.title)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a member wants to redeem, from which book."""

    reward_id: int
    book: Book
    idempotency_key: str


class _Place(NamedTuple):
    """Whose a redemption is, and where its reward is offered."""

    member_id: int
    organization_id: int
    path: str


async def redeem(session: AsyncSession, viewer: Viewer, wish: Wish) -> int:
    """Reserve a piece of a reward and spend its price; answers the id of the redemption.

    For members of the reward's organization and of all below it. The same key with the same wish
    is done once; CONFLICT with another, where nothing is left, and where points are missing.
    """
    check_book(wish.book)
    if viewer.member_id is None:
        raise Unauthenticated("请先登录")
    await hold(session, viewer.member_id)
    if (before := await _redeemed_before(session, viewer.member_id, wish)) is not None:
        return before
    await _require_offered(session, viewer, wish.reward_id)
    taken = (await session.execute(_TAKE_ONE, {"reward_id": wish.reward_id})).first()
    if taken is None:
        raise Conflict("该奖品已兑完或已下架", "input", "rewardId")
    transaction_id = await spend(
        session, viewer.member_id, book=wish.book, price=taken.price, purpose=taken.title
    )
    at = now()
    redemption = Redemption(
        reward_id=wish.reward_id,
        member_id=viewer.member_id,
        price=taken.price,
        book=wish.book,
        idempotency_key=wish.idempotency_key,
        transaction_id=transaction_id,
        created_at=at,
        lapses_at=at + RESERVATION_STANDS,
    )
    session.add(redemption)
    await session.flush()
    return redemption.id


async def fulfil(session: AsyncSession, actor: Actor, redemption_id: int) -> None:
    """Note that a member got what they redeemed; for administrators of the reward's organization.

    CONFLICT once it was cancelled, or its time is over.
    """
    place = await _seen(session, actor.viewer, redemption_id)
    if not actor.viewer.holds((Role.ADMIN,), place.path):
        raise Forbidden("只有奖品所属组织的管理员可以确认发放")
    redemption = await _in_hand(session, redemption_id)
    if redemption.state is RedemptionState.CANCELLED:
        raise Conflict("该兑换已取消", "input", "redemptionId")
    if redemption.state is RedemptionState.RESERVED:
        # By the clock: the round that gives it back may come minutes later.
        if redemption.lapses_at <= now():
            raise Conflict("已逾期未领取，请重新兑换", "input", "redemptionId")
        await _decide(session, actor, redemption, place, state=RedemptionState.FULFILLED)


async def cancel(session: AsyncSession, actor: Actor, redemption_id: int, reason: str) -> None:
    """Give points and piece back, once; for the member and administrators of its organization.

    CONFLICT once it was fulfilled.
    """
    place, viewer = await _seen(session, actor.viewer, redemption_id), actor.viewer
    if viewer.member_id != place.member_id and not viewer.holds((Role.ADMIN,), place.path):
        raise Forbidden("只有本人和奖品所属组织的管理员可以取消兑换")
    await hold(session, place.member_id)
    redemption = await _in_hand(session, redemption_id)
    if redemption.state is RedemptionState.FULFILLED:
        raise Conflict("已发放的兑换不能取消", "input", "redemptionId")
    if redemption.state is RedemptionState.RESERVED:
        await _void(session, actor, redemption, place, reason=reason)


async def lapse(database: Database) -> int:
    """Give back what was reserved too long ago, each in a transaction; answers how many."""
    done = 0
    while (overdue := await oldest_overdue(database)) is not None:
        async with database.transaction() as session:
            done += await _lapse(session, overdue.id)
    return done


async def _lapse(session: AsyncSession, redemption_id: int) -> bool:
    place = await _place(session, redemption_id)
    await hold(session, place.member_id)
    redemption = await _in_hand(session, redemption_id)
    # Somebody may have decided since it was read.
    if redemption.state is not RedemptionState.RESERVED:
        return False
    await _void(session, PLATFORM, redemption, place, reason="逾期未领取")
    return True


async def _redeemed_before(session: AsyncSession, member_id: int, wish: Wish) -> int | None:
    before = await session.scalar(
        sa.select(Redemption).where(
            col(Redemption.member_id) == member_id,
            col(Redemption.idempotency_key) == wish.idempotency_key,
        )
    )
    if before is None:
        return None
    if (before.reward_id, before.book) != (wish.reward_id, wish.book):
        raise key_was_used()
    return before.id


async def _require_offered(session: AsyncSession, viewer: Viewer, reward_id: int) -> None:
    path = await session.scalar(
        sa.select(col(Organization.path))
        .join(Reward, col(Reward.organization_id) == col(Organization.id))
        .where(col(Reward.id) == reward_id)
    )
    if path is None or not viewer.path.startswith(path):
        raise NotFound("奖品不存在", "input", "rewardId")


async def _place(session: AsyncSession, redemption_id: int) -> _Place:
    found = await session.execute(
        sa.select(col(Redemption.member_id), col(Organization.id), col(Organization.path))
        .select_from(Redemption)
        .join(Reward, col(Reward.id) == col(Redemption.reward_id))
        .join(Organization, col(Organization.id) == col(Reward.organization_id))
        .where(col(Redemption.id) == redemption_id)
    )
    if (row := found.first()) is None:
        raise _no_such_redemption()
    return _Place(*row)


async def _seen(session: AsyncSession, viewer: Viewer, redemption_id: int) -> _Place:
    place = await _place(session, redemption_id)
    if not oversees(viewer, place.member_id, place.path):
        raise _no_such_redemption()
    return place


async def _in_hand(session: AsyncSession, redemption_id: int) -> Redemption:
    return await session.get_one(
        Redemption, redemption_id, with_for_update=True, populate_existing=True
    )


async def _void(
    session: AsyncSession, actor: Actor, redemption: Redemption, place: _Place, *, reason: str
) -> None:
    actor_id = actor.viewer.member_id
    await refund(session, redemption.transaction_id, reason=reason, actor_id=actor_id)
    await move(session, Reward, redemption.reward_id, stock=1)
    redemption.reason = reason
    await _decide(session, actor, redemption, place, state=RedemptionState.CANCELLED)


async def _decide(
    session: AsyncSession,
    actor: Actor,
    redemption: Redemption,
    place: _Place,
    *,
    state: RedemptionState,
) -> None:
    redemption.state = state
    redemption.decided_at, redemption.decided_by_id = now(), actor.viewer.member_id
    record(
        session,
        actor,
        f"redemption.{'fulfil' if state is RedemptionState.FULFILLED else 'cancel'}",
        subject=Subject(SubjectKind.MEMBER, place.member_id),
        organization_id=place.organization_id,
        before={"state": RedemptionState.RESERVED},
        after={"state": state, "redemption": str(redemption.id), "reason": redemption.reason},
    )
    await session.flush()


def _no_such_redemption() -> NotFound:
    return NotFound("兑换记录不存在", "input", "redemptionId")
