"""The engines of one process: opened by what is set, closed in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.auth import Tokens
from app.database import Database
from app.members.sessions import Sessions
from app.settings import Settings
from media.local import LocalStore
from media.port import MediaStore
from media.s3 import S3Access, S3Store
from schema.context import Platform
from search.embedded import EmbeddedEngine
from search.falling_back import FallingBack
from search.meilisearch import Access, MeilisearchEngine
from search.port import SearchEngine


def media_store(settings: Settings) -> MediaStore:
    """The S3 bucket that is set, else the directory under ``DATA_DIR``; nothing is asked yet."""
    if settings.s3_endpoint is None:
        return LocalStore(settings.data_dir / "media", settings.signing_key)
    if not (settings.s3_bucket and settings.s3_access_key and settings.s3_secret_key):
        raise ValueError("S3_ENDPOINT needs S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY beside it")
    access = S3Access(
        endpoint=settings.s3_endpoint,
        public_url=settings.s3_public_url or settings.s3_endpoint,
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
    )
    return S3Store(access)


def search_engine(settings: Settings) -> SearchEngine:
    """Meilisearch where it is set, the embedded engine beside it; else the embedded one alone."""
    embedded = EmbeddedEngine(settings.data_dir / "search")
    access = meilisearch_access(settings)
    return embedded if access is None else FallingBack(MeilisearchEngine(access), embedded)


def meilisearch_access(settings: Settings) -> Access | None:
    """Where the Meilisearch that is set can be reached."""
    if settings.meili_url is None:
        return None
    return Access(
        url=settings.meili_url,
        key=settings.meili_api_key.get_secret_value() if settings.meili_api_key else None,
        search_seconds=settings.search_timeout_seconds,
    )


@asynccontextmanager
async def open_platform(settings: Settings) -> AsyncIterator[Platform]:
    """Open every engine; what is not set falls back to the embedded one under ``DATA_DIR``."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, zone=settings.zone)
    search = search_engine(settings)
    try:
        yield Platform(
            settings=settings,
            database=database,
            search=search,
            media=media_store(settings),
            sessions=Sessions(database, Tokens(settings.signing_key)),
        )
    finally:
        await search.close()
        await database.close()
