"""The outbox: what a change owes exists with it, and is done once by one worker."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app import jobs
from app.database import Database
from app.jobs import LEASE, MAX_ATTEMPTS, Job, JobKind, JobState

pytestmark = pytest.mark.anyio


async def owe(database, *subjects):
    async with database.transaction() as session:
        for subject in subjects:
            jobs.enqueue(session, JobKind.INDEX_CONTENT, subject)


async def claimed(database, limit=10):
    async with database.transaction() as session:
        return list(await jobs.claim(session, limit))


async def stored(database):
    async with database.transaction() as session:
        return list(await session.scalars(select(Job).order_by(Job.id)))


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock of jobs by hand."""
    ahead = timedelta(0)
    real = jobs.now

    def move(by):
        nonlocal ahead
        ahead += by

    monkeypatch.setattr(jobs, "now", lambda: real() + ahead)
    return move


async def test_a_job_of_a_change_that_fails_does_not_exist(database):
    async def change():
        async with database.transaction() as session:
            jobs.enqueue(session, JobKind.INDEX_CONTENT, 1)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        await change()
    assert await stored(database) == []
    assert not await jobs.any_due(database)


async def test_jobs_are_claimed_oldest_first_up_to_the_limit(database):
    await owe(database, 7, 8, 9)
    assert [claim.subject_id for claim in await claimed(database, limit=2)] == [7, 8]
    assert [claim.subject_id for claim in await claimed(database)] == [9]


async def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(database, clock):
    await owe(database, 7)
    first = await claimed(database)
    assert await claimed(database) == []
    clock(LEASE + timedelta(seconds=1))
    again = await claimed(database)
    assert [claim.id for claim in again] == [claim.id for claim in first]
    assert [claim.attempts for claim in again] == [2]


async def test_whoever_lost_the_lease_cannot_finish_or_fail_the_job(database, clock):
    await owe(database, 7)
    (late,) = await claimed(database)
    clock(LEASE + timedelta(seconds=1))
    (holder,) = await claimed(database)
    async with database.transaction() as session:
        await jobs.finish(session, [late])
        await jobs.fail(session, late, "late")
    (job,) = await stored(database)
    assert (job.attempts, job.last_error) == (2, None)
    async with database.transaction() as session:
        await jobs.finish(session, [holder])
    assert await stored(database) == []


async def test_a_failed_job_waits_twice_as_long_each_time_and_then_is_given_up(database, clock):
    await owe(database, 7)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (claim,) = await claimed(database)
        async with database.transaction() as session:
            await jobs.fail(session, claim, f"attempt {attempt}")
        clock(timedelta(seconds=2**attempt - 1))
        assert not await jobs.any_due(database)
        clock(timedelta(seconds=2))
    (job,) = await stored(database)
    assert (job.state, job.last_error) == (JobState.DEAD, f"attempt {MAX_ATTEMPTS}")
    assert await jobs.counts(database) == {JobState.WAITING: 0, JobState.DEAD: 1}


async def test_through_an_outage_a_job_is_never_given_up_and_looks_again_soon(database, clock):
    await owe(database, 7)
    for attempt in range(1, MAX_ATTEMPTS + 4):
        claims = await claimed(database)
        async with database.transaction() as session:
            await jobs.postpone(session, claims, "out")
        clock(timedelta(seconds=min(2**attempt, 30) - 1))
        assert not await jobs.any_due(database)
        clock(timedelta(seconds=2))
    (job,) = await stored(database)
    assert (job.state, job.last_error) == (JobState.WAITING, "out")


@pytest.fixture
async def dead(database):
    """Three jobs that were given up, and one that waits."""
    await owe(database, 1, 2, 3, 4)
    *claims, _ = await claimed(database)
    async with database.transaction() as session:
        for claim in claims:
            await jobs.fail(session, claim._replace(attempts=1), "poor text")
        await session.execute(
            sa.update(Job).where(Job.subject_id < 4).values(state=JobState.DEAD, attempts=8)
        )
    return [claim.id for claim in claims]


async def test_dead_letters_tell_what_was_given_up_and_why(database, dead):
    letters = await jobs.dead_letters(database, 2)
    told = [(one.id, one.kind, one.subject_id, one.attempts, one.last_error) for one in letters]
    assert told == [
        (dead[0], JobKind.INDEX_CONTENT, 1, 8, "poor text"),
        (dead[1], JobKind.INDEX_CONTENT, 2, 8, "poor text"),
    ]


async def test_dead_jobs_are_tried_again_from_the_first_attempt(database, dead, clock):
    async with database.transaction() as session:
        assert await jobs.retry(session, [dead[1], 10**9]) == 1
    assert [one.subject_id for one in await jobs.dead_letters(database, 9)] == [1, 3]
    assert [(one.subject_id, one.attempts) for one in await claimed(database)] == [(2, 1)]
    async with database.transaction() as session:
        assert await jobs.retry(session, None) == 2
        assert await jobs.retry(session, None) == 0
    assert [one.subject_id for one in await claimed(database)] == [1, 3]


async def test_two_workers_at_once_share_the_jobs_without_overlap(database_url, database):
    await owe(database, *range(20))
    other = Database(database_url)
    try:
        batches = await asyncio.gather(*(claimed(each, limit=10) for each in (database, other)))
    finally:
        await other.close()
    subjects = [claim.subject_id for batch in batches for claim in batch]
    assert sorted(subjects) == list(range(20))


async def test_what_was_done_otherwise_is_forgotten_and_what_came_since_is_not(database):
    await owe(database, 7, 8)
    before = await jobs.owed(database, [JobKind.INDEX_CONTENT])
    await owe(database, 9)
    async with database.transaction() as session:
        await jobs.forget(session, before)
    assert [job.subject_id for job in await stored(database)] == [9]
    assert await jobs.owed(database, [JobKind.INDEX_REGULATION]) == []
