"""Real servers for tests: named by the environment, else started on loopback and ended here."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg

_PLENTY = 2**30


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Ports that differ: none is given back before the last was asked for."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def postgres_binaries() -> Path | None:
    """Where initdb and pg_ctl are: on PATH, or where Debian keeps them."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def memory() -> Path | None:
    """Where files cost no disk, if there is plenty of it: databases are made by the hundred."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK | os.X_OK) or shutil.disk_usage(folder).free < _PLENTY:
        return None
    return folder


@contextmanager
def postgres(folder: Path | None = None) -> Iterator[str]:
    """A PostgreSQL of this run's own, in the folder; yields the URL of its maintenance database."""
    binaries = postgres_binaries()
    assert binaries is not None
    # PostgreSQL refuses to run as root.
    unprivileged = ["runuser", "-u", _nobody(), "--"] if os.geteuid() == 0 else []
    data = Path(tempfile.mkdtemp(prefix="dangjian-pg-", dir=folder))
    if unprivileged:
        shutil.chown(data, _nobody())
    port = free_port()
    run = [*unprivileged, str(binaries / "pg_ctl"), "-D", str(data / "db"), "-w"]
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        init = ["-o", "-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync"]
        subprocess.run([*run, *init, "init"], check=True, capture_output=True, cwd=data)
        log = ["-l", str(data / "log")]
        subprocess.run(
            [*run, *log, "-o", options, "start"], check=True, cwd=data, stdout=subprocess.DEVNULL
        )
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*run, "-m", "immediate", "stop"], check=False, cwd=data, capture_output=True
        )
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def meilisearch(path: str) -> Iterator[tuple[str, str]]:
    """A Meilisearch of this run's own; yields its URL and its master key."""
    data = Path(tempfile.mkdtemp(prefix="dangjian-meili-"))
    port, key = free_port(), uuid.uuid4().hex
    command = [path, "--no-analytics", "--env", "development", "--db-path", str(data / "db")]
    command += ["--http-addr", f"127.0.0.1:{port}", "--master-key", key]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=data, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health", process)
        yield url, key
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def server_database(server: str, name: str) -> str:
    """The application's URL of another database on the server."""
    return server.replace("postgresql://", "postgresql+asyncpg://").rpartition("/")[0] + f"/{name}"


async def create_database(server: str, template: str = "template0") -> str:
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server)
    try:
        # Copying the files takes half the time of writing them through the log, its default.
        strategy = " STRATEGY FILE_COPY" if connection.get_server_version().major >= 15 else ""
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{strategy}')
    finally:
        await connection.close()
    return name


async def drop_database(server: str, name: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


def _nobody() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
