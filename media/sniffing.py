"""What a file is by its first bytes, whatever its name and its sender say."""

import enum
from pathlib import Path

_BOX = slice(4, 8)
_BRAND = slice(8, 12)
_PICTURE_BRANDS = frozenset(
    {b"avif", b"heic", b"heix", b"heim", b"heis", b"mif1", b"miaf", b"msf1"}
)


class Kind(enum.Enum):
    """The three that are taken; the videos by how they are contained."""

    PICTURE = "picture"
    MOV = "mov"
    MATROSKA = "matroska"


def kind_of(path: Path) -> Kind | None:
    """Tell a picture (JPEG, PNG, WebP, AVIF, HEIC) from MP4/MOV and WebM; None for all else."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return Kind.PICTURE
    if head.startswith(b"RIFF") and head[_BRAND] == b"WEBP":
        return Kind.PICTURE
    if head[_BOX] == b"ftyp":
        return Kind.PICTURE if head[_BRAND] in _PICTURE_BRANDS else Kind.MOV
    # The first boxes of QuickTime films that bear no brand.
    if head[_BOX] in {b"moov", b"mdat", b"wide", b"free"}:
        return Kind.MOV
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return Kind.MATROSKA
    return None
