"""The port to the media store: what the platform asks of it, whichever it is."""

from typing import Protocol


class MediaStore(Protocol):
    """Keeps published renditions of pictures and videos by key (``image/ab12/640.webp``)."""

    name: str

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Keep ``data`` under ``key``, replacing what is there at once and whole."""

    def url(self, key: str) -> str:
        """Where a client fetches ``key``; computed without a round trip."""

    async def ready(self) -> bool:
        """Whether the store answers."""
