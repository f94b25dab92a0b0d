"""ffmpeg on one local file: nothing else is opened, and what it may use is bounded."""

import functools
import re
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from media.bounded import Bounds, Ended, Killed, run_bounded
from media.sniffing import Kind

_MEMORY = 3 * 1024**3
#: A frame of 4096 × 2304; what claims more is not decoded.
_MAX_PIXELS = 4096 * 2304
_LARGEST_OUTPUT = 4 * 1024**3
# A playlist named .mp4 would have ffmpeg fetch what it lists: only files, only these containers,
# and the one that the first bytes say it is.
_DEMUXERS = {Kind.MOV: "mov", Kind.MATROSKA: "matroska"}
_THREADS = "2"
_SIGNALLED = re.compile(r"Exiting normally, received signal (\d+)\.\s*\Z")


async def run_ffmpeg(
    source: Path,
    kind: Kind,
    outputs: Sequence[str],
    *,
    seconds: float,
    heard: Callable[[str], None] | None = None,
) -> Ended:
    """Run ffmpeg from ``source`` to ``outputs``, for so many seconds at most.

    ``heard`` is told its progress, ``name=value`` a line.
    """
    command = [
        *(_program(), "-nostdin", "-hide_banner", "-y", "-progress", "pipe:1", "-nostats"),
        *("-protocol_whitelist", "file", "-format_whitelist", ",".join(_DEMUXERS.values())),
        *("-max_streams", "16", "-max_pixels", str(_MAX_PIXELS), "-threads", _THREADS),
        *("-f", _DEMUXERS[kind], "-i", str(source), *outputs),
    ]
    bounds = Bounds(
        cpu_seconds=int(seconds) * 2,
        seconds=seconds,
        memory=_MEMORY,
        file_size=_LARGEST_OUTPUT,
    )
    return _told_apart(await run_bounded(command, bounds, heard=heard))


def _told_apart(ended: Ended) -> Ended:
    """ffmpeg catches signals, and says so last: its bound on the processor, or somebody's wish."""
    if (found := _SIGNALLED.search(ended.errors)) is None:
        return ended
    if int(found[1]) != signal.SIGXCPU:
        raise Killed("ffmpeg was told to end")
    return Ended(-signal.SIGXCPU, ended.errors)


@functools.cache
def _program() -> str:
    return str(get_ffmpeg_exe())
