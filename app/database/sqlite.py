"""SQLite's settings, and its driver for reads: a connection on the event loop, a few beside it."""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

_SLOW_READERS = 2
_PRAGMAS = (
    "journal_mode = WAL",
    "foreign_keys = ON",
    "busy_timeout = 10000",
    # What was acknowledged survives a loss of power.
    "synchronous = FULL",
    # 32 MiB of pages: an import touches indexes all over, and would read them again and again.
    "cache_size = -32768",
)


def prepare(connection: Any) -> None:
    """Set a connection up for writes; it begins transactions only when told to."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class SqliteReader:
    """Runs compiled statements on read-only connections to one database file.

    A keyed read takes some microseconds, less than a hop to a thread and back; it runs where it is
    asked for. What is marked slow runs in a thread with a connection of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inline: sqlite3.Connection | None = None
        self._own = local()
        self._all: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(_SLOW_READERS, thread_name_prefix="sqlite-read")

    async def fetch(self, sql: str, values: Sequence[Any], *, slow: bool) -> list[Any]:
        """Raw rows as tuples."""
        if slow:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._fetch_beside, sql, values)
        if self._inline is None:
            self._inline = self._connect()
            # Short reads all over the file are what a map of it is good for.
            self._inline.execute("PRAGMA mmap_size = 268435456")
        return self._inline.execute(sql, values).fetchall()

    async def close(self) -> None:
        """Close every connection."""
        self._threads.shutdown()
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._inline = None

    def _fetch_beside(self, sql: str, values: Sequence[Any]) -> list[Any]:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
        return connection.execute(sql, values).fetchall()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=ro",
            uri=True,
            timeout=5,
            isolation_level=None,
            cached_statements=256,
            check_same_thread=False,
        )
        self._all.append(connection)
        return connection
