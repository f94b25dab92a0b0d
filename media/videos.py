"""An uploaded video made ready: looked at, encoded anew at several sizes, cut into segments."""

import asyncio
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from media.codecs import codecs
from media.ffmpeg import run_ffmpeg
from media.ladder import Rung, ladder, master_playlist
from media.refusals import Rejected
from media.sniffing import Kind, kind_of

MAX_SECONDS = 30 * 60
_UNKNOWN = "文件不是可用的视频，请上传 MP4、MOV 或 WebM 视频"
_UNREADABLE = "视频已损坏或编码不受支持，请重新导出后上传"
_LONG = "视频超过 30 分钟，请剪短后上传"
_SLOW = "视频处理超时，请压缩后重新上传"
_FRAMES_A_SECOND = 30
_KEY_FRAME_SECONDS = 2
_SEGMENT_SECONDS = 6
# EBU R 128 asks for −23 LUFS on television; −16 is what phones and streaming agree on.
_LOUDNESS = "loudnorm=I=-16:TP=-1.5:LRA=11,aresample=48000"
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")

Progress = Callable[[float], None]


class Video(NamedTuple):
    """A video made ready: ``folder`` holds all that is kept, ``poster`` is a picture beside it."""

    width: int
    height: int
    duration_seconds: float
    folder: Path
    poster: Path


class _Look(NamedTuple):
    """What a first look tells; ``seconds`` is 0 where the container does not say."""

    kind: Kind
    width: int
    height: int
    seconds: float
    has_sound: bool
    poster: Path


async def make_video(source: Path, folder: Path, progress: Progress) -> Video:
    """The ladder, the MP4 and the poster of ``source``; Rejected, in words, where it is no video.

    ``progress`` is told how much is done, 0 to 1.
    """
    await asyncio.to_thread(folder.mkdir, parents=True)
    look = await _look(source, folder)
    rungs = ladder(look.width, look.height)
    await _encode(source, folder, look, rungs=rungs, progress=progress)
    kept = folder / "kept"
    named = [codecs(folder / f"{rung.name}.mp4", has_sound=look.has_sound) for rung in rungs]
    for rung in rungs:
        seconds = await _cut(folder / f"{rung.name}.mp4", kept / rung.folder)
    (folder / f"{rungs[-1].name}.mp4").replace(kept / "video.mp4")
    (kept / "index.m3u8").write_text(master_playlist(rungs, named))
    best = rungs[-1]
    return Video(best.width, best.height, seconds, kept, look.poster)


async def _look(source: Path, folder: Path) -> _Look:
    """Have one telling frame decoded: its size is the video's as it is shown, turned and square."""
    kind = kind_of(source)
    if kind is None or kind is Kind.PICTURE:
        raise Rejected(_UNKNOWN)
    poster = folder / "poster.png"
    frame = ["-vf", "thumbnail=60,scale=iw*sar:ih,setsar=1", "-frames:v", "1", "-t", "10"]
    ended = await run_ffmpeg(
        source, kind, ["-map", "0:V:0", "-an", *frame, str(poster)], seconds=60
    )
    if ended.code != 0 or not poster.is_file():
        raise Rejected(_UNREADABLE)
    length = _seconds(ended.errors)
    if length > MAX_SECONDS:
        raise Rejected(_LONG)
    with Image.open(poster, formats=("PNG",)) as picture:
        width, height = picture.size
    return _Look(kind, width, height, length, "Audio:" in ended.errors, poster)


async def _encode(
    source: Path, folder: Path, look: _Look, *, rungs: list[Rung], progress: Progress
) -> None:
    """Decode once and encode every rung."""
    length, done = look.seconds or MAX_SECONDS, 0.0

    def hear(line: str) -> None:
        nonlocal done
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdigit():
            done = int(value) / 1_000_000
            progress(min(1.0, done / length))

    outputs = [*_filters(look, rungs), *(each for r in rungs for each in _output(look, r, folder))]
    ended = await run_ffmpeg(source, look.kind, outputs, seconds=300 + 10 * length, heard=hear)
    if ended.code == -signal.SIGXCPU:
        raise Rejected(_SLOW)
    if ended.code != 0 or done == 0:
        raise Rejected(_UNREADABLE)
    if done > MAX_SECONDS:
        raise Rejected(_LONG)


def _filters(look: _Look, rungs: list[Rung]) -> list[str]:
    names = "".join(f"[s{rung.name}]" for rung in rungs)
    steps = [f"[0:V:0]fps='min(source_fps,{_FRAMES_A_SECOND})',split={len(rungs)}{names}"]
    steps += [
        f"[s{rung.name}]scale={rung.width}:{rung.height},setsar=1,format=yuv420p[v{rung.name}]"
        for rung in rungs
    ]
    if look.has_sound:
        sounds = "".join(f"[a{rung.name}]" for rung in rungs)
        steps.append(f"[0:a:0]{_LOUDNESS},asplit={len(rungs)}{sounds}")
    return ["-filter_complex", ";".join(steps)]


def _output(look: _Look, rung: Rung, folder: Path) -> list[str]:
    sound = ["-map", f"[a{rung.name}]", "-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    rate = f"{rung.kilobits}k"
    return [
        *("-map", f"[v{rung.name}]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"),
        *("-maxrate", rate, "-bufsize", f"{2 * rung.kilobits}k", "-profile:v", "main"),
        # Players change between rungs at key frames: all have them at the same instants.
        *("-force_key_frames", f"expr:gte(t,n_forced*{_KEY_FRAME_SECONDS})", "-sc_threshold", "0"),
        *(sound if look.has_sound else ()),
        # Where and with what it was filmed is nobody's business.
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-t", str(MAX_SECONDS + 1), "-threads", "2", "-movflags", "+faststart"),
        str(folder / f"{rung.name}.mp4"),
    ]


async def _cut(encoded: Path, into: Path) -> float:
    """Cut one of our own MP4s into HLS segments, as they are; answers its seconds."""
    await asyncio.to_thread(into.mkdir, parents=True)
    outputs = [
        *("-map", "0", "-c", "copy", "-f", "hls", "-hls_playlist_type", "vod"),
        *("-hls_time", str(_SEGMENT_SECONDS), "-hls_segment_filename", str(into / "%05d.ts")),
        str(into / "index.m3u8"),
    ]
    ended = await run_ffmpeg(encoded, Kind.MOV, outputs, seconds=300)
    if ended.code != 0:
        raise OSError(f"cutting segments failed: {ended.errors[-500:]}")
    return _seconds(ended.errors)


def _seconds(said: str) -> float:
    """The length that ffmpeg reads from a container, 0 where that does not say."""
    if (found := _DURATION.search(said)) is None:
        return 0.0
    hours, minutes, seconds = (float(part) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
