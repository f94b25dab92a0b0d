"""A proxy on loopback that fails between us and an engine, in the ways in which networks do."""

import asyncio
import contextlib
import enum
import socket
import struct
from contextlib import asynccontextmanager

_LAST_BYTES = 40


class Fault(enum.StrEnum):
    NONE = "none"
    REFUSE = "refuse"
    HANG = "hang"
    RESET = "reset"
    SLOW = "slow"
    TRUNCATE = "truncate"


class FaultProxy:
    """Hands on what comes, until it is told to fail; connections do not outlive a change."""

    def __init__(self, target):
        self._target = target
        self._fault = Fault.NONE
        self._server = None
        self._open = set()
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def fail(self, fault):
        """From now on every connection fails so; Fault.NONE is recovery."""
        self._fault = fault
        if self._server is not None and fault is Fault.REFUSE:
            self._server.close()
            self._server = None
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._server is None and fault is not Fault.REFUSE:
            await self.listen()

    async def listen(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (asyncio.CancelledError, OSError):
            pass  # the end of a test, or of the other side
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader, writer):
        if self._fault is Fault.RESET:
            await reader.read(1)
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif self._fault is Fault.HANG:
            await asyncio.Event().wait()
        else:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                await _either(_copy(reader, back), self._answer(there, writer))
            finally:
                back.close()

    async def _answer(self, reader, writer):
        if self._fault is Fault.NONE:
            await _copy(reader, writer)
        elif self._fault is Fault.TRUNCATE:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(head + (await reader.read(_LAST_BYTES))[:-1])
            await writer.drain()
        else:
            while byte := await reader.read(1):
                writer.write(byte)
                await writer.drain()
                await asyncio.sleep(0.05)


async def _copy(reader, writer):
    while some := await reader.read(65536):
        writer.write(some)
        await writer.drain()


async def _either(*ways):
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def proxy_to(port):
    """A proxy before a port of loopback."""
    proxy = FaultProxy(port)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.fail(Fault.REFUSE)
