"""A port on loopback that leads to a server, to nothing, or nowhere: it refuses, or it hangs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Forwarder:
    """``await open()`` leads to ``port`` of this machine; ``close()`` refuses; ``hang()`` hangs."""

    def __init__(self, port: int, to: int | None = None) -> None:
        self.port = port
        self._to = to
        self._server: asyncio.Server | None = None
        self._at_work: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        await self._serve(self._forward)

    async def hang(self) -> None:
        await self._serve(self._dawdle)

    async def close(self) -> None:
        """Refuse whoever comes, and break what is on its way."""
        if self._server is not None:
            self._server.close()
            for task in self._at_work:
                task.cancel()
            await asyncio.gather(*self._at_work, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, serve) -> None:
        await self.close()

        async def one(reader, writer):
            task = asyncio.current_task()
            self._at_work.add(task)
            try:
                # Streams take a handler that was cancelled for a failure.
                with contextlib.suppress(asyncio.CancelledError):
                    await serve(reader, writer)
            finally:
                self._at_work.discard(task)
                writer.close()

        self._server = await asyncio.start_server(one, "127.0.0.1", self.port)

    async def _dawdle(self, reader, writer) -> None:
        await asyncio.Event().wait()

    async def _forward(self, reader, writer) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        finally:
            back.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


@asynccontextmanager
async def forwarder(port: int, to: int | None = None) -> AsyncIterator[Forwarder]:
    """A forwarder that refuses until it is told otherwise."""
    made = Forwarder(port, to)
    try:
        yield made
    finally:
        await made.close()
