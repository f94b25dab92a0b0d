"""How a transaction reaches the ledger: under the member's lock, with both of its entries."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.columns import KEY, UtcDateTime, new_id
from app.points.models import (
    Book,
    Cap,
    Kind,
    PointsAccount,
    PointsEntry,
    PointsRule,
    PointsTransaction,
)

_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_ACCOUNT: Any = sa.inspect(PointsAccount).local_table
_ENTRY: Any = sa.inspect(PointsEntry).local_table
_RULE: Any = sa.inspect(PointsRule).local_table
_TRANSACTION: Any = sa.inspect(PointsTransaction).local_table


async def hold(session: AsyncSession, member_id: int) -> None:
    """Let the deeds of one member come one after the other, until the transaction ends.

    What was earned today and the next position of an entry are read only then. The lock is no row:
    a first deed has none yet. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(member_id)))


async def post_award(session: AsyncSession, **deed: Any) -> tuple[Book, int] | None:
    """Insert the transaction of a deed; answers its book and points, None where it pays nothing.

    One statement finds the rule, what it leaves after what was earned, and whether the deed's key
    is new. ``deed``: the parameters of :func:`_award`.
    """
    posted = await session.execute(_award(session.get_bind().dialect.name), deed)
    row = posted.first()
    return None if row is None else (row.book, row.amount)


async def post_once(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Insert a transaction unless one of its unique keys is there; answers whether it was."""
    insert = _INSERT[session.get_bind().dialect.name](_TRANSACTION).values(**values)
    done: Any = await session.execute(insert.on_conflict_do_nothing())
    return bool(done.rowcount)


async def enter(
    session: AsyncSession, transaction_id: int, member_id: int, *, book: Book, amount: int
) -> int:
    """Move the account, and write the member's entry and the group's; answers the new balance."""
    account = await session.execute(
        _move(session.get_bind().dialect.name),
        {"member_id": member_id, "book": book, "balance": amount, "position": 1},
    )
    moved = account.one()
    shared = {"transaction_id": transaction_id, "book": book}
    own = {
        "id": new_id(),
        "member_id": member_id,
        "amount": amount,
        "position": moved.position,
        "balance_after": moved.balance,
    }
    groups = {
        "id": new_id(),
        "member_id": None,
        "amount": -amount,
        "position": None,
        "balance_after": None,
    }
    await session.execute(sa.insert(_ENTRY), [shared | own, shared | groups])
    return int(moved.balance)


@cache
def _move(dialect: str) -> Any:
    insert = _INSERT[dialect](_ACCOUNT)
    return insert.on_conflict_do_update(
        index_elements=[_ACCOUNT.c.member_id, _ACCOUNT.c.book],
        set_={
            "balance": _ACCOUNT.c.balance + insert.excluded.balance,
            "position": _ACCOUNT.c.position + 1,
        },
    ).returning(_ACCOUNT.c.balance, _ACCOUNT.c.position)


@cache
def _award(dialect: str) -> Any:
    offer = _offer().subquery("offer")
    cut_by_day = sa.and_(
        offer.c.today < offer.c.points,
        sa.or_(offer.c.this_week.is_(None), offer.c.today <= offer.c.this_week),
    )
    cut_by_week = offer.c.this_week < offer.c.points
    columns = {
        "id": _given("id", KEY),
        "kind": sa.literal(Kind.AWARD, _TRANSACTION.c.kind.type),
        "member_id": _given("member_id", KEY),
        "book": offer.c.book,
        "amount": sa.case(
            (cut_by_day, offer.c.today), (cut_by_week, offer.c.this_week), else_=offer.c.points
        ),
        "deed_key": _given("deed_key"),
        "action": _given("action"),
        "rule_id": offer.c.id,
        "offered": offer.c.points,
        "cut_by": sa.case(
            (cut_by_day, sa.literal(Cap.DAILY, _TRANSACTION.c.cut_by.type)),
            (cut_by_week, sa.literal(Cap.WEEKLY, _TRANSACTION.c.cut_by.type)),
        ),
        "subject_kind": _given("subject_kind"),
        "subject_id": _given("subject_id", KEY),
        "done_at": _given("done_at"),
        "created_at": _given("created_at"),
    }
    paid = sa.select(*columns.values()).where(
        sa.or_(offer.c.today.is_(None), offer.c.today > 0),
        sa.or_(offer.c.this_week.is_(None), offer.c.this_week > 0),
    )
    insert = _INSERT[dialect](_TRANSACTION).from_select(list(columns), paid, include_defaults=False)
    return insert.on_conflict_do_nothing().returning(_TRANSACTION.c.book, _TRANSACTION.c.amount)


def _offer() -> Any:
    """The rule in force, and the points that its caps leave of the day and of the week."""
    at = _given("done_at")
    return (
        sa.select(
            _RULE.c.id,
            _RULE.c.book,
            _RULE.c.points,
            _room(_RULE.c.daily_cap, "day").label("today"),
            _room(_RULE.c.weekly_cap, "week").label("this_week"),
        )
        .where(
            _RULE.c.action == _given("action"),
            _RULE.c.effective_from <= at,
            sa.or_(_RULE.c.effective_to.is_(None), _RULE.c.effective_to > at),
        )
        .order_by(_RULE.c.version.desc())
        .limit(1)
    )


def _room(cap: Any, span: str) -> Any:
    # Nothing is summed up for a cap that the rule does not have.
    return sa.case((cap.is_not(None), cap - _earned(span)))


def _earned(span: str) -> Any:
    """What deeds of this kind paid in the span; what was reversed since does not come back."""
    earned = sa.select(sa.func.coalesce(sa.func.sum(_TRANSACTION.c.amount), 0)).where(
        _TRANSACTION.c.member_id == _given("member_id", KEY),
        _TRANSACTION.c.done_at >= sa.bindparam(f"{span}_start", type_=UtcDateTime),
        _TRANSACTION.c.done_at < sa.bindparam(f"{span}_end", type_=UtcDateTime),
        _TRANSACTION.c.action == _given("action"),
    )
    return sa.cast(earned.scalar_subquery(), sa.Integer)


def _given(name: str, kind: Any = None) -> Any:
    return sa.bindparam(name, type_=_TRANSACTION.c[name].type if kind is None else kind)
