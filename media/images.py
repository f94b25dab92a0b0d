"""Renditions of pictures: WebP at the widths that clients ask for, named by their content."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PIL import Image

from media.blurhash import blurhash

#: The widths that are kept, in pixels; a picture is never enlarged.
WIDTHS = (96, 320, 640, 1280)


class Renditions(NamedTuple):
    """A picture made ready: its key, size, blur, and the bytes of each width."""

    key: str
    width: int
    height: int
    placeholder: str
    by_width: Mapping[int, bytes]


def render(picture: Image.Image, *, quality: int = 80, effort: int = 4) -> Renditions:
    """Scale and encode ``picture`` (RGB); the key is a digest of its pixels.

    ``effort``, 0–6, buys bytes with time: 2 takes a third of the time of 4 for a twentieth more.
    """
    pixels = picture.convert("RGB")
    digest = hashlib.sha256(pixels.tobytes() + repr(pixels.size).encode()).hexdigest()
    widths = sorted({min(width, pixels.width) for width in WIDTHS})
    by_width = {width: _webp(pixels, width, quality=quality, effort=effort) for width in widths}
    key = f"image/{digest[:40]}"
    return Renditions(key, pixels.width, pixels.height, blurhash(pixels), by_width)


def rendition(widths: Sequence[int], wanted: int | None) -> int:
    """The narrowest kept width that fills ``wanted`` pixels; the widest without a wish."""
    wide_enough = [width for width in widths if wanted is not None and width >= wanted]
    return min(wide_enough, default=max(widths))


def rendition_key(key: str, width: int) -> str:
    """Where the store keeps the rendition of ``width`` pixels."""
    return f"{key}/{width}.webp"


def _webp(pixels: Image.Image, width: int, *, quality: int, effort: int) -> bytes:
    height = max(1, round(pixels.height * width / pixels.width))
    scaled = pixels
    if width != pixels.width:
        # Boxes first, as far as nobody sees it: a fraction of the cost for the small ones.
        scaled = pixels.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    encoded = io.BytesIO()
    scaled.save(encoded, "WEBP", quality=quality, method=effort)
    return encoded.getvalue()
