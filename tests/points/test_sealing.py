"""The worker seals what committed, soon and in one chain."""

import asyncio

import pytest
from ledger import SHANGHAI, deed, findings, pay, posted, staffed

from app.database.columns import now
from app.points.actions import award
from app.points.auditing import SEALED_WITHIN, tally
from app.points.models import Action
from app.points.sealing import seal
from app.worker import Worker

pytestmark = pytest.mark.anyio


async def test_what_committed_is_sealed_once_and_what_did_not_is_not(database):
    _, member = await staffed(database)
    await pay(database, *(deed(member, Action.MENTOR) for _ in range(3)))
    async with database.transaction() as session:
        await award(session, deed(member), SHANGHAI)
        await session.rollback()
    assert [await seal(database) for _ in range(2)] == [3, 0]
    await pay(database, deed(member))
    assert await seal(database) == 1
    assert (await tally(database))[:3] == (4, 2, 4)


async def test_a_long_queue_is_sealed_to_its_end(database, monkeypatch):
    monkeypatch.setattr("app.points.sealing._BATCH", 2)
    _, member = await staffed(database)
    await pay(database, *(deed(member, Action.MENTOR) for _ in range(5)))
    assert await seal(database) == 5
    assert await findings(database, now() + 2 * SEALED_WITHIN) == []


async def test_nothing_to_seal_takes_no_writers_turn(database):
    async with database.transaction(), asyncio.timeout(5):
        assert await seal(database) == 0


async def test_the_worker_seals_beside_its_jobs(database, platform):
    _, member = await staffed(database)
    await pay(database, deed(member))
    worker = asyncio.create_task(Worker(platform).run())
    try:
        async with asyncio.timeout(30):
            while (await tally(database)).seals == 0:
                await asyncio.sleep(0.01)
    finally:
        worker.cancel()
    assert len(await posted(database, member)) == 1
    assert await findings(database, now() + 2 * SEALED_WITHIN) == []
