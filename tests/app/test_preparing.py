"""Slow jobs: a lease that is renewed while work goes on, and work that stops when it is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from app import jobs, preparing
from app.jobs import Job, JobKind
from app.preparing import Preparer
from media.workshop import Workshop

pytestmark = pytest.mark.anyio


@pytest.fixture
def work(monkeypatch):
    """Work that begins and goes on until it is let go."""

    class Work:
        def __init__(self):
            self.begun, self.over = asyncio.Event(), asyncio.Event()
            self.cancelled = False

        async def __call__(self, shop, upload_id):
            self.begun.set()
            try:
                await self.over.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise

    work = Work()
    monkeypatch.setattr(preparing, "_PREPARE", {JobKind.PREPARE_VIDEO: work})
    monkeypatch.setattr(preparing, "LEASE", timedelta(seconds=0.03))
    return work


@pytest.fixture
async def preparer(database, platform, tmp_path):
    async with database.transaction() as session:
        jobs.enqueue(session, JobKind.PREPARE_VIDEO, 7)
    return Preparer(Workshop(database, platform.media, tmp_path), JobKind.PREPARE_VIDEO)


async def only_job(database):
    async with database.transaction() as session:
        return (await session.scalars(select(Job))).one()


async def test_the_lease_of_long_work_is_renewed(database, preparer, work):
    draining = asyncio.create_task(preparer.drain())
    await work.begun.wait()
    begun = (await only_job(database)).due_at
    async with asyncio.timeout(10):
        while (await only_job(database)).due_at == begun:
            await asyncio.sleep(0.01)
    work.over.set()
    assert await draining == 1
    assert (await jobs.counts(database))[jobs.JobState.WAITING] == 0


async def test_work_whose_lease_is_lost_stops_and_settles_nothing(database, preparer, work):
    draining = asyncio.create_task(preparer.drain())
    await work.begun.wait()
    async with database.transaction() as session:
        job = (await session.scalars(select(Job))).one()
        job.attempts += 1
    await draining
    assert work.cancelled
    assert (await only_job(database)).attempts == 2


async def test_a_picture_does_not_wait_behind_a_video(database, preparer, work, monkeypatch):
    done = []

    async def at_once(shop, upload_id):
        done.append(upload_id)

    draining = asyncio.create_task(preparer.drain())
    await work.begun.wait()
    monkeypatch.setitem(preparing._PREPARE, JobKind.PREPARE_IMAGE, at_once)
    async with database.transaction() as session:
        jobs.enqueue(session, JobKind.PREPARE_IMAGE, 8)
    assert await Preparer(preparer._shop, JobKind.PREPARE_IMAGE).drain() == 1
    assert done == [8]
    work.over.set()
    await draining


async def test_whoever_dies_of_a_job_each_time_is_spared_it_in_the_end(
    database, preparer, work, monkeypatch
):
    given_up = []

    async def give_up(shop, upload_id):
        given_up.append(upload_id)

    monkeypatch.setattr(preparing, "give_up", give_up)
    monkeypatch.setattr(preparing, "MAX_ATTEMPTS", 0)
    monkeypatch.setattr("app.jobs.MAX_ATTEMPTS", 0)
    await preparer.drain()
    assert not work.begun.is_set()
    assert given_up == [7]
    assert (await only_job(database)).state is jobs.JobState.DEAD
