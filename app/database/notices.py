"""PostgreSQL's LISTEN and NOTIFY: the wire between processes on one database."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.announcements import Announcement, Announcements

_CHANNEL = "announcements"
# One statement for all, each a notification of its own; PostgreSQL drops those said twice.
_SEND = f"SELECT pg_notify('{_CHANNEL}', told) FROM unnest({{}}) AS told"
_SEND_IN_SESSION = sa.text(_SEND.format(":texts")).bindparams(
    sa.bindparam("texts", type_=ARRAY(sa.Text))
)
_SEND_ALONE = _SEND.format("$1::text[]")

#: How long whoever begins to listen waits for the connection; then it may be told MISSED.
_PATIENCE_SECONDS = 2.0
_CONNECT_SECONDS = 5.0
#: A connection whose other end vanished without a word is noticed by this.
_PROBE_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
#: Hints are gathered for so long: a storm on one topic is one notification.
_GATHER_SECONDS = 0.05

_FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = structlog.get_logger(__name__)

Run = Callable[[str, Sequence[Any]], Awaitable[Any]]


class Notices:
    """Hears by a connection of its own, opened when somebody listens and reopened when it breaks.

    ``run`` runs a statement in a transaction of its own.
    """

    def __init__(self, announcements: Announcements, dsn: str, run: Run) -> None:
        self._announcements = announcements
        self._dsn = dsn
        self._run = run
        self._standing = asyncio.Event()
        self._hearing: asyncio.Task[None] | None = None
        self._gathered: dict[str, None] = {}
        self._sending: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to hear; comes back when the connection stands, or patience ends."""
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._standing.wait()

    async def send(self, session: AsyncSession, texts: Sequence[str]) -> None:
        """Notify within the session's transaction: PostgreSQL passes it on at the commit."""
        await session.execute(_SEND_IN_SESSION, {"texts": list(texts)})

    def send_soon(self, texts: Iterable[str]) -> None:
        """Notify a little later, with what comes until then."""
        self._gathered.update(dict.fromkeys(texts))
        if self._gathered and self._sending is None:
            self._sending = asyncio.create_task(self._send_gathered())

    async def close(self) -> None:
        """End the connection; what was gathered is forgotten."""
        for task in (self._hearing, self._sending):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._hearing = self._sending = None

    async def _send_gathered(self) -> None:
        while self._gathered:
            await asyncio.sleep(_GATHER_SECONDS)
            texts, self._gathered = list(self._gathered), {}
            try:
                await self._run(_SEND_ALONE, [texts])
            except _FAILURES as error:
                _log.warning("hints.lost", count=len(texts), error=repr(error))
        self._sending = None

    async def _hear(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._hear_while_it_stands()
            except _FAILURES as error:
                _log.warning("announcements.unheard", error=repr(error))
            pause = _FIRST_PAUSE if self._standing.is_set() else min(pause * 2, _LONGEST_PAUSE)
            self._standing.clear()
            await asyncio.sleep(pause)

    async def _hear_while_it_stands(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_SECONDS)
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _connection: ended.set())
            await connection.add_listener(_CHANNEL, self._heard)
            self._standing.set()
            # Whoever listens already has heard nothing since the connection before this one.
            self._announcements.tell_missed()
            while not ended.is_set():
                await self._probe_after_a_while(connection, ended)
        finally:
            connection.terminate()

    async def _probe_after_a_while(self, connection: Any, ended: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await ended.wait()
        except TimeoutError:
            await connection.fetchval("SELECT 1", timeout=_CONNECT_SECONDS)

    def _heard(self, _connection: Any, _pid: int, _channel: str, text: str) -> None:
        self._announcements.tell(Announcement.read(text))
