"""Backups: all that cannot be made again, which is the database and the local media files."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from app.database import Database
from app.errors import Conflict, Invalid, Unavailable
from app.migrations import upgrade
from app.settings import Settings

_SQLITE = "database.sqlite3"
_POSTGRESQL = "database.dump"
_MEDIA = "media"
#: Who asked the search what: kept for a day, and no backup keeps it longer.
_OF_A_DAY = ("asker", "asking_day")


def back_up(settings: Settings, folder: Path) -> None:
    """Copy the database as of one instant, then the media directory, to a new ``folder``.

    Readers and writers go on meanwhile. The folder has its name only once it is whole. Left out
    are the search index, since it is built from the database, the key that signs tokens (after a
    restore everybody signs in anew), and who asked the search what today. CONFLICT where the folder
    is there already, UNAVAILABLE where PostgreSQL's own ``pg_dump`` is needed and missing.
    """
    if folder.exists():
        raise Conflict(f"{folder} exists already; a backup takes a new folder.")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    url = sa.make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(Path(url.database or ""), partial / _SQLITE)
        _forget_the_day(partial / _SQLITE)
    else:
        without = (f"--exclude-table-data={table}" for table in _OF_A_DAY)
        to = f"--file={partial / _POSTGRESQL}"
        _run(url, "pg_dump", "--format=custom", "--no-owner", *without, to)
    # Files are written before the rows that name them, so that a copy made later lacks none.
    _copy_files(settings.data_dir / _MEDIA, partial / _MEDIA)
    partial.rename(folder)


def restore(settings: Settings, folder: Path) -> None:
    """Bring a backup back into an empty ``DATA_DIR`` and database, and migrate it to this version.

    INVALID where ``folder`` holds no backup of this kind of database, CONFLICT where something is
    there already: nothing is ever written over.
    """
    url = sa.make_url(settings.database)
    is_sqlite = url.get_backend_name() == "sqlite"
    kept = folder / (_SQLITE if is_sqlite else _POSTGRESQL)
    if not kept.is_file():
        raise Invalid(f"{folder} holds no {kept.name}: not a backup of this kind of database.")
    media = settings.data_dir / _MEDIA
    if media.exists() or _is_used(url):
        raise Conflict("The database or the media directory is in use; restore into empty ones.")
    if is_sqlite:
        _copy_sqlite(kept, Path(url.database or ""))
    else:
        _run(url, "pg_restore", "--no-owner", "--single-transaction", str(kept))
    _copy_files(folder / _MEDIA, media)
    shutil.rmtree(settings.data_dir / "search", ignore_errors=True)
    asyncio.run(_migrate(settings.database))


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await upgrade(database)
    finally:
        await database.close()


def _copy_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        # In one step, so that it is one reader's snapshot, whoever writes meanwhile.
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _forget_the_day(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        # What is deleted is written over, not only left out of account.
        connection.execute("PRAGMA secure_delete=ON")
        known = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = {name for (name,) in connection.execute(known)}
        for table in _OF_A_DAY:
            if table in tables:
                connection.execute(f"DELETE FROM {table}")


def _copy_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def _is_used(url: sa.URL) -> bool:
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").exists()
    return asyncio.run(_has_tables(url))


async def _has_tables(url: sa.URL) -> bool:
    database = Database(url.render_as_string(hide_password=False))
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(lambda sync: bool(sa.inspect(sync).get_table_names()))
    finally:
        await database.close()


def _run(url: sa.URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database; the password stays out of sight."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(f"{program} is needed and not on PATH.")
    where = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603  the operator's own database and folder
        [found, f"--dbname={where}", *arguments],
        env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"{program}: {done.stderr.strip()}")
