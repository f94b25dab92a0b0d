"""Answers as server-sent events: the distinct connections mode of graphql-sse."""

import asyncio
from contextlib import ExitStack, aclosing

import orjson
from starlette.types import Receive, Scope, Send

from schema.operations.execution import Answer
from schema.operations.subscriptions import Answers

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # Proxies that gather answers would hold events back.
    (b"x-accel-buffering", b"no"),
]
#: A comment now and then keeps proxies from taking silence for the end.
_PULSE_SECONDS = 12.0
#: Who does not take what is sent for so long is cut off.
_SEND_SECONDS = 10.0


class _Gone(Exception):  # noqa: N818  nobody listens any more, which is no error
    """The other end has left, or takes nothing."""


class EventStream:
    """An ASGI answer: an event for each of ``answers``, and one that says they are all.

    What ``held`` holds is let go at the end.
    """

    def __init__(self, answers: Answer | Answers, held: ExitStack) -> None:
        self._answers = answers
        self._held = held
        self._sending = asyncio.Lock()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the answers end or the other end leaves."""
        with self._held:
            try:
                async with asyncio.TaskGroup() as beside:
                    tasks = [
                        beside.create_task(self._pulse(send)),
                        beside.create_task(_until_gone(receive)),
                    ]
                    await self._send_all(send)
                    for task in tasks:
                        task.cancel()
            except* _Gone:
                pass

    async def _send_all(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": _HEADERS}
        await send(start)
        await self._send(send, b":\n\n")
        if isinstance(self._answers, dict):
            await self._send(send, _event(self._answers))
        else:
            async with aclosing(self._answers) as answers:
                async for answer in answers:
                    await self._send(send, _event(answer))
        await self._send(send, b"event: complete\ndata: \n\n", is_last=True)

    async def _pulse(self, send: Send) -> None:
        while True:
            await asyncio.sleep(_PULSE_SECONDS)
            await self._send(send, b":\n\n")

    async def _send(self, send: Send, body: bytes, *, is_last: bool = False) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": not is_last}
        try:
            async with asyncio.timeout(_SEND_SECONDS), self._sending:
                await send(message)
        except TimeoutError:
            raise _Gone from None


def _event(answer: Answer) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise _Gone
