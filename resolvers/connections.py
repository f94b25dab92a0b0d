"""Connections that stay open: how many there are, and whose."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import HTTPConnection

from app.errors import RateLimited

#: Operations that one connection may have running at a time.
OPERATIONS_PER_CONNECTION = 20


class Connections:
    """What one process holds open, bounded for each address and each member."""

    def __init__(self, *, per_member: int = 20, per_address: int = 1000) -> None:
        self.open: Counter[str] = Counter()
        self.subscriptions = 0
        self._per_member = per_member
        self._per_address = per_address
        self._held: Counter[tuple[str, object]] = Counter()

    @contextmanager
    def held(self, kind: str, connection: HTTPConnection) -> Iterator[None]:
        """Hold a connection open; RATE_LIMITED where its address holds enough."""
        address = connection.client.host if connection.client else ""
        with self._one_of("address", address, self._per_address):
            self.open[kind] += 1
            try:
                yield
            finally:
                self.open[kind] -= 1

    @contextmanager
    def held_by(self, member_id: int | None) -> Iterator[None]:
        """Hold it for a member; RATE_LIMITED where the member holds enough. Nobody may."""
        if member_id is None:
            yield
            return
        with self._one_of("member", member_id, self._per_member):
            yield

    @contextmanager
    def subscription(self) -> Iterator[None]:
        """Run a subscription."""
        self.subscriptions += 1
        try:
            yield
        finally:
            self.subscriptions -= 1

    @contextmanager
    def _one_of(self, what: str, who: object, most: int) -> Iterator[None]:
        if self._held[what, who] >= most:
            raise RateLimited("同时打开的连接过多，请关闭一些再试")
        self._held[what, who] += 1
        try:
            yield
        finally:
            self._held[what, who] -= 1
            if not self._held[what, who]:
                del self._held[what, who]
