"""kill -9 amid the work on a video: it is taken up again, ends well, and leaves nothing over."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from films import film
from group import building
from sqlmodel import select
from uploading import Sending

from app import jobs
from app.jobs import Job
from app.uploads.models import Upload
from app.worker import Worker

pytestmark = [
    pytest.mark.anyio,
    # The work is the same on both; a process of its own opens the file.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc to look in"),
]

#: As much of a worker as works on videos: it is there at once.
WORKER = """
import asyncio, pathlib, sys
from app.database import Database
from app.jobs import JobKind
from app.preparing import Preparer
from media.local import LocalStore
from media.workshop import Workshop
folder = pathlib.Path(sys.argv[1])
store = LocalStore(folder / "media", b"a key")
shop = Workshop(Database(sys.argv[2]), store, folder / "work")
asyncio.run(Preparer(shop, JobKind.PREPARE_VIDEO).run())
"""


@pytest.fixture(scope="module")
def a_film(tmp_path_factory):
    """A second of work or so, in one size."""
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    return film(path, "-preset", "ultrafast", size="640x360", seconds=12).read_bytes()


@pytest.fixture
async def upload(ask, database, a_film):
    """A video that is sent and completed, and how its sender looks at it."""
    async with building(database) as group:
        sending = Sending(ask, await group.member(await group.organization()))
    wanted = {"content_type": "video/mp4", "purpose": "VIDEO"}
    made = (await sending.request(len(a_film), **wanted))["upload"]
    await sending.send(made, a_film)
    await sending.complete(made)

    async def look():
        return await sending.look(made)

    return look


def encoders(folder: Path) -> list[int]:
    """The processes that encode something below ``folder``."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = each.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command and b"-filter_complex" in command:
            found.append(int(each.parent.name))
    return found


async def until(holds):
    async with asyncio.timeout(60):
        while not (found := holds()):
            await asyncio.sleep(0.02)
    return found


async def nothing_is_left(ask, folder):
    """No process, no work, nothing in quarantine, no job; the asset is there once."""
    await until(lambda: not encoders(folder))
    assert list((folder / "work").iterdir()) == []
    assert list((folder / "media" / "quarantine").iterdir()) == []
    async with ask.database.transaction() as session:
        [row] = (await session.scalars(select(Upload))).all()
        assert (await session.scalars(select(Job))).all() == []
    assert row.video_id is not None


async def later(ask, monkeypatch, after=timedelta(minutes=10)):
    """What a worker does once the lease or the pause is over."""
    monkeypatch.setattr(jobs, "now", lambda real=jobs.now: real() + after)
    await Worker(ask.platform).drain()


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
async def test_an_encoder_that_is_killed_begins_anew(ask, upload, tmp_path, monkeypatch, by):
    working = asyncio.create_task(Worker(ask.platform).drain())
    [encoder] = await until(lambda: encoders(tmp_path))
    os.kill(encoder, by)
    await working
    assert (await upload())["state"] == "PROCESSING"
    await later(ask, monkeypatch)
    assert (await upload())["state"] == "READY"
    await nothing_is_left(ask, tmp_path)


@asynccontextmanager
async def another_worker(folder, url):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, str(folder), url),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_work_of_a_worker_that_is_killed_is_taken_up(
    ask, database_url, upload, tmp_path, monkeypatch
):
    async with another_worker(tmp_path, database_url) as worker:
        await until(lambda: encoders(tmp_path))
        worker.kill()
        await worker.wait()
        # Whoever encodes does not outlive who asked for it.
        await until(lambda: not encoders(tmp_path))
    assert (await upload())["state"] == "PROCESSING"
    await Worker(ask.platform).drain()
    assert (await upload())["state"] == "PROCESSING"
    await later(ask, monkeypatch, jobs.LEASE)
    assert (await upload())["state"] == "READY"
    await nothing_is_left(ask, tmp_path)
