"""The ledger in tests: deeds, what they left behind, and a proof that nothing is wrong."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from group import building

from app.database.columns import now
from app.points.actions import Adjustment, Deed, award
from app.points.auditing import audit
from app.points.models import (
    Action,
    Book,
    PointsAccount,
    PointsEntry,
    PointsRule,
    PointsSeal,
    PointsTransaction,
)
from app.points.sealing import seal
from app.subjects import Subject, SubjectKind
from app.visibility import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
_numbers = itertools.count(1)


def deed(member, action=Action.LIKE, *, key=None, at=NOON, subject=1):
    key = key or f"deed/{next(_numbers)}"
    return Deed(action, member.id, Subject(SubjectKind.CONTENT, subject), key, at)


def adjustment(member, amount, *, reason="补录", key=None, book=Book.ADJUSTMENT):
    key = key or f"key-{next(_numbers)}"
    return Adjustment(
        member_id=member.id, amount=amount, reason=reason, idempotency_key=key, book=book
    )


async def pay(database, *deeds, zone=SHANGHAI):
    """Award each deed in a transaction of its own; answers what they paid."""
    paid = []
    for each in deeds:
        async with database.transaction() as session:
            paid.append(await award(session, each, zone))
    return paid


async def add_rule(database, action, points, **more):
    """A further version of a rule."""
    async with database.transaction() as session:
        versions = sa.select(sa.func.count()).where(PointsRule.action == action)
        version = await session.scalar(versions) + 1
        given = {"book": Book.INTERACTION, "effective_from": NOON.replace(year=2025), "note": ""}
        session.add(PointsRule(action=action, version=version, points=points, **given | more))


async def staffed(database):
    """A committee with a branch below it: an administrator above, a member below."""
    async with building(database) as group:
        committee = await group.organization()
        branch = await group.organization(below=committee)
        admin, member = await group.member(committee), await group.member(branch)
        await group.grant(admin, Role.ADMIN, committee)
    return admin, member


async def balances(database, member):
    """Balances by book, those without an account left out."""
    async with database.transaction() as session:
        rows = await session.execute(
            sa.select(PointsAccount.book, PointsAccount.balance).where(
                PointsAccount.member_id == member.id
            )
        )
        return {row.book: row.balance for row in rows}


async def lines(database, member):
    """The member's entries in the order in which they were posted: (amount, balance after)."""
    async with database.transaction() as session:
        rows = await session.execute(
            sa.select(PointsEntry.amount, PointsEntry.balance_after)
            .where(PointsEntry.member_id == member.id)
            .order_by(PointsEntry.book, PointsEntry.position)
        )
        return [tuple(row) for row in rows]


async def posted(database, member):
    """The member's transactions, oldest first."""
    async with database.transaction() as session:
        rows = await session.scalars(
            sa.select(PointsTransaction)
            .where(PointsTransaction.member_id == member.id)
            .order_by(PointsTransaction.id)
        )
        return list(rows)


async def contents(database):
    """Every row of the ledger, to see that nothing changed."""
    tables = (PointsAccount, PointsEntry, PointsTransaction, PointsSeal)
    async with database.transaction() as session:
        rows = [await session.execute(sa.select(table.__table__)) for table in tables]
        return [sorted(map(str, each)) for each in rows]


async def findings(database, at=None):
    return [str(finding) async for finding in audit(database, at or now())]


async def assert_sound(database):
    await seal(database)
    assert await findings(database) == []
