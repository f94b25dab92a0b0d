"""The worker does what changes owe, one by one or all at once."""

import pytest
from group import building
from library import stream
from regulations import bring

from app import jobs, worker
from app.jobs import JobState
from app.visibility import NOBODY
from app.worker import Worker
from search.embedded import EmbeddedEngine
from search.port import Filter, Request

pytestmark = pytest.mark.anyio


@pytest.fixture
async def platform(platform, tmp_path):
    """A platform with an index of its own."""
    engine = EmbeddedEngine(tmp_path / "search")
    await engine.rebuild(stream([]))
    object.__setattr__(platform, "search", engine)
    yield platform
    await engine.close()


async def found(platform, query):
    audience = frozenset({*NOBODY.keys, "everyone"})
    page = await platform.search.search(Request(query=query, filter=Filter(audience=audience)))
    return len(page.hits)


async def test_what_is_published_is_indexed_and_nothing_is_owed(database, platform):
    async with building(database) as group:
        author = await group.member(await group.organization())
        await group.news(author, "检修列车准点出库")
    await bring(database, "伞具借用办法", "雨伞可借三日。")
    assert await Worker(platform).drain() > 0
    assert await found(platform, "检修列车") == 1
    assert await found(platform, "雨伞可借几日") == 1
    assert await jobs.counts(database) == {JobState.WAITING: 0, JobState.DEAD: 0}


async def test_after_much_the_index_is_built_anew_and_nothing_is_owed(
    database, platform, monkeypatch
):
    monkeypatch.setattr(worker, "_MANY", 1)
    for number in range(3):
        await bring(database, f"第{number}号伞具借用办法", "雨伞可借三日。")
    await Worker(platform).drain()
    assert await found(platform, "雨伞可借几日") == 3
    assert await jobs.counts(database) == {JobState.WAITING: 0, JobState.DEAD: 0}


async def test_one_bad_job_holds_back_none_beside_it(database, platform, monkeypatch):
    good = await bring(database, "伞具借用办法", "雨伞可借三日。")
    bad = await bring(database, "坏掉的办法", "无法索引。")
    real = worker.index_regulations

    async def index(database, engine, ids, today):
        if bad.regulation_id in ids:
            raise RuntimeError("cannot be indexed")
        await real(database, engine, ids, today)

    monkeypatch.setattr(worker, "index_regulations", index)
    await Worker(platform).drain()
    assert good.regulation_id != bad.regulation_id
    assert await found(platform, "雨伞可借几日") == 1
    assert (await jobs.counts(database))[JobState.WAITING] == 1
