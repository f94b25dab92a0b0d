"""Running a program on hostile bytes: time, memory and files bounded, and nothing left of it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_LIMITS = Path(__file__).with_name("limits.py")
_ROOT = Path(__file__).parents[1]
_KEPT = 16 * 1024
#: What programs do not die of by themselves; a decoder that falls over dies of others.
_BY_SOMEBODY = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM})


class Bounds(NamedTuple):
    """What a program may use: seconds of CPU and of time, bytes of memory and of any one file."""

    cpu_seconds: int
    seconds: float
    memory: int
    file_size: int


class Ended(NamedTuple):
    """How a program ended; ``code`` is negative after a signal, ``errors`` are its last words."""

    code: int
    errors: str


class Killed(OSError):  # noqa: N818  what happened, and not of our doing
    """Somebody ended the program: that tells nothing of what it worked on, which is to do again."""


async def run_bounded(
    command: Sequence[str], bounds: Bounds, *, heard: Callable[[str], None] | None = None
) -> Ended:
    """Run ``command`` (its program by full path) to its end, to its bounds, or until cancelled.

    :class:`Killed` where it was killed from outside, as by a machine that is out of memory.
    ``heard`` is told each line of its standard output. It has no input, none of our environment,
    and a process group of its own, all of which is killed with it.
    """
    limits = [str(bounds.cpu_seconds), str(bounds.memory), str(bounds.file_size)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_LIMITS), *limits, *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(bounds.seconds):
            _, errors = await asyncio.gather(
                _listen(process.stdout, heard), _last_words(process.stderr)
            )
            return _ended(await process.wait(), errors)
    except TimeoutError:
        return Ended(-signal.SIGXCPU, "out of time")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _ended(code: int, errors: str) -> Ended:
    if -code in _BY_SOMEBODY:
        raise Killed("a program was killed")
    return Ended(code, errors)


async def _listen(stream: asyncio.StreamReader | None, heard: Callable[[str], None] | None) -> None:
    while stream is not None and (line := await stream.readline()):
        if heard is not None:
            heard(line.decode(errors="replace").strip())


async def _last_words(stream: asyncio.StreamReader | None) -> str:
    kept = b""
    while stream is not None and (chunk := await stream.read(4096)):
        kept = (kept + chunk)[-_KEPT:]
    return kept.decode(errors="replace")
