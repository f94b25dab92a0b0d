"""Programs under bounds: what they may use, and what is left of them."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from media.bounded import Bounds, Killed, run_bounded

pytestmark = pytest.mark.anyio

BOUNDS = Bounds(cpu_seconds=5, seconds=20.0, memory=512 * 1024 * 1024, file_size=1_000_000)


def python(code):
    return [sys.executable, "-I", "-S", "-c", code]


async def heard(code, bounds=BOUNDS):
    lines = []
    ended = await run_bounded(python(code), bounds, heard=lines.append)
    return ended, lines


async def test_a_program_is_heard_line_by_line_and_its_last_words_are_kept():
    code = (
        "import sys; print('one'); print('two'); sys.stderr.write('x' * 99999 + 'end'); sys.exit(3)"
    )
    ended, lines = await heard(code)
    assert lines == ["one", "two"]
    assert ended.code == 3
    assert ended.errors.endswith("xend")
    assert len(ended.errors) == 16 * 1024


async def test_a_program_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    _, lines = await heard("import os; print(sorted(os.environ))")
    assert "SECRET_KEY" not in lines[0]


async def test_memory_is_bounded():
    ended, _ = await heard("bytearray(600 * 1024 * 1024)")
    assert ended.code == 1
    assert "MemoryError" in ended.errors


async def test_time_on_the_processor_is_bounded():
    ended, _ = await heard("while True: pass", BOUNDS._replace(cpu_seconds=1))
    assert ended.code == -signal.SIGXCPU


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
async def test_whoever_is_killed_by_somebody_is_no_finding(by):
    with pytest.raises(Killed):
        await heard(f"import os; os.kill(os.getpid(), {by:d})")


async def test_whoever_falls_over_is_a_finding():
    ended, _ = await heard("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert ended.code == -signal.SIGSEGV


async def test_files_are_bounded(tmp_path):
    code = f"open({str(tmp_path / 'out')!r}, 'wb').write(bytes(2_000_000))"
    ended, _ = await heard(code)
    assert ended.code != 0
    assert (tmp_path / "out").stat().st_size <= 1_000_000


async def test_whoever_does_not_end_in_time_is_ended_with_its_children():
    code = (
        "import os, time\nchild = os.fork()\nprint(child or 'child', flush=True)\ntime.sleep(60)\n"
    )
    ended, lines = await heard(code, BOUNDS._replace(seconds=1.0))
    assert ended.code == -signal.SIGXCPU
    (child,) = [int(line) for line in lines if line.isdigit()]
    assert await gone(child)


async def test_whoever_is_cancelled_leaves_nothing_running():
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    running = asyncio.create_task(
        run_bounded(python(code), BOUNDS, heard=lambda line: begun.set_result(int(line)))
    )
    child = await begun
    running.cancel()
    await asyncio.wait({running})
    assert await gone(child)


async def gone(process):
    async with asyncio.timeout(5):
        while True:
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                return True
            if _is_zombie(process):
                return True
            await asyncio.sleep(0.01)


def _is_zombie(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text()
        return state.rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
