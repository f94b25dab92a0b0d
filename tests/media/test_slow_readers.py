"""Fifty phones on a slow line, one video of 100 MB, and a server that stays as small as it was."""

import asyncio
import sys
from pathlib import Path

import pytest
from servers import free_port

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read from"),
]

READERS = 50
SIZE = 100_000_000
SERVER = """
import sys, pathlib, types, uvicorn
from starlette.applications import Starlette
from media.local import LocalStore
from media.serving import media_routes
app = Starlette(routes=media_routes())
app.state.platform = types.SimpleNamespace(media=LocalStore(pathlib.Path(sys.argv[1]), b"key"))
uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""


@pytest.fixture
async def server(tmp_path):
    video = tmp_path / "video" / "ab" / "video.mp4"
    video.parent.mkdir(parents=True)
    with video.open("wb") as file:
        file.truncate(SIZE)
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(tmp_path), str(port)]
    process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2])
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield process.pid, port
    finally:
        process.kill()
        await process.wait()


def resident(process: int) -> int:
    """Bytes of memory that the process has now."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


async def read_some(port: int, start: int) -> tuple[bytes, asyncio.StreamWriter]:
    """Ask for all from ``start`` on, read a little of it, and dawdle."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**14)
    ask = f"GET /media/video/ab/video.mp4 HTTP/1.1\r\nHost: x\r\nRange: bytes={start}-\r\n\r\n"
    writer.write(ask.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(10_000)
    return head, writer


async def test_slow_readers_of_a_large_video_take_no_memory(server):
    process, port = server
    _, first = await read_some(port, 0)
    before = resident(process)
    readers = [await read_some(port, place * 1000) for place in range(READERS)]
    grown = resident(process) - before
    for place, (head, writer) in enumerate(readers):
        assert head.startswith(b"HTTP/1.1 206")
        assert f"bytes {place * 1000}-{SIZE - 1}/{SIZE}".encode() in head
        writer.close()
    first.close()
    # What was read ahead for each: some chunks of 64 KiB, whatever the size of the video.
    assert grown < READERS * 1_000_000
