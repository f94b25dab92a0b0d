"""Small real films, made by ffmpeg where they are needed."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

SOUND = ("-f", "lavfi", "-i", "sine=440:d=1")


def film(path: Path, *outputs: str, size: str = "64x36", seconds: float = 1) -> Path:
    """A test picture for so many seconds, ten frames each; ``outputs`` are ffmpeg's."""
    source = f"testsrc2=s={size}:d={seconds}:r=10"
    ffmpeg("-f", "lavfi", "-i", source, *outputs, str(path))
    return path


def ffmpeg(*arguments: str) -> str:
    """Run ffmpeg; answers what it said."""
    command = [get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-y", *arguments]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace")
    return ended.stderr
