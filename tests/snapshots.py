"""All that a database holds, to prove that a refusal changed nothing."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database import Database


async def snapshot(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with database.transaction() as session:
        return {
            table.name: sorted(map(repr, await session.execute(sa.select(table))))
            for table in SQLModel.metadata.sorted_tables
        }


async def counted(database: Database, model: type[SQLModel]) -> int:
    """How many rows a table has."""
    async with database.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
