"""The embedded store: files under one directory, served by this process."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

_KEY = re.compile(r"[a-z0-9]+(?:/[a-z0-9]+)*\.(?:webp|mp4|m3u8|ts|vtt)")


class LocalStore:
    """Keeps each key as a file below ``root``; ``base_url`` is where they are served."""

    name = "local"

    def __init__(self, root: Path, base_url: str = "/media") -> None:
        self.root = root
        self._base_url = base_url.rstrip("/")

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write beside and rename: a reader sees the old bytes or the new ones."""
        await asyncio.to_thread(self._write, self.path(key), data)

    def url(self, key: str) -> str:
        """The path at which :mod:`app.main` serves the file."""
        return f"{self._base_url}/{key}"

    async def ready(self) -> bool:
        """Whether the directory can be written."""
        self.root.mkdir(parents=True, exist_ok=True)
        return os.access(self.root, os.W_OK)

    def path(self, key: str) -> Path:
        """The file of ``key``; a key that is none of ours is a ValueError, never another path."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a media key")
        return self.root / key

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as beside:
            beside.write(data)
        Path(beside.name).replace(path)
