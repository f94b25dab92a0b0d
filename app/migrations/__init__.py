"""Forward-only migrations, the same for SQLite and PostgreSQL."""

import sqlite3
from pathlib import Path
from typing import NamedTuple

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.database import Database
from app.database.statements import Statement


class _VersionRow(NamedTuple):
    version_num: str


_CURRENT = Statement(
    _VersionRow,
    sa.select(sa.column("version_num", sa.String)).select_from(sa.table("alembic_version")),
)
# Any number, the same for all processes that migrate one database.
_LOCK = 5_207_061_921


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    return made


async def upgrade(database: Database) -> None:
    """Bring the tables up to the newest version; does nothing where they are."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def pending(database: Database) -> bool:
    """Whether the tables are older than the code; a read, which waits for no writer."""
    try:
        current = await database.first(_CURRENT)
    except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
        return True
    head = ScriptDirectory.from_config(config()).get_current_head()
    return current is None or current.version_num != head


def _upgrade(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Processes that start together take turns.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")
