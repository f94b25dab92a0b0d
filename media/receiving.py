"""Bytes that arrive over HTTP, written to a file that is there whole or not at all."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path


class NotAsAnnounced(Exception):  # noqa: N818  what was sent is not what was announced
    """More, fewer or other bytes came than was said."""


async def receive(
    path: Path, chunks: AsyncIterator[bytes], size: int, *, md5: bytes | None = None
) -> None:
    """Write what comes beside, and rename; NotAsAnnounced unless it is just ``size`` bytes.

    ``md5`` is their digest, where the sender told it (RFC 1864).
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    beside, came = Path(name), 0
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with os.fdopen(descriptor, "wb") as file:
            async for chunk in chunks:
                came += len(chunk)
                if came > size:
                    raise NotAsAnnounced
                await asyncio.to_thread(file.write, chunk)
                if md5 is not None:
                    digest.update(chunk)
        if came != size or (md5 is not None and digest.digest() != md5):
            raise NotAsAnnounced
        await asyncio.to_thread(beside.replace, path)
    finally:
        await asyncio.to_thread(beside.unlink, missing_ok=True)
