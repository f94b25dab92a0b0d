"""Small real pictures, good and hostile, made where they are needed."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = {0: b"\2\3\0\0", 1: "N", 2: (31.0, 13.0, 49.9), 3: "E", 4: (121.0, 28.0, 25.0)}


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), (200, 30, 30))
    made.paste((30, 30, 200), (width // 2, 0, width, height))
    return made


def encoded(made: Image.Image, form: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, form, **more)
    return out.getvalue()


def phone_picture(width: int = 60, height: int = 40) -> bytes:
    """A JPEG that lies on its side, and tells where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "某某手机"
    exif.get_ifd(0x8825).update(GPS)
    return encoded(picture(width, height), exif=exif.tobytes())


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header says that it is large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def frames(count: int, form: str, **more: Any) -> bytes:
    """An animation of ``count`` tiny frames."""
    each = [Image.new("P", (2, 2), number % 2) for number in range(count)]
    return encoded(each[0], form, save_all=True, append_images=each[1:], **more)
