"""/graphql over WebSocket: graphql-transport-ws, every kind of operation."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.errors import RateLimited, Refusal
from resolvers.connections import OPERATIONS_PER_CONNECTION, Connections
from resolvers.websocket_messages import (
    CloseCode,
    Closing,
    Complete,
    ConnectionInit,
    Message,
    Ping,
    Pong,
    Subscribe,
    read_message,
)
from schema.context import Context
from schema.operations.documents import Documents
from schema.operations.execution import Answer
from schema.operations.failures import internal_error, refused
from schema.operations.subscriptions import Answers, run

#: The context of a connection, by what it said in ``Authorization``; may refuse.
SocketContextFor = Callable[[WebSocket, str | None], Awaitable[Context]]

SUBPROTOCOL = "graphql-transport-ws"
_INIT_SECONDS = 5.0
#: Who does not take what is sent for so long is cut off.
_SEND_SECONDS = 10.0
_CLOSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLSocket:
    """The WebSocket door over the documents of one schema.

    An operation, or an event of one, that takes longer than ``seconds`` is stopped. Sessions are
    looked at every ``check_seconds``: one that has ended closes its connection.
    """

    documents: Documents
    context_for: SocketContextFor
    connections: Connections
    seconds: float = 10.0
    check_seconds: float = 2.0

    def route(self) -> WebSocketRoute:
        """The route ``/graphql``."""
        return WebSocketRoute("/graphql", self.serve, name="graphql-socket")

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection from its handshake to its end."""
        with ExitStack() as held:
            try:
                held.enter_context(self.connections.held("websocket", socket))
            except RateLimited as refusal:
                await socket.send_denial_response(Response(refusal.message, 429))
                return
            closing = await _Connection(socket, self, held).serve()
        if closing is not None:
            await _close(socket, closing)


class _Connection:
    """One connection: who is at its other end, and what runs for them."""

    _context: Context
    _tasks: asyncio.TaskGroup

    def __init__(self, socket: WebSocket, door: GraphQLSocket, held: ExitStack) -> None:
        self._socket = socket
        self._door = door
        self._held = held
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> Closing | None:
        """Serve until the end; why we close it, None where the other end has."""
        if SUBPROTOCOL not in self._socket.scope["subprotocols"]:
            await self._socket.accept()
            return Closing(CloseCode.SUBPROTOCOL, "Subprotocol not acceptable")
        try:
            await self._socket.accept(SUBPROTOCOL)
            async with asyncio.TaskGroup() as self._tasks:
                await self._begin()
                self._tasks.create_task(self._watch())
                while True:
                    await self._handle(await self._receive())
        except WebSocketDisconnect:
            return None
        except ExceptionGroup as group:
            return _why(group)

    async def _begin(self) -> None:
        """Learn who it is, in good time."""
        try:
            async with asyncio.timeout(_INIT_SECONDS):
                while not isinstance(message := await self._receive(), ConnectionInit):
                    await self._handle_before_init(message)
                self._context = await self._introduced(message)
        except TimeoutError:
            reason = "Connection initialisation timeout"
            raise Closing(CloseCode.INIT_TIMEOUT, reason) from None
        await self._send("connection_ack")

    async def _introduced(self, message: ConnectionInit) -> Context:
        try:
            context = await self._door.context_for(self._socket, message.authorization)
            self._held.enter_context(self._door.connections.held_by(context.viewer.member_id))
        except RateLimited as refusal:
            raise Closing(CloseCode.TOO_MANY, refusal.message) from None
        except Refusal as refusal:
            raise Closing(CloseCode.FORBIDDEN, refusal.message) from None
        return context

    async def _handle_before_init(self, message: Message) -> None:
        if isinstance(message, Subscribe):
            raise Closing(CloseCode.UNAUTHORIZED, "Unauthorized")
        if isinstance(message, Ping):
            await self._send("pong", payload=message.payload)

    async def _handle(self, message: Message) -> None:
        match message:
            case ConnectionInit():
                raise Closing(CloseCode.TOO_MANY, "Too many initialisation requests")
            case Subscribe():
                await self._start(message)
            case Complete():
                self._stop(message.id)
            case Ping():
                await self._send("pong", payload=message.payload)
            case Pong():
                pass

    async def _start(self, message: Subscribe) -> None:
        if message.id in self._operations:
            reason = f"Subscriber for {message.id} already exists"
            raise Closing(CloseCode.DUPLICATE, reason)
        if len(self._operations) >= OPERATIONS_PER_CONNECTION:
            refusal = RateLimited(f"一个连接同时最多进行 {OPERATIONS_PER_CONNECTION} 个操作")
            await self._send("error", id=message.id, payload=[refused(refusal)])
            return
        self._operations[message.id] = self._tasks.create_task(self._operate(message))

    def _stop(self, operation_id: str) -> None:
        if task := self._operations.pop(operation_id, None):
            task.cancel()

    async def _operate(self, message: Subscribe) -> None:
        door = self._door
        try:
            context = await self._context.renewed()
            done = await run(door.documents, message.request, context, seconds=door.seconds)
        except Refusal as refusal:
            done = {"errors": [refused(refusal)]}
        if isinstance(done, dict):
            await self._answer(message.id, done)
        else:
            with door.connections.subscription():
                await self._answer_all(message.id, done)
        await self._finish(message.id, "complete")

    async def _answer_all(self, operation_id: str, answers: Answers) -> None:
        async with aclosing(answers):
            async for answer in answers:
                await self._answer(operation_id, answer)

    async def _answer(self, operation_id: str, answer: Answer) -> None:
        """Send an answer; one without data is an error, and the operation's end."""
        if "data" in answer:
            await self._send("next", id=operation_id, payload=answer)
        else:
            await self._finish(operation_id, "error", payload=answer["errors"])

    async def _finish(self, operation_id: str, kind: str, **more: Any) -> None:
        """Say that an operation has ended, once; its id may then be used again."""
        if self._operations.pop(operation_id, None) is not None:
            await self._send(kind, id=operation_id, **more)

    async def _watch(self) -> None:
        """Close the connection of a session that has ended, and tell each operation why."""
        while True:
            await asyncio.sleep(self._door.check_seconds)
            try:
                self._context = await self._context.renewed()
            except Refusal as refusal:
                for operation_id in list(self._operations):
                    self._stop(operation_id)
                    await self._send("error", id=operation_id, payload=[refused(refusal)])
                raise Closing(CloseCode.UNAUTHORIZED, refusal.message) from None

    async def _receive(self) -> Message:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        return read_message(message.get("text"))

    async def _send(self, kind: str, **fields: Any) -> None:
        said = {"type": kind, **{name: each for name, each in fields.items() if each is not None}}
        text = orjson.dumps(said).decode()
        try:
            async with asyncio.timeout(_SEND_SECONDS), self._sending:
                await self._socket.send_text(text)
        except TimeoutError:
            raise Closing(CloseCode.POLICY, "Too slow") from None


def _why(group: ExceptionGroup[Exception]) -> Closing | None:
    """The reason of the first that decided to close; a fault of ours is logged."""
    for error in group.exceptions:
        if isinstance(error, Closing):
            return error
    for error in group.exceptions:
        if not isinstance(error, WebSocketDisconnect):
            internal_error(error)
            return Closing(CloseCode.INTERNAL, "Internal error")
    return None


async def _close(socket: WebSocket, closing: Closing) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await socket.close(closing.code, closing.reason)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        # The other end has gone, or takes nothing: there is nobody to tell.
        return
