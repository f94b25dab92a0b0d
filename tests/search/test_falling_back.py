"""Two engines as one: who answers when, and what both are given."""

import pytest
from library import DOCUMENTS, EVERYBODY, NEWS, SHELVES, content, stream
from standin import MASTER, standing_in

from app.errors import Invalid, Unavailable
from search.embedded import EmbeddedEngine
from search.falling_back import FallingBack
from search.meilisearch import Access, MeilisearchEngine
from search.port import EngineState, Filter, Request

pytestmark = pytest.mark.anyio


class Faltering(MeilisearchEngine):
    """Out, while it is told to be; counts how often it was asked."""

    out, asked = False, 0

    async def search(self, request):
        self.asked += 1
        if self.out:
            raise Unavailable("out")
        return await super().search(request)

    async def replace(self, units):
        if self.out:
            raise Unavailable("out")
        await super().replace(units)

    async def state(self):
        if self.out:
            raise Unavailable("out")
        return await super().state()


@pytest.fixture
async def first(anyio_backend):
    with standing_in() as (_, port):
        engine = Faltering(Access(f"http://127.0.0.1:{port}", MASTER, search_seconds=20))
        yield engine
        await engine.close()


@pytest.fixture
async def second(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    yield engine
    await engine.close()


@pytest.fixture
async def both(first, second):
    engine = FallingBack(first, second, pause=3600)
    await engine.rebuild(stream(SHELVES))
    return engine


async def ids(engine, query):
    page = await engine.search(Request(query=query, filter=Filter(audience=EVERYBODY)))
    return [hit.id for hit in page.hits]


async def test_a_rebuild_and_a_change_reach_both(both, first, second):
    await both.replace([content(70, "羽毛球", "比赛")])
    for engine in (first, second):
        assert (await engine.state()).documents == DOCUMENTS + 1
        assert await ids(engine, "羽毛球") == [70]


async def test_the_first_answers_while_it_can(both, first):
    assert await ids(both, "月饼") == [1]
    assert [hit.id for hit in await both.suggest("weidangke", EVERYBODY)] == [2]
    assert first.asked == 1
    assert await both.state() == EngineState("meilisearch", DOCUMENTS, needs_rebuild=False)


async def test_the_second_stands_in_and_the_first_is_left_alone_for_a_while(both, first):
    first.out = True
    assert await ids(both, "月饼") == [1]
    assert await ids(both, "月饼") == [1]
    assert first.asked == 1
    assert (await both.state()).stand_in == "embedded"


async def test_the_first_is_tried_again_and_taken_back(first, second):
    both = FallingBack(first, second, pause=0)
    await both.rebuild(stream(SHELVES))
    first.out = True
    assert await ids(both, "月饼") == [1]
    first.out = False
    assert await ids(both, "月饼") == [1]
    assert first.asked == 2


async def test_a_second_that_was_never_built_does_not_say_that_there_is_nothing(first, second):
    await first.rebuild(stream(SHELVES))
    first.out = True
    with pytest.raises(Unavailable):
        await ids(FallingBack(first, second), "月饼")


async def test_a_query_that_is_refused_is_no_outage(both, first):
    with pytest.raises(Invalid):
        await ids(both, "图" * 513)
    assert await ids(both, "月饼") == [1]
    assert first.asked == 2


async def test_a_change_that_the_first_missed_is_not_done(both, first, second):
    first.out = True
    with pytest.raises(Unavailable):
        await both.replace([content(70, "羽毛球", "比赛")])
    assert await ids(second, "羽毛球") == [70]


async def test_while_the_first_is_out_the_second_is_built_only_if_it_must_be(first, second):
    both = FallingBack(first, second)
    first.out = True
    for shelves, documents in ((SHELVES, DOCUMENTS), ([NEWS], DOCUMENTS)):
        with pytest.raises(Unavailable):
            await both.rebuild(stream(shelves))
        assert (await second.state()).documents == documents


async def test_a_stream_that_breaks_leaves_both_as_they_were(both, first, second):
    async def broken():
        yield NEWS
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        await both.rebuild(broken())
    for engine in (first, second):
        assert (await engine.state()).documents == DOCUMENTS
