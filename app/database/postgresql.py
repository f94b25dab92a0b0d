"""PostgreSQL's driver for reads: asyncpg with kept prepared statements."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

# A page of the feed joins seven tables: planning it takes ten times as long as running it, and
# left alone, PostgreSQL plans it anew each time.
_SETTINGS = {"plan_cache_mode": "force_generic_plan", "jit": "off"}


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    def get_reset_query(self) -> str:
        # Reads leave no session state behind, so a release costs no round trip.
        return ""


class PostgresReader:
    """Runs compiled statements on a pool of connections, each preparing a text once."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def fetch(self, sql: str, values: Sequence[Any], *, slow: bool) -> list[Any]:
        """Raw rows as records, which are sequences."""
        pool = self._pool or await self._open()
        rows: list[Any] = await pool.fetch(sql, *values, timeout=30 if slow else 10)
        return rows

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _open(self) -> Any:
        # The first reads of a process come together; one of them opens the pool for all.
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=1,
                    max_size=16,
                    connection_class=_Connection,
                    server_settings=_SETTINGS,
                )
            return self._pool
