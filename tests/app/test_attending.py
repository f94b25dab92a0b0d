"""Beside the requests: what was asked is written down, and synonyms are learnt."""

import asyncio
from dataclasses import replace

import pytest
from group import building

from app import attending
from app.attending import keep_inquiries, keep_synonyms
from app.audit.actions import Actor
from app.inquiries import curating, queries
from app.inquiries.rules import Trouble, week_of
from app.visibility import Grant, Role, Viewer
from search.synonyms import seeds

pytestmark = pytest.mark.anyio

SEEDS = list(seeds())
CURATED = frozenset({"看书规矩", "阅览室管理条例"})


class Engine:
    """Learns, fails the first time, and tells how often it learnt."""

    def __init__(self):
        self.known = []
        self.learnt = asyncio.Event()
        self.fails = True

    async def learn(self, synonyms):
        if self.fails:
            self.fails = False
            raise RuntimeError("the engine is down")
        self.known.append(list(synonyms))
        self.learnt.set()

    async def next(self):
        async with asyncio.timeout(10):
            await self.learnt.wait()
        self.learnt.clear()
        return self.known[-1]


@pytest.fixture
async def curators(database):
    async with building(database) as group:
        top = await group.organization()
        members = [await group.member(top) for _ in range(2)]
    grants = (Grant(Role.EDITOR, top.id, top.path),)
    return [Actor(Viewer(one.id, top.id, top.path, grants=grants)) for one in members]


async def test_a_process_learns_at_the_start_after_a_failure_and_after_each_change(
    database, platform, curators, monkeypatch
):
    monkeypatch.setattr(attending, "_PAUSE_SECONDS", 0)
    engine = Engine()
    task = asyncio.create_task(keep_synonyms(replace(platform, search=engine)))
    try:
        assert await engine.next() == SEEDS
        async with database.transaction() as session:
            key = await curating.propose(session, curators[0], sorted(CURATED))
        async with database.transaction() as session:
            await curating.approve(session, curators[1], key)
        assert await engine.next() == [*SEEDS, CURATED]
        assert platform.learnt.synonyms.others("看书规矩") == ("阅览室管理条例",)
        async with database.transaction() as session:
            await curating.dismiss(session, curators[1], key)
        assert await engine.next() == SEEDS
        assert platform.learnt.synonyms.others("看书规矩") == ()
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_was_asked_is_written_down_at_the_end_as_well(database, platform):
    task = asyncio.create_task(keep_inquiries(platform))
    await asyncio.sleep(0)
    for member in range(3):
        platform.inquiries.ask("年休假", member, found=0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await queries.troubled(
        database,
        week_of(platform.today()),
        Trouble.NO_RESULTS,
        first=10,
        before=(100, 2**63 - 1),
    )
    assert [(row.query, row.persons) for row in found] == [("年休假", 3)]
