"""The chain of seals: each transaction is sealed soon after it commits, outside of every deed."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database import Database
from app.database.statements import Statement
from app.points.models import PointsEntry, PointsSeal, PointsTransaction, PointsUnsealed
from app.points.rules import sealed

TRANSACTION: Any = sa.inspect(PointsTransaction).local_table
ENTRY: Any = sa.inspect(PointsEntry).local_table
#: What the first link is chained to.
GENESIS = "0" * 64
_BATCH = 500
# Any number, the same for all processes that seal one ledger.
_LOCK = 5_207_061_922


class _UnsealedRow(NamedTuple):
    transaction_id: int


_WAITING = Statement(_UnsealedRow, sa.select(col(PointsUnsealed.transaction_id)).limit(1))


async def seal(database: Database) -> int:
    """Seal every transaction that has committed by now; answers how many were.

    One at a time seals: whoever finds another at it leaves the rest to that one.
    """
    done = 0
    while await database.first(_WAITING) is not None:
        async with database.transaction() as session:
            if not (some := await _seal_some(session)):
                break
        done += some
    return done


async def _seal_some(session: AsyncSession) -> int:
    if not await _alone(session):
        return 0
    ids = await _waiting(session)
    if not ids:
        return 0
    sequence, previous = await _head(session)
    entries = await _entries(session, ids)
    rows = await session.execute(
        sa.select(TRANSACTION).where(TRANSACTION.c.id.in_(ids)).order_by(TRANSACTION.c.id)
    )
    for row in rows.mappings():
        sequence, previous = sequence + 1, sealed(previous, dict(row), entries[row["id"]])
        session.add(PointsSeal(sequence=sequence, transaction_id=row["id"], hash=previous))
    await session.execute(
        sa.delete(PointsUnsealed).where(col(PointsUnsealed.transaction_id).in_(ids))
    )
    return len(ids)


async def _alone(session: AsyncSession) -> bool:
    # SQLite has one writer anyway.
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))))


async def _waiting(session: AsyncSession) -> list[int]:
    queue = col(PointsUnsealed.transaction_id)
    return list(await session.scalars(sa.select(queue).order_by(queue).limit(_BATCH)))


async def _head(session: AsyncSession) -> tuple[int, str]:
    newest = sa.select(PointsSeal).order_by(col(PointsSeal.sequence).desc()).limit(1)
    head = await session.scalar(newest)
    return (0, GENESIS) if head is None else (head.sequence, head.hash)


async def _entries(session: AsyncSession, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in ids}
    rows = await session.execute(sa.select(ENTRY).where(ENTRY.c.transaction_id.in_(found)))
    for row in rows.mappings():
        found[row["transaction_id"]].append(dict(row))
    return found
