"""A server on a free loopback port for the audits to talk to."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import ASGIApp

from app.main import create_app
from app.settings import Settings


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
