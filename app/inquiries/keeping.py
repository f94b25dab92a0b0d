"""Writes of what was asked: counts for good, who asked for the day alone."""

import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database import Database
from app.database.columns import new_id
from app.database.writing import add_once, insert
from app.inquiries.models import AskedQuery, Asker, AskingDay
from app.inquiries.noting import Inquiries, Noted
from app.inquiries.rules import FEWEST_PERSONS, week_of

_AT_ONCE = 500
_COUNTS = ("asked", "empty", "clicks")


async def flush(database: Database, inquiries: Inquiries, today: date) -> None:
    """Put what was noted into the database, in one transaction."""
    if noted := inquiries.take():
        async with database.transaction(slow=True) as session:
            await _keep(session, noted, today)


async def forget(session: AsyncSession, today: date) -> None:
    """Delete who asked on days before today, and what too few asked in weeks before this one."""
    await session.execute(sa.delete(Asker).where(col(Asker.day) < today))
    await session.execute(sa.delete(AskingDay).where(col(AskingDay.day) < today))
    private = sa.and_(
        col(AskedQuery.week) < week_of(today), col(AskedQuery.persons) < FEWEST_PERSONS
    )
    await session.execute(sa.delete(AskedQuery).where(private))


async def _keep(session: AsyncSession, noted: Mapping[tuple[str, int], Noted], today: date) -> None:
    await forget(session, today)
    ids = await _count(session, noted, week_of(today))
    salt = await _salt(session, today)
    askers = [
        {"day": today, "query_id": ids[query], "digest": _digest(salt, ids[query], member_id)}
        for (query, member_id), one in noted.items()
        if one.asked
    ]
    for some in _parts(askers):
        await session.execute(insert(session, Asker).values(some).on_conflict_do_nothing())
    for some in _parts(list(ids.values())):
        await _count_persons(session, some, today)


async def _count(
    session: AsyncSession, noted: Mapping[tuple[str, int], Noted], week: date
) -> dict[str, int]:
    """Add up each question; answers its key."""
    rows: dict[str, dict[str, Any]] = {}
    for (query, _), one in sorted(noted.items()):
        counts = dict.fromkeys(_COUNTS, 0)
        row = rows.setdefault(query, {"id": new_id(), "week": week, "query": query, **counts})
        for name in _COUNTS:
            row[name] += getattr(one, name)
    ids: dict[str, int] = {}
    for some in _parts(list(rows.values())):
        added = insert(session, AskedQuery).values([row | {"persons": 0} for row in some])
        more = {name: getattr(AskedQuery, name) + added.excluded[name] for name in _COUNTS}
        done = await session.execute(
            added.on_conflict_do_update(index_elements=["week", "query"], set_=more).returning(
                col(AskedQuery.query), col(AskedQuery.id)
            )
        )
        ids.update((row.query, row.id) for row in done)
    return ids


async def _salt(session: AsyncSession, today: date) -> bytes:
    await add_once(session, AskingDay, day=today, salt=secrets.token_hex(32))
    kept = sa.select(col(AskingDay.salt)).where(col(AskingDay.day) == today)
    return bytes.fromhex((await session.execute(kept)).scalar_one())


def _digest(salt: bytes, query_id: int, member_id: int) -> str:
    """Who asked, for one question and one day: neither two questions nor two days compare."""
    return hmac.digest(salt, f"{query_id}:{member_id}".encode(), "sha256").hex()[:32]


async def _count_persons(session: AsyncSession, ids: Sequence[int], today: date) -> None:
    of_today = (
        sa.select(sa.func.count())
        .where(col(Asker.day) == today, col(Asker.query_id) == col(AskedQuery.id))
        .scalar_subquery()
    )
    await session.execute(
        sa.update(AskedQuery)
        .where(col(AskedQuery.id).in_(ids), of_today > col(AskedQuery.persons))
        .values(persons=of_today)
        .execution_options(synchronize_session=False)
    )


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
