"""Announcements: what just changed, told to whoever listens once it is committed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

#: UTF-8 bytes of one announcement: PostgreSQL passes on less than 8,000.
LARGEST = 7_900

_MADE = "announcements"
_HINTED = "hints"
_WAITING = 100


class Announcement(NamedTuple):
    """Something happened to ``topic``; ``payload`` carries ids, never what a row says."""

    topic: str
    payload: str = ""

    def __str__(self) -> str:
        return f"{self.topic} {self.payload}"

    @classmethod
    def read(cls, text: str) -> "Announcement":
        """What ``str()`` wrote."""
        topic, _, payload = text.partition(" ")
        return cls(topic, payload)


#: Told instead of what could not be: look again, whatever the topic is.
MISSED = Announcement("")


def announce(session: AsyncSession, topic: str, payload: str = "") -> None:
    """Tell ``topic``'s listeners in every process; heard if and only if the session commits."""
    _keep(session, _MADE, Announcement(topic, payload))


def hint(session: AsyncSession, topic: str) -> None:
    """Tell ``topic``'s listeners soon after the session commits, unless the process dies first.

    For what changes often and is looked at again anyway, like counters: PostgreSQL has transactions
    that announce wait for one another, but not those that hint.
    """
    _keep(session, _HINTED, Announcement(topic))


class Listener:
    """What was announced to some topics and not yet heard, at most a hundred.

    Of more, all is dropped and ``MISSED`` is told: who is slow looks again. ``told_at`` is when the
    last one came, by the loop's clock: a read begun after it sees what was announced.
    """

    def __init__(self) -> None:
        self.told_at = 0.0
        self._waiting: deque[Announcement] = deque()
        self._woken = asyncio.Event()

    def tell(self, made: Announcement) -> None:
        """Keep an announcement until it is heard."""
        if len(self._waiting) >= _WAITING:
            self._waiting.clear()
            made = MISSED
        self._waiting.append(made)
        self.told_at = asyncio.get_running_loop().time()
        self._woken.set()

    async def heard(self, seconds: float | None = None) -> list[Announcement]:
        """All that came since the last call, waiting for the first; nothing after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return []
        self._woken.clear()
        made = list(self._waiting)
        self._waiting.clear()
        return made


class Wire(Protocol):
    """What carries announcements between processes; whatever is sent comes back to the sender."""

    async def open(self) -> None:
        """Begin to hear, unless it does."""

    async def send(self, session: AsyncSession, texts: Sequence[str]) -> None:
        """Have ``texts`` heard by all if the session commits."""

    def send_soon(self, texts: Iterable[str]) -> None:
        """Have ``texts`` heard by all within moments, if nothing goes wrong."""

    async def close(self) -> None:
        """Hear no more."""


class Announcements:
    """The listeners of one process, and the way to them: in memory, or by a ``Wire``."""

    def __init__(self, wire: Callable[["Announcements"], Wire] | None = None) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._wire = wire(self) if wire else None

    def __len__(self) -> int:
        return len({listener for some in self._listeners.values() for listener in some})

    @asynccontextmanager
    async def listening(self, topics: Sequence[str]) -> AsyncIterator[Listener]:
        """Hear ``topics`` until the block ends: all that commits after it has begun."""
        if self._wire is not None:
            await self._wire.open()
        listener = Listener()
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(listener)
        try:
            yield listener
        finally:
            for topic in topics:
                self._leave(topic, listener)

    def tell(self, made: Announcement) -> None:
        """Tell an announcement to this process's listeners."""
        for listener in self._listeners.get(made.topic, ()):
            listener.tell(made)

    def tell_missed(self) -> None:
        """Tell every listener of this process to look again."""
        for listener in {one for some in self._listeners.values() for one in some}:
            listener.tell(MISSED)

    async def before_commit(self, session: AsyncSession) -> None:
        """Put what the session announces into its transaction, where a wire carries it."""
        if self._wire is not None and (made := session.info.get(_MADE)):
            await self._wire.send(session, [str(one) for one in made])

    def after_commit(self, session: AsyncSession) -> None:
        """Tell what the session announced and hinted at."""
        hints = session.info.get(_HINTED, ())
        if self._wire is not None:
            self._wire.send_soon(str(one) for one in hints)
            return
        for one in (*session.info.get(_MADE, ()), *hints):
            self.tell(one)

    async def close(self) -> None:
        """Hear no more from other processes."""
        if self._wire is not None:
            await self._wire.close()

    def _leave(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]


def _keep(session: AsyncSession, name: str, made: Announcement) -> None:
    if not made.topic or " " in made.topic or len(str(made).encode()) > LARGEST:
        raise ValueError("a topic is one word, and an announcement carries ids only")
    # Said twice in one transaction is said once; the order stays.
    session.info.setdefault(name, {})[made] = None
