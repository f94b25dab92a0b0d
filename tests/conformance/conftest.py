"""A server on a free loopback port for the audits to talk to, and the programs that do."""

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp

from app.main import create_app
from app.settings import Settings

HERE = Path(__file__).parent
_PACKAGES = ("graphql-http", "graphql-sse", "graphql-ws", "ws")


@pytest.fixture(scope="session")
def node() -> Callable[[str], list[str]]:
    """The command that runs one of our scripts, with the packages that they need installed."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not all((HERE / "node_modules" / name).exists() for name in _PACKAGES):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    return lambda script: ["node", str(HERE / script)]


@pytest.fixture(scope="session")
def serve() -> Callable[[ASGIApp], contextlib.AbstractContextManager[str]]:
    return serving


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> ASGIApp:
    """The whole application over an empty database of its own."""
    return create_app(Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("conformance")))


@pytest.fixture(scope="session")
def server_url(app: ASGIApp) -> Iterator[str]:
    with serving(app) as url:
        yield url


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application until the block ends; gives its URL without a trailing slash."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server ended before it had started"
        assert time.monotonic() < deadline, "the server did not start in 10 s"
        time.sleep(0.02)
