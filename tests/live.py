"""Subscriptions in tests: streams in process, and a server on loopback to talk to."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from group import viewer_of
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.auth import Tokens
from app.database import Database
from app.database.columns import now
from app.main import _routes
from app.members.models import Member
from app.members.sessions import Sessions
from app.settings import Settings
from app.visibility import NOBODY
from media.local import LocalStore
from resolvers.connections import Connections
from resolvers.root import graph
from schema.context import Context, Platform
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest
from schema.operations.limits import Limits
from schema.operations.subscriptions import run
from search.port import SearchEngine

SUBPROTOCOL = "graphql-transport-ws"
_documents = Documents(graph, Limits())


def platform_on(database: Database, search: SearchEngine, folder: Path) -> Platform:
    """Another process's platform."""
    return Platform(
        settings=Settings(_env_file=None, data_dir=folder),
        database=database,
        search=search,
        media=LocalStore(folder / "media", b"a key of 32 bytes to sign links"),
        sessions=Sessions(database, Tokens(b"a signing key of 32 bytes, for us")),
    )


def impatient(platform: Platform, seconds: float = 0.05) -> Platform:
    """The platform, looking at sessions and audiences every ``seconds``."""
    settings = platform.settings.model_copy(update={"live_check_seconds": seconds})
    return replace(platform, settings=settings)


def waiting(database: Database) -> int:
    """How many subscriptions have looked, and wait for the next announcement."""
    topics = database.announcements._listeners.values()
    return sum(bool(one._woken._waiters) for one in {one for some in topics for one in some})


async def hints_are_out(database: Database) -> None:
    """Wait until what was hinted before is no news any more."""
    wire = database.announcements._wire
    while wire is not None and wire._sending is not None:
        await asyncio.sleep(0.005)


class Clock:
    """Time that begins when it is first asked for, so that a slow machine misses nothing."""

    def __init__(self) -> None:
        self.start = now()
        self._begun: float | None = None

    def __call__(self) -> datetime:
        self._begun = self._begun or time.monotonic()
        return self.start + timedelta(seconds=time.monotonic() - self._begun)


class Stream:
    """The answers of one subscription; ``await stream()`` is the next, in good time."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers
        self._next: asyncio.Task[Any] | None = None

    async def __call__(self) -> Any:
        task, self._next = self._next or self._ask(), None
        async with asyncio.timeout(10):
            return await task

    async def is_silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for so long; what does come is the next answer."""
        self._next = self._next or self._ask()
        done, _ = await asyncio.wait([self._next], timeout=seconds)
        return not done

    async def begin(self, platform: Platform) -> None:
        """Let the subscription look once, and then listen."""
        before = waiting(platform.database)
        self._next = self._ask()
        async with asyncio.timeout(10):
            while waiting(platform.database) <= before and not self._next.done():
                await asyncio.sleep(0.005)

    async def end(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])

    def _ask(self) -> asyncio.Task[Any]:
        return asyncio.ensure_future(anext(self._answers))


@asynccontextmanager
async def subscribed(
    platform: Platform, query: str, member: Member | None = None, **variables: Any
) -> AsyncIterator[Stream]:
    """A subscription that listens; ``member`` asks it, or nobody."""
    viewer = NOBODY if member is None else await viewer_of(platform.database, member)
    await hints_are_out(platform.database)
    request = GraphQLRequest(query, variables=variables)
    answers = await run(_documents, request, Context(platform, viewer))
    assert not isinstance(answers, dict), answers
    async with aclosing(answers):
        stream = Stream(answers)
        await stream.begin(platform)
        try:
            yield stream
        finally:
            await stream.end()


class Server:
    """The platform served on loopback."""

    def __init__(self, platform: Platform, connections: Connections, port: int) -> None:
        self.platform = platform
        self.connections = connections
        self.address = f"127.0.0.1:{port}"

    def token(self, session_id: int) -> str:
        return f"Bearer {self.platform.sessions._tokens.access(session_id)}"

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://{self.address}", timeout=10)

    @asynccontextmanager
    async def socket(self, **named: Any) -> AsyncIterator["Socket"]:
        """A connection before its introduction."""
        named = {"subprotocols": [SUBPROTOCOL], "compression": None} | named
        async with connect(f"ws://{self.address}/graphql", **named) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def introduced(self, session_id: int | None = None) -> AsyncIterator["Socket"]:
        async with self.socket() as client:
            payload = {} if session_id is None else {"Authorization": self.token(session_id)}
            await client.send("connection_init", payload=payload)
            assert await client.heard() == {"type": "connection_ack"}
            yield client

    async def until(self, holds: Any) -> None:
        """Wait until ``holds()``."""
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.01)


class Socket:
    """What a client says and hears."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def subscribe(self, operation_id: str, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send("subscribe", id=operation_id, payload=payload)

    async def heard(self) -> Any:
        async with asyncio.timeout(10):
            return json.loads(await self.connection.recv())

    async def closed(self) -> tuple[int, str]:
        """Why the server closed; whatever it said before is passed over."""
        async with asyncio.timeout(10):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def serving(
    platform: Platform, *, per_member: int = 20, per_address: int = 100
) -> AsyncIterator[Server]:
    """Serve the whole API until the block ends."""
    connections = Connections(per_member=per_member, per_address=per_address)
    app = Starlette(routes=_routes(platform.settings, _documents, connections))
    app.state.platform = platform
    config = uvicorn.Config(
        app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, ws_ping_interval=None
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield Server(platform, connections, listener.getsockname()[1])
        finally:
            server.should_exit = True
            await task
