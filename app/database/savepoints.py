"""SQLite's connection for writes: many deeds in one transaction, each in a savepoint of its own."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.sqlite import prepare


class _Cursor(sqlite3.Cursor):
    """Has all rows at once, as a session that is waited for expects of its driver.

    Whoever goes through them may then write to their table.
    """

    _rows: Iterator[Any] = iter(())

    def execute(self, *arguments: Any) -> Self:
        super().execute(*arguments)
        self._rows = iter(super().fetchall())
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    async def _async_soft_close(self) -> None:
        # What `AsyncSession` calls when it has a result; there is nothing to wait for.
        self.close()


class _Connection(sqlite3.Connection):
    """What SQLAlchemy commits and rolls back here is a savepoint."""

    def cursor(self, *_: Any) -> _Cursor:  # type: ignore[override]
        return super().cursor(_Cursor)

    def commit(self) -> None:
        self.execute("RELEASE deed")

    def rollback(self) -> None:
        # After some errors, such as a full disk, SQLite has rolled everything back by itself.
        if self.in_transaction:
            self.execute("ROLLBACK TO deed")
            self.execute("RELEASE deed")


class WriteConnection:
    """A connection that one thread at a time uses, whichever it is.

    ``sent`` is called for each statement of a deed; each session begins with ``info``.
    """

    def __init__(self, path: Path, sent: Callable[..., Any], info: Mapping[str, Any]) -> None:
        raw = sqlite3.connect(
            path, factory=_Connection, check_same_thread=False, cached_statements=256
        )
        prepare(raw)
        engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.NullPool)
        sa.event.listen(engine, "begin", lambda _: raw.execute("SAVEPOINT deed"))
        sa.event.listen(engine, "before_cursor_execute", sent)
        self._raw = raw
        self._info = info
        self._connection = engine.connect()

    def begin(self) -> None:
        """Begin a transaction; waits while another process has one."""
        # What an interrupted one may have left is nobody's any more.
        self.rollback()
        self._raw.execute("BEGIN IMMEDIATE")

    @contextmanager
    def deed(self) -> Iterator[AsyncSession]:
        """A session whose writes join the transaction, unless the block raises.

        Its statements run where they are awaited, at once: nothing can come amid one.
        """
        session = AsyncSession(expire_on_commit=False, info=dict(self._info))
        # As an argument it would have to be a driver that is waited for.
        session.sync_session.bind = self._connection
        with session.sync_session as kept, kept.begin():
            yield session

    def check(self) -> None:
        """Raise if an error in the last deed took the whole transaction with it."""
        if not self._raw.in_transaction:
            raise sqlite3.OperationalError("an error has rolled the transaction back")

    def commit(self) -> None:
        """Make every deed durable; waits for the disk."""
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        """Take every deed back."""
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def close(self) -> None:
        """Close it; what is not committed is gone."""
        self._connection.close()
