"""Real S3 servers for tests: named by the environment, else started on loopback and ended here."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from servers import free_port, free_ports

from media.s3 import S3Access, S3Store

SIGNING_KEY = b"a signing key of 32 bytes, for us"

_SECONDS = 30
_KEY, _SECRET = "tester-key", "tester-secret"
_ACTIONS = ["Admin", "Read", "Write", "List", "Tagging"]


def named() -> S3Access | None:
    """The server that TEST_S3_ENDPOINT names."""
    if not (endpoint := os.environ.get("TEST_S3_ENDPOINT")):
        return None
    key, secret = os.environ["TEST_S3_ACCESS_KEY"], os.environ["TEST_S3_SECRET_KEY"]
    bucket = os.environ.get("TEST_S3_BUCKET", "dangjian-test")
    return S3Access(endpoint, endpoint, bucket, key, secret)


def program(name: str) -> str | None:
    """Where a server's program is: beside this Python, or on PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


@contextmanager
def seaweed(path: str) -> Iterator[S3Access]:
    """A SeaweedFS of this run's own."""
    with tempfile.TemporaryDirectory(prefix="dangjian-weed-") as folder:
        config = Path(folder) / "s3.json"
        credentials = [{"accessKey": _KEY, "secretKey": _SECRET}]
        identity = {"name": "tester", "credentials": credentials, "actions": _ACTIONS}
        config.write_text(json.dumps({"identities": [identity]}))
        parts = [f"{name}.port" for name in ("master", "volume", "filer", "s3")]
        names = [*parts, *(f"{part}.grpc" for part in parts)]
        chosen = dict(zip(names, free_ports(len(names)), strict=True))
        ports = [f"-{name}={port}" for name, port in chosen.items()]
        # What else it would open, at the same port for every run on the machine.
        ports += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
        command = [path, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports]
        command += ["-master.volumeSizeLimitMB=64", "-s3", f"-s3.config={config}"]
        with _running(command, folder, {}):
            yield _answering(chosen["s3.port"])


@contextmanager
def minio(path: str) -> Iterator[S3Access]:
    """A MinIO of this run's own."""
    with tempfile.TemporaryDirectory(prefix="dangjian-minio-") as folder:
        port = free_port()
        login = {"MINIO_ROOT_USER": _KEY, "MINIO_ROOT_PASSWORD": _SECRET}
        with _running([path, "server", folder, "--address", f"127.0.0.1:{port}"], folder, login):
            yield _answering(port)


@contextmanager
def _running(command: list[str], folder: str, environment: dict[str, str]) -> Iterator[None]:
    with (Path(folder) / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **environment}
        )
    try:
        yield
    finally:
        server.kill()
        server.wait()


def _answering(port: int) -> S3Access:
    """Wait until the server does more than listen."""
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(address, timeout=2).status_code in {200, 403}:
                return S3Access(address, address, "dangjian-test", _KEY, _SECRET)
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"no S3 at {address} after {_SECONDS} s")


async def prepared(access: S3Access) -> None:
    """A server that has just started may still refuse to make a bucket."""
    async with asyncio.timeout(_SECONDS):
        while True:
            try:
                return await S3Store(access).prepare()
            except OSError:
                await asyncio.sleep(0.2)
