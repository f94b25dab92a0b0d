"""What a transaction says in each database's own words: writes of one statement, and reads.

Statements are built once: building one costs more than running it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from app.database.statements import Statement

R = TypeVar("R", bound=tuple[Any, ...])
_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert(session: AsyncSession, table: type[SQLModel]) -> Any:
    """The INSERT of the session's database, which says what becomes of rows that are there."""
    return _INSERT[session.get_bind().dialect.name](table)


async def add_once(session: AsyncSession, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row unless its key is there; answers whether it was.

    Of two at once one inserts: the key decides, not a look beforehand.
    """
    statement = _insertion(table, session.get_bind().dialect.name)
    done: Any = await session.execute(statement, values)
    return bool(done.rowcount)


async def take_away(session: AsyncSession, table: type[SQLModel], **key: Any) -> bool:
    """Delete the row of a key; answers whether there was one."""
    done: Any = await session.execute(_deletion(table, tuple(key)), key)
    return bool(done.rowcount)


async def move(session: AsyncSession, table: type[SQLModel], key: int, **steps: int) -> None:
    """Add ``steps`` to counters of a row; the database adds, so that two at once both count."""
    values = {f"{name}_step": step for name, step in steps.items()}
    await session.execute(_movement(table, tuple(steps)), {"key": key} | values)


@cache
def _insertion(table: type[SQLModel], dialect: str) -> Any:
    return _INSERT[dialect](_rows(table)).on_conflict_do_nothing()


@cache
def _deletion(table: type[SQLModel], key: tuple[str, ...]) -> Any:
    rows = _rows(table)
    return sa.delete(rows).where(*(rows.c[name] == sa.bindparam(name) for name in key))


@cache
def _movement(table: type[SQLModel], counters: tuple[str, ...]) -> Any:
    rows = _rows(table)
    # A parameter with the column's own name would be taken for its new value.
    moved = {name: rows.c[name] + sa.bindparam(f"{name}_step") for name in counters}
    return sa.update(rows).where(rows.c.id == sa.bindparam("key")).values(moved)


def _rows(table: type[SQLModel]) -> sa.Table:
    # The table itself: an entity would have the session look for rows of it that it holds.
    return SQLModel.metadata.tables[str(table.__tablename__)]


async def read(session: AsyncSession, statement: Statement[R], **values: Any) -> list[R]:
    """Every row of ``statement`` as the transaction sees it, its own changes included."""
    await session.flush()
    text = statement.text(session.get_bind().dialect.name)
    parameters = tuple(text.parameters(values))
    found = await session.run_sync(
        lambda kept: kept.connection().exec_driver_sql(text.sql, parameters).all()
    )
    return text.rows(found)
