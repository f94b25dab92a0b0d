"""The engines of one process: opened by what is set, closed in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.auth import Tokens
from app.database import Database
from app.members.sessions import Sessions
from app.settings import Settings
from media.local import LocalStore
from schema.context import Platform
from search.embedded import EmbeddedEngine


@asynccontextmanager
async def open_platform(settings: Settings) -> AsyncIterator[Platform]:
    """Open every engine; what is not set falls back to the embedded one under ``DATA_DIR``."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, zone=settings.zone)
    search = EmbeddedEngine(settings.data_dir / "search")
    try:
        yield Platform(
            settings=settings,
            database=database,
            search=search,
            media=LocalStore(settings.data_dir / "media"),
            sessions=Sessions(database, Tokens(settings.signing_key)),
        )
    finally:
        await search.close()
        await database.close()
