"""The server that is measured: a process of its own, its processor time, and load on it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from bench import floor, load
from servers import free_port

from app.settings import Settings

_START_SECONDS = 90
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Request:
    """One request; ``body`` None is a GET."""

    path: str
    token: str
    body: Any = None


@dataclass(frozen=True)
class Loaded:
    """What came of a load; ``cpu_seconds`` are the server process's, its threads included."""

    seconds: float
    milliseconds: list[float]
    errors: int
    cpu_seconds: float


class Server:
    """A running server on loopback."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self._port = port

    def wait(self) -> None:
        """Return once it is alive; TimeoutError where it does not come up."""
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self._address}/health").is_success:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def answer(self, request: Request) -> Any:
        """The JSON that answers one request."""
        method = "GET" if request.body is None else "POST"
        headers = {"Authorization": f"Bearer {request.token}"}
        address = f"{self._address}{request.path}"
        return httpx.request(method, address, headers=headers, json=request.body).json()

    def load(
        self, requests: list[Request], connections: int, seconds: float, *, most: int
    ) -> Loaded:
        """Load it from a process of its own, so that the two do not share an interpreter."""
        asked = {
            "port": self._port,
            "connections": connections,
            "seconds": seconds,
            "most": most,
            "requests": [tuple(asdict(request).values()) for request in requests],
        }
        before = self._cpu_seconds()
        done = subprocess.run(
            [sys.executable, load.__file__],
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=True,
            timeout=load.MAX_SECONDS * 2,
        )
        return Loaded(**json.loads(done.stdout), cpu_seconds=self._cpu_seconds() - before)

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _cpu_seconds(self) -> float:
        # The command in parentheses may hold spaces; user and system time are fields 14 and 15.
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """A server of the platform and the floor; ended when the block ends."""
    port = free_port()
    environment = {
        "ENVIRONMENT": "production",
        "LOG_FORMAT": "json",
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database,
    }
    with (settings.data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, floor.__file__, str(port)],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
        try:
            server = Server(process, port)
            server.wait()
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
