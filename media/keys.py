"""What objects are called, and what their names say: who may fetch them, and as what they are."""

import re
from pathlib import PurePosixPath

#: Objects below this are fetched by signed URLs only; all others by anybody, for ever.
CLOSED = "closed/"
#: Where the bytes of uploads lie until they are looked at. Nobody fetches them.
QUARANTINE = "quarantine/"

# Our own table: what an object is called decides how it is served, never what an uploader said.
_TYPES = {
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt; charset=utf-8",
}
_PUBLISHED = re.compile(r"[a-z0-9]+(?:/[a-z0-9]+)*\.(?:webp|mp4|m3u8|ts|vtt)")
_QUARANTINED = re.compile(r"quarantine/[0-9a-f]{32}")
_FOLDER = re.compile(r"[a-z0-9]+(?:/[a-z0-9]+)+")


def is_published(key: str) -> bool:
    """Whether ``key`` names something that is served."""
    return _PUBLISHED.fullmatch(key) is not None and not key.startswith(QUARANTINE)


def is_quarantined(key: str) -> bool:
    """Whether ``key`` names the bytes of an upload."""
    return _QUARANTINED.fullmatch(key) is not None


def is_folder(key: str) -> bool:
    """Whether ``key`` names all objects of one asset (``image/ab12``)."""
    return _FOLDER.fullmatch(key) is not None and not key.startswith(QUARANTINE)


def content_type(key: str) -> str:
    """The type as which ``key`` is served; a key that is none of ours is a ValueError."""
    if not is_published(key):
        raise ValueError("not a media key")
    return _TYPES[PurePosixPath(key).suffix]


def is_closed(key: str) -> bool:
    """Whether ``key`` is fetched by signed URLs only."""
    return key.startswith(CLOSED)


def closed(key: str) -> str:
    """The closed form of an asset's key, which is where its objects are always kept."""
    return key if is_closed(key) else CLOSED + key


def opened(key: str) -> str:
    """The open form of an asset's key, where copies lie while something public shows it."""
    return key.removeprefix(CLOSED)
