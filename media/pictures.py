"""An uploaded picture made ready: looked at, decoded elsewhere, its renditions read back."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any, NamedTuple

from media.bounded import Bounds, run_bounded
from media.refusals import Rejected
from media.sniffing import Kind, kind_of

_MEMORY = 1024 * 1024 * 1024
_BOUNDS = Bounds(cpu_seconds=30, seconds=60.0, memory=_MEMORY, file_size=64 * 1024 * 1024)
_REFUSALS = {
    "unknown": "文件不是可用的图片，请上传 JPEG、PNG、WebP、AVIF 或 HEIC 图片",
    "unreadable": "图片已损坏或不完整，请重新导出后上传",
    "large": "图片超过 4000 万像素，请缩小后上传",
}


class Picture(NamedTuple):
    """A picture made ready; ``widths`` are files ``<width>.webp`` in ``folder``."""

    key: str
    width: int
    height: int
    widths: tuple[int, ...]
    placeholder: str
    folder: Path


async def make_picture(source: Path, folder: Path, *, square: bool = False) -> Picture:
    """Renditions of the picture in ``source``; Rejected, in the editor's words, where not."""
    if kind_of(source) is not Kind.PICTURE:
        raise Rejected(_REFUSALS["unknown"])
    await asyncio.to_thread(folder.mkdir, parents=True)
    shape = "SQUARE" if square else "WHOLE"
    decoding = [sys.executable, "-m", "media.decoding", str(source), str(folder), shape]
    ended = await run_bounded(decoding, _BOUNDS)
    told = folder / "made.json"
    if ended.code != 0 or not told.is_file():
        # Out of memory, out of time, or a decoder that fell over: a bomb looks no different.
        late = ended.code == -signal.SIGXCPU
        raise Rejected(_REFUSALS["large" if late else "unreadable"])
    made: dict[str, Any] = json.loads(told.read_text())
    if "refused" in made:
        raise Rejected(_REFUSALS[made["refused"]])
    return Picture(**{**made, "widths": tuple(made["widths"])}, folder=folder)
