"""The embedded store: files under one directory, served by this process."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from app.uploads.parts import Part
from media import keys, local_parts
from media.port import Ticket
from media.receiving import receive
from media.signing import LINK_SECONDS, Links, is_signed, signature


class LocalStore:
    """Keeps each key as a file below ``root``; ``base_url`` is where they are served.

    ``signing_key`` signs the links to what is closed, and the tickets of uploads.
    """

    name = "local"

    def __init__(self, root: Path, signing_key: bytes, base_url: str = "/media") -> None:
        self.root = root
        self._key = signing_key
        self._base_url = base_url.rstrip("/")
        self._links = Links(self._signed)

    async def put(self, key: str, data: bytes) -> None:
        """Write beside and rename: a reader sees the old bytes or the new ones."""
        await asyncio.to_thread(_beside, self.path(key), lambda path: path.write_bytes(data))

    async def put_file(self, key: str, path: Path) -> None:
        """Copy beside and rename."""
        await asyncio.to_thread(_beside, self.path(key), lambda beside: shutil.copy(path, beside))

    async def read(self, key: str) -> bytes | None:
        """A small file's bytes."""
        path = self.path(key)
        return await asyncio.to_thread(path.read_bytes) if path.is_file() else None

    async def size(self, key: str) -> int | None:
        """A file's size."""
        path = self.path(key)
        return path.stat().st_size if path.is_file() else None

    async def fetch(self, key: str, path: Path) -> bool:
        """Copy a file out: what the client may still send does not change what is looked at."""
        source = self.path(key)
        if not source.is_file():
            return False
        await asyncio.to_thread(shutil.copy, source, path)
        return True

    async def copy(self, folder: str, to: str) -> None:
        """Link each file once more: a copy takes no room."""
        await asyncio.to_thread(_link_all, self._folder(folder), self._folder(to))

    async def delete(self, key: str) -> None:
        """Delete a file or a folder."""
        if keys.is_folder(key):
            await asyncio.to_thread(shutil.rmtree, self._folder(key), ignore_errors=True)
        else:
            self.path(key).unlink(missing_ok=True)

    async def sweep(self, before: datetime) -> int:
        """Delete what has lain in quarantine since ``before``, halves of it included."""
        return await asyncio.to_thread(_sweep, self.root / keys.QUARANTINE, before.timestamp())

    def url(self, key: str) -> str:
        """The path at which :mod:`media.serving` serves the file."""
        if not keys.is_closed(key):
            return f"{self._base_url}/{key}"
        return self._links.to(key)

    def ticket(self, key: str, content_type: str, size: int, *, until: datetime) -> Ticket:
        """A signed address that takes the file by PUT."""
        ends = int(until.timestamp())
        said = {"size": size, "type": content_type, "until": ends}
        query = urlencode({**said, "signature": self._sign("put", key, content_type, size, ends)})
        headers = {"Content-Type": content_type}
        return Ticket(f"{self._base_url}/{key}?{query}", "PUT", headers, {})

    def may_get(self, key: str, until: int, given: str) -> bool:
        """Whether a link to a closed object is ours, and still good."""
        return is_signed(self._key, given, until, "get", key)

    def may_put(self, key: str, content_type: str, size: int, *, until: int, given: str) -> bool:
        """Whether a ticket is ours, and still good."""
        return is_signed(self._key, given, until, "put", key, content_type, size)

    def may_put_part(self, key: str, part: Part, *, until: int, given: str) -> bool:
        """Whether the address of a part is ours, and still good."""
        return is_signed(self._key, given, until, "part", key, *part)

    async def receive(
        self, key: str, chunks: AsyncIterator[bytes], size: int, *, md5: bytes | None = None
    ) -> None:
        """Write an upload as it arrives; unless it is what was announced, nothing is kept."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        await receive(path, chunks, size, md5=md5)

    async def receive_part(
        self, key: str, part: Part, chunks: AsyncIterator[bytes], *, md5: bytes | None = None
    ) -> None:
        """Write a part as it arrives, as :meth:`receive`; FileNotFoundError once it is too late."""
        await receive(local_parts.path(self.path(key), part.number), chunks, part.size, md5=md5)

    async def begin_parts(self, key: str, content_type: str) -> str:
        """Make a folder for them; files need no other name."""
        await asyncio.to_thread(local_parts.begin, self.path(key))
        return self.name

    def part_url(self, key: str, multipart: str, part: Part, *, until: datetime) -> str:
        """A signed address that takes one part by PUT."""
        ends = int(until.timestamp())
        query = {"part": part.number, "size": part.size, "until": ends}
        given = self._sign("part", key, *part, ends)
        return f"{self._base_url}/{key}?{urlencode({**query, 'signature': given})}"

    async def received(self, key: str, multipart: str) -> Mapping[int, int]:
        """The files of the folder."""
        return await asyncio.to_thread(local_parts.received, self.path(key))

    async def join_parts(self, key: str, multipart: str, parts: Sequence[Part]) -> bool:
        """Copy them one behind the other."""
        return await asyncio.to_thread(local_parts.join, self.path(key), parts)

    async def drop_parts(self, key: str, multipart: str) -> None:
        """Delete the folder."""
        await asyncio.to_thread(local_parts.drop, self.path(key))

    async def prepare(self) -> None:
        """Make the directory."""
        (self.root / keys.QUARANTINE).mkdir(parents=True, exist_ok=True)

    async def ready(self) -> bool:
        """Whether the directory can be written."""
        await self.prepare()
        return os.access(self.root, os.W_OK)

    def path(self, key: str) -> Path:
        """The file of ``key``; a key that is none of ours is a ValueError, never another path."""
        if not keys.is_published(key) and not keys.is_quarantined(key):
            raise ValueError("not a media key")
        return self.root / key

    def _folder(self, key: str) -> Path:
        if not keys.is_folder(key):
            raise ValueError("not a media folder")
        return self.root / key

    def _signed(self, key: str, start: int) -> str:
        until = start + LINK_SECONDS
        return f"{self._base_url}/{key}?until={until}&signature={self._sign('get', key, until)}"

    def _sign(self, *parts: object) -> str:
        return signature(self._key, *parts)


def _beside(path: Path, write: Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    os.close(descriptor)
    write(Path(name))
    Path(name).replace(path)


def _link_all(folder: Path, to: Path) -> None:
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        target = to / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.hardlink_to(path)


def _sweep(folder: Path, before: float) -> int:
    old = [path for path in folder.glob("*") if path.stat().st_mtime < before]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)
