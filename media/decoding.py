"""A picture from somewhere, decoded in a process of its own: ``python -m media.decoding``.

Arguments: the file, a folder to write to, and SQUARE or WHOLE. Writes ``<width>.webp`` for each
width and ``made.json``, which tells what was made, or why nothing was.
"""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from media.images import WIDTHS, render

#: A photograph of 40 megapixels is more than phones take; a bomb is far above.
MAX_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
_WHITE = (255, 255, 255)


def main(source: Path, folder: Path, *, square: bool) -> dict[str, Any]:
    """Decode ``source`` and write its renditions; answers what ``made.json`` shall say."""
    try:
        picture = _decode(source, square=square)
    except UnidentifiedImageError:
        return {"refused": "unknown"}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        return {"refused": "unreadable"}
    if picture is None:
        return {"refused": "large"}
    pixels, size = picture
    made = render(pixels)
    for width, data in made.by_width.items():
        (folder / f"{width}.webp").write_bytes(data)
    width, height = size
    return {
        "key": made.key,
        "width": width,
        "height": height,
        "widths": list(made.by_width),
        "placeholder": made.placeholder,
    }


def _decode(source: Path, *, square: bool) -> tuple[Image.Image, tuple[int, int]] | None:
    """The first frame, upright, in sRGB on white, as wide as is kept; None where too large."""
    with Image.open(source, formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            return None
        # JPEG decodes to a fraction of its size at a fraction of the cost.
        size = _upright_size(opened)
        opened.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        opened.load()
        picture = _upright(opened)
    if square:
        side = min(picture.size)
        picture = ImageOps.fit(picture, (side, side))
        size = (min(size), min(size))
    return picture, size


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    return (picture.height, picture.width) if turned else (picture.width, picture.height)


def _upright(picture: Image.Image) -> Image.Image:
    picture.thumbnail((2 * WIDTHS[-1], 2 * WIDTHS[-1]), Image.Resampling.BOX, reducing_gap=None)
    picture = ImageOps.exif_transpose(picture)
    picture = _in_srgb(picture)
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, _WHITE)
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    picture = picture.convert("RGB")
    widest = WIDTHS[-1]
    if picture.width > widest:
        height = max(1, round(picture.height * widest / picture.width))
        picture = picture.resize((widest, height), Image.Resampling.LANCZOS)
    return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Phones write wide colours; without their profile, which is dropped, they would look dull."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except ImageCms.PyCMSError:
        return picture
    return converted or picture


if __name__ == "__main__":
    # Our own bound comes first, and odd metadata is dropped anyway.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    register_heif_opener()
    into = Path(sys.argv[2])
    made = main(Path(sys.argv[1]), into, square=sys.argv[3] == "SQUARE")
    (into / "made.json").write_text(json.dumps(made))
