"""While the search server is out, writes succeed and searches are answered; then all is equal."""

import asyncio
import json
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from faults import Fault, proxy_to
from group import building
from regulations import bring
from standin import MASTER, standing_in
from starlette.requests import Request

from app import jobs
from app.database import Database
from app.database.columns import now
from app.errors import Unavailable
from app.health import ready
from app.jobs import Job, JobState
from app.reconciling import reconcile_index
from app.visibility import NOBODY
from app.worker import Worker
from search import comparing, port
from search.comparing import differences
from search.embedded import EmbeddedEngine
from search.falling_back import FallingBack
from search.indexing import rebuild
from search.meilisearch import Access, MeilisearchEngine

pytestmark = pytest.mark.anyio

LIMIT = 2.0
FAULTS = [fault for fault in Fault if fault is not Fault.NONE]
AUDIENCE = frozenset({*NOBODY.keys, "everyone"})


@pytest.fixture
async def database(sqlite_url):
    """One database is enough: what is proven is between us and the engine."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["standin", pytest.param("meilisearch", marks=pytest.mark.services)])
def server(request):
    """Where an engine's server listens, and its key."""
    if request.param == "standin":
        with standing_in() as (_, port):
            yield port, MASTER
    else:
        access = request.getfixturevalue("meilisearch_access")
        yield urlsplit(access.url).port, access.key


@pytest.fixture
async def proxy(server, anyio_backend):
    async with proxy_to(server[0]) as proxy:
        yield proxy


@pytest.fixture
def reached(server, proxy):
    """Opens engines that reach the server through the proxy, and wait for it so long."""

    def reach(seconds):
        limits = {"search_seconds": seconds, "write_seconds": 2 * seconds}
        return MeilisearchEngine(Access(proxy.url, server[1], "dangjian-outage", **limits))

    return reach


@pytest.fixture
async def first(reached, proxy):
    """As patient as a busy machine may need."""
    engine = reached(20)
    yield engine
    await proxy.fail(Fault.REFUSE)
    await engine.close()


@pytest.fixture
async def hasty(reached, proxy, first):
    """For outages: they last longer than anyone waits."""
    engine = reached(0.4)
    yield engine
    await proxy.fail(Fault.REFUSE)
    await engine.close()


@pytest.fixture
async def second(tmp_path):
    engine = EmbeddedEngine(tmp_path / "search")
    yield engine
    await engine.close()


@pytest.fixture
async def platform(platform, first, second, database):
    object.__setattr__(platform, "search", FallingBack(first, second))
    await bring(database, "伞具借用办法", "雨伞可借三日。")
    await Worker(platform).drain()
    await rebuild(database, platform.search, platform.today())
    return platform


async def found(engine, query):
    async with asyncio.timeout(LIMIT):
        page = await engine.search(port.Request(query=query, filter=port.Filter(audience=AUDIENCE)))
    return len(page.hits)


async def told(platform):
    """What /ready says of the search."""
    app = SimpleNamespace(state=SimpleNamespace(platform=platform))
    answer = await ready(Request({"type": "http", "app": app}))
    return json.loads(answer.body)["parts"]["search"]


async def publish(database, title):
    async with building(database) as group:
        author = await group.member(await group.organization())
        await group.news(author, title)


async def make_due(database):
    async with database.transaction() as session:
        await session.execute(sa.update(Job).values(due_at=now()))


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_outage_stops_nothing_and_leaves_nothing_behind(
    database, platform, proxy, first, second, hasty, fault
):
    object.__setattr__(platform, "search", FallingBack(hasty, second))
    await proxy.fail(fault)
    await publish(database, "检修列车准点出库")
    await Worker(platform).drain()
    assert await jobs.counts(database) == {JobState.WAITING: 1, JobState.DEAD: 0}
    assert await found(platform.search, "检修列车") == 1
    assert await found(platform.search, "雨伞可借几日") == 1
    assert await told(platform) == {"engine": "meilisearch", "state": "embedded stands in"}

    await proxy.fail(Fault.NONE)
    object.__setattr__(platform, "search", FallingBack(first, second))
    await make_due(database)
    await Worker(platform).drain()
    assert await jobs.counts(database) == {JobState.WAITING: 0, JobState.DEAD: 0}
    for engine in (first, second):
        assert await differences(database, engine, platform.today()) == []
    assert await told(platform) == {"engine": "meilisearch", "state": "ready"}


@pytest.mark.parametrize("fault", FAULTS)
async def test_without_a_stand_in_a_search_is_refused_in_time(platform, proxy, hasty, fault):
    await proxy.fail(fault)
    with pytest.raises(Unavailable):
        await found(hasty, "雨伞可借几日")


async def test_what_was_lost_is_found_by_reconciling(database, platform, proxy, first, second):
    await proxy.fail(Fault.RESET)
    await publish(database, "检修列车准点出库")
    await Worker(platform).drain()
    async with database.transaction() as session:
        await session.execute(sa.delete(Job))
    await proxy.fail(Fault.NONE)
    wrong = await reconcile_index(database, platform.search, platform.today())
    lost = {name: [unit.fault for unit in units] for name, units in wrong.items()}
    assert lost == {first.name: [comparing.Fault.MISSING], second.name: []}
    right = await reconcile_index(database, platform.search, platform.today())
    assert right == {first.name: [], second.name: []}
    assert await found(first, "检修列车") == 1
