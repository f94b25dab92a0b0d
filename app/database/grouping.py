"""Grouped commits: deeds take turns in one transaction of SQLite's, and wait for one commit."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncSession

from app.database.savepoints import WriteConnection

#: A group ends when nobody waits any more, or at one of these bounds.
GROUP_DEEDS = 64
GROUP_SECONDS = 0.02


class _Deed:
    """A caller's turn: when it comes, and how it ends."""

    def __init__(self, *, alone: bool) -> None:
        loop = asyncio.get_running_loop()
        self.alone = alone
        #: What it comes to is done when the deed is durable.
        self.turn: asyncio.Future[asyncio.Future[None]] = loop.create_future()
        #: Whether something is to be kept.
        self.over: asyncio.Future[bool] = loop.create_future()

    async def run(self, durable: asyncio.Future[None]) -> bool:
        """Give the turn; answers at its end whether something is to be kept."""
        # Whoever was cancelled while waiting has left already.
        if not self.turn.done():
            self.turn.set_result(durable)
        return await self.over

    def refuse(self, error: Exception) -> None:
        """Tell that the turn will not come."""
        if not self.turn.done():
            self.turn.set_exception(error)


class GroupedWriter:
    """Runs deeds one after another and commits them in groups.

    A commit waits for the disk (``synchronous=FULL``); those who ask for a turn meanwhile are the
    next group. A deed returns when its group is durable. One that raises takes back what it wrote
    alone; a commit that fails fails everyone of its group. ``committed`` is called in the loop
    after each commit.

    Deeds run on the event loop: a keyed write takes some microseconds, less than a hop to a thread
    and back. What waits for others or for the disk, BEGIN and COMMIT, runs in a thread.
    """

    def __init__(self, connection: WriteConnection, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._committed = committed
        self._waiting: deque[_Deed] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-write")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose writes are durable once the block has ended without raising."""
        async with self._turn():
            with self._connection.deed() as session:
                yield session

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A turn while no group is open, for a transaction on another connection."""
        async with self._turn(alone=True):
            yield

    async def close(self) -> None:
        """Let those who wait finish, and close the connection."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()
        self._connection.close()

    @asynccontextmanager
    async def _turn(self, *, alone: bool = False) -> AsyncIterator[None]:
        deed, kept = _Deed(alone=alone), False
        self._waiting.append(deed)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        try:
            durable = await deed.turn
            yield
            kept = True
        finally:
            deed.over.set_result(kept)
        # Others wait for the same: a caller that is cancelled must not cancel it.
        await asyncio.shield(durable)

    async def _write(self) -> None:
        """Serve those who wait, in their order, until nobody does."""
        try:
            while self._waiting:
                if self._waiting[0].alone:
                    await self._run_alone(self._waiting.popleft())
                else:
                    await self._run_group()
        finally:
            self._writing = None

    async def _run_alone(self, deed: _Deed) -> None:
        durable = asyncio.get_running_loop().create_future()
        # Whoever is alone commits by itself.
        durable.set_result(None)
        await deed.run(durable)

    async def _run_group(self) -> None:
        try:
            await self._in_thread(self._connection.begin)
        except Exception as error:  # noqa: BLE001  whatever it is, those who wait learn of it
            for deed in self._group():
                deed.refuse(error)
            return
        loop = asyncio.get_running_loop()
        durable = loop.create_future()
        try:
            kept = [await self._run(deed, durable) for deed in self._group()]
            await self._in_thread(self._connection.commit)
        except Exception as error:  # noqa: BLE001  as above
            durable.set_exception(error)
            # Perhaps everyone was cancelled, and nobody asks for it.
            durable.exception()
            # If even this fails, the beginning of the next group tries again.
            with suppress(sqlite3.Error):
                await self._in_thread(self._connection.rollback)
        else:
            if any(kept):
                # Before anyone returns; what it raises is the loop's to tell.
                loop.call_soon(self._committed)
            durable.set_result(None)

    async def _run(self, deed: _Deed, durable: asyncio.Future[None]) -> bool:
        kept = await deed.run(durable)
        self._connection.check()
        return kept

    def _group(self) -> Iterator[_Deed]:
        """Whoever waits and those behind, until nobody waits any more or up to a bound."""
        until = time.monotonic() + GROUP_SECONDS
        for _ in range(GROUP_DEEDS):
            yield self._waiting.popleft()
            if not self._waiting or self._waiting[0].alone or time.monotonic() >= until:
                return

    async def _in_thread(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work)
