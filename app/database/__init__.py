"""The one way to rows: reads by compiled statements, writes by transactions."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from app.database.announcements import Announcements
from app.database.grouping import GroupedWriter
from app.database.notices import Notices
from app.database.postgresql import PostgresReader
from app.database.savepoints import WriteConnection
from app.database.sqlite import SqliteReader, prepare
from app.database.statements import Statement
from app.database.zones import DEFAULT, ZONE

R = TypeVar("R", bound=tuple[Any, ...])


class Database:
    """One database, SQLite or PostgreSQL by its URL.

    ``statements`` counts the SQL statements of reads and writes, but not what tells other
    processes of them afterwards; tests hold lists to it and ``/metrics`` shows it. ``on_commit``
    callbacks run after each commit, in the loop. ``zone`` is the group's: when its days begin.
    ``announcements`` tells what was committed to whoever listens.
    """

    def __init__(self, url: str, *, zone: ZoneInfo = DEFAULT) -> None:
        self.url = sa.make_url(url)
        self.dialect = self.url.get_backend_name()
        self.statements = 0
        self._info = {ZONE: zone}
        self.on_commit: list[Callable[[], None]] = []
        self._writer: GroupedWriter | None = None
        self.engine = self._open_engine()
        self._reader = self._open_reader()
        self.announcements = self._open_announcements()

    async def fetch(self, statement: Statement[R], **values: Any) -> list[R]:
        """Every row of ``statement``; ``values`` are its parameters by name."""
        text = statement.text(self.dialect)
        self.statements += 1
        raw = await self._reader.fetch(text.sql, text.parameters(values), slow=statement.slow)
        return text.rows(raw)

    async def first(self, statement: Statement[R], **values: Any) -> R | None:
        """The first row, or None."""
        rows = await self.fetch(statement, **values)
        return rows[0] if rows else None

    @asynccontextmanager
    async def transaction(self, *, slow: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends, and rolls back when it raises.

        The only place that commits. SQLite has one writer: transactions of this process take turns,
        and those that wait for it at the same time share a commit (:mod:`app.database.grouping`).
        What decides is therefore read by this session: what was written a moment before is not seen
        by others yet. ``slow`` marks what is more than a few keyed statements, so that it runs
        off the event loop, and by itself.
        """
        if self.dialect == "sqlite" and not slow:
            async with self._grouped().transaction() as session:
                yield session
        else:
            session = AsyncSession(self.engine, expire_on_commit=False, info=dict(self._info))
            async with self._turn(), session, session.begin():
                yield session
                await self.announcements.before_commit(session)
            self._tell()
        self.announcements.after_commit(session)

    async def ready(self) -> bool:
        """Whether the database answers."""
        return bool(await self._reader.fetch("SELECT 1", (), slow=False))

    async def refresh_statistics(self) -> None:
        """Let PostgreSQL look at its tables again, after much of them changed at once."""
        if self.dialect == "postgresql":
            async with self.engine.begin() as connection:
                await connection.execute(sa.text("ANALYZE"))

    async def close(self) -> None:
        """Close every connection."""
        if self._writer is not None:
            await self._writer.close()
        await self.announcements.close()
        await self._reader.close()
        await self.engine.dispose()

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return self._grouped().alone() if self.dialect == "sqlite" else nullcontext()

    def _grouped(self) -> GroupedWriter:
        # Opened by the first write: there may be no file before.
        if self._writer is None:
            connection = WriteConnection(self._path, self._count, self._info)
            self._writer = GroupedWriter(connection, self._tell)
        return self._writer

    def _tell(self) -> None:
        for told in self.on_commit:
            told()

    def _open_engine(self) -> AsyncEngine:
        engine = create_async_engine(self.url)
        sa.event.listen(engine.sync_engine, "before_cursor_execute", self._count)
        if self.dialect == "sqlite":
            self._path.parent.mkdir(parents=True, exist_ok=True)
            sa.event.listen(engine.sync_engine, "connect", lambda raw, _: prepare(raw))
            sa.event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine

    def _open_reader(self) -> SqliteReader | PostgresReader:
        if self.dialect == "sqlite":
            return SqliteReader(self._path)
        return PostgresReader(self._dsn)

    def _open_announcements(self) -> Announcements:
        if self.dialect == "sqlite":
            return Announcements()

        def run(sql: str, values: Sequence[Any]) -> Awaitable[object]:
            return self._reader.fetch(sql, values, slow=False)

        return Announcements(lambda told: Notices(told, self._dsn, run))

    @property
    def _dsn(self) -> str:
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def _path(self) -> Path:
        if not self.url.database or self.url.database == ":memory:":
            raise ValueError("SQLite needs a file: reads and writes use connections of their own")
        return Path(self.url.database).resolve()

    def _count(self, *_: Any) -> None:
        self.statements += 1


def _begin_immediate(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails when another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
