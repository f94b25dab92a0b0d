"""The port to the media store: what the platform asks of it, whichever it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from app.uploads.parts import Part


class Ticket(NamedTuple):
    """How a client sends the bytes of one upload straight to the store.

    ``method`` PUT: the body is the file, with ``headers``. POST: a form of ``fields`` and, last,
    the file as ``file``.
    """

    url: str
    method: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]


class MediaStore(Protocol):
    """Keeps objects by key; an asset is a folder of them (``image/ab12/640.webp``).

    Keys are those of :mod:`media.keys`. Making links is arithmetic, never a round trip. A store
    that fails raises OSError.
    """

    name: str

    async def put(self, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``, replacing what is there at once and whole."""

    async def put_file(self, key: str, path: Path) -> None:
        """Keep a local file under ``key``, as :meth:`put`."""

    async def read(self, key: str) -> bytes | None:
        """A small object's bytes, None where there is none."""

    async def size(self, key: str) -> int | None:
        """An object's bytes in number, None where there is none."""

    async def fetch(self, key: str, path: Path) -> bool:
        """Bring an object to a local file; False where there is none."""

    async def copy(self, folder: str, to: str) -> None:
        """Have every object of one folder in another as well."""

    async def delete(self, key: str) -> None:
        """Delete an object, or every object of a folder; nothing there is no error."""

    async def sweep(self, before: datetime) -> int:
        """Delete what has lain in quarantine since ``before``; answers how many objects."""

    def url(self, key: str) -> str:
        """Where a client fetches ``key``: for ever, or, where it is closed, for some minutes."""

    def ticket(self, key: str, content_type: str, size: int, *, until: datetime) -> Ticket:
        """Leave to send just ``size`` bytes of ``content_type`` to ``key``, until then."""

    async def begin_parts(self, key: str, content_type: str) -> str:
        """Begin an object that comes in parts; answers what the store calls them, ``multipart``."""

    def part_url(self, key: str, multipart: str, part: Part, *, until: datetime) -> str:
        """Where just the bytes of one part are put, until then; again replaces them."""

    async def received(self, key: str, multipart: str) -> Mapping[int, int]:
        """The bytes of each part that has come whole, by number; none once they are joined."""

    async def join_parts(self, key: str, multipart: str, parts: Sequence[Part]) -> bool:
        """Make the object of its parts; False where one misses. Doing it again changes nothing."""

    async def drop_parts(self, key: str, multipart: str) -> None:
        """Forget parts that were not joined; nothing there is no error."""

    async def prepare(self) -> None:
        """Make the store fit for use: its place and its rules. Doing it again changes nothing."""

    async def ready(self) -> bool:
        """Whether the store answers."""
