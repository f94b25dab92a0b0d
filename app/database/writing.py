"""Writes that both databases can do in one statement, each in its own words."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def add_once(session: AsyncSession, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row unless its key is there; answers whether it was.

    Of two at once one inserts: the key decides, not a look beforehand.
    """
    insert = _INSERT[session.get_bind().dialect.name](table).values(**values)
    done: Any = await session.execute(insert.on_conflict_do_nothing())
    return bool(done.rowcount)


async def take_away(session: AsyncSession, table: type[SQLModel], **key: Any) -> bool:
    """Delete the row of a key; answers whether there was one."""
    done: Any = await session.execute(sa.delete(table).filter_by(**key))
    return bool(done.rowcount)
