"""Load on a server of this machine: keep-alive connections that each wait for their answer.

Reads a JSON object from standard input (see :class:`Load`), writes one to standard output.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

_HOST = "127.0.0.1"
_ANSWER_SECONDS = 10
#: No load is longer than this, whoever asks for it.
MAX_SECONDS = 60.0
MAX_REQUESTS = 500_000


@dataclass
class Load:
    """Send ``requests`` in turn, each ``(path, token, body)``, for so many seconds.

    They begin again at their end, until there were ``most``. A request whose body is None is a GET.
    """

    port: int
    connections: int
    seconds: float
    most: int
    requests: list[tuple[str, str, Any]]

    def __post_init__(self) -> None:
        self.seconds = min(self.seconds, MAX_SECONDS)
        self.most = min(self.most, MAX_REQUESTS)
        self._ready = [_written(*request) for request in self.requests]
        self._sent = 0
        self._milliseconds: list[float] = []
        self._errors = 0

    async def run(self) -> dict[str, Any]:
        """Seconds that it took, milliseconds of each good answer, how many were not good."""
        began = time.perf_counter()
        self._until = began + self.seconds
        await asyncio.gather(*(self._connection() for _ in range(self.connections)))
        took = time.perf_counter() - began
        return {"seconds": took, "milliseconds": self._milliseconds, "errors": self._errors}

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection(_HOST, self.port)
        try:
            while self._sent < self.most and time.perf_counter() < self._until:
                self._sent += 1
                await self._request(reader, writer, self._ready[self._sent % len(self._ready)])
        except (OSError, EOFError, TimeoutError):
            # The connection is lost, and with it the rest of its turns.
            self._errors += 1
        finally:
            writer.close()

    async def _request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> None:
        began = time.perf_counter()
        writer.write(request)
        async with asyncio.timeout(_ANSWER_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
        if _is_good(head, body):
            self._milliseconds.append((time.perf_counter() - began) * 1000)
        else:
            self._errors += 1


def _written(path: str, token: str, body: Any) -> bytes:
    sent = b"" if body is None else json.dumps(body).encode()
    head = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        f"Host: {_HOST}",
        f"Authorization: Bearer {token}",
        "Accept: application/json",
    ]
    if sent:
        head += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    return "\r\n".join([*head, "", ""]).encode() + sent


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def _is_good(head: bytes, body: bytes) -> bool:
    """Answered without errors, neither the request's nor those of a payload."""
    return head.startswith(b"HTTP/1.1 200") and b'"errors":[{' not in body


if __name__ == "__main__":
    asked = Load(**json.load(sys.stdin))
    sys.stdout.write(json.dumps(asyncio.run(asked.run())))
