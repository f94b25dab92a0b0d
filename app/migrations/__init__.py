"""Forward-only migrations, the same for SQLite and PostgreSQL."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.database import Database

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
    """Whether the tables are older than the code."""
    async with database.engine.connect() as connection:
        current = await connection.run_sync(_current)
    return current != ScriptDirectory.from_config(config()).get_current_head()


def _upgrade(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Processes that start together take turns.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


def _current(connection: Any) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
