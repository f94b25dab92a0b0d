import asyncio
import multiprocessing
import os
import threading

import pytest
from library import DOCUMENTS, EVERYBODY, NEWS, SHELVES, content, stream

from app.errors import Conflict, Unavailable
from search.embedded import EmbeddedEngine
from search.embedded.shelf import Shelf
from search.port import EngineState, Filter, Page, Request

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(tmp_path):
    """Opens engines on one directory, as several processes would."""
    engines = []

    def open_one():
        engines.append(EmbeddedEngine(tmp_path / "index"))
        return engines[-1]

    yield open_one
    for engine in engines:
        await engine.close()


async def ids(engine, query):
    page = await engine.search(Request(query=query, filter=Filter(audience=EVERYBODY)))
    return [hit.id for hit in page.hits]


def write_elsewhere(directory):
    """What another process does: put one piece of news in."""

    async def write():
        engine = EmbeddedEngine(directory)
        await engine.replace([content(90, "羽毛球", "比赛")])
        await engine.close()

    asyncio.run(write())


def die_while_rebuilding(directory):
    """What a process does that is killed in the midst of a rebuild."""

    async def units():
        yield NEWS
        os._exit(9)

    asyncio.run(EmbeddedEngine(directory).rebuild(units()))


def current(tmp_path):
    return tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text()


async def test_a_new_directory_is_empty_and_asks_to_be_built(opened):
    engine = opened()
    assert await ids(engine, "图书") == []
    state = await engine.state()
    assert (state.name, state.documents, state.needs_rebuild) == ("embedded", 0, True)


async def test_a_new_directory_can_be_written_to(opened):
    engine = opened()
    await engine.replace([NEWS])
    assert await ids(engine, "月饼") == [1]


async def test_an_index_is_there_after_a_restart(opened):
    await opened().rebuild(stream(SHELVES))
    again = opened()
    assert await ids(again, "月饼") == [1]
    assert (await again.state()).needs_rebuild is False


async def test_a_reader_sees_what_another_writes_at_once(opened):
    writer, reader = opened(), opened()
    await writer.rebuild(stream(SHELVES))
    assert await ids(reader, "羽毛球") == []
    await writer.replace([content(90, "羽毛球", "比赛")])
    assert await ids(reader, "羽毛球") == [90]
    assert [hit.id for hit in await reader.suggest("ymq", EVERYBODY)] == [90]
    await writer.rebuild(stream([NEWS]))
    assert await ids(reader, "羽毛球") == []


async def test_the_next_search_of_a_reader_sees_what_another_process_wrote(opened, tmp_path):
    reader = opened()
    await reader.rebuild(stream(SHELVES))
    process = multiprocessing.get_context("spawn").Process(
        target=write_elsewhere, args=(tmp_path / "index",)
    )
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == 0
    assert await ids(reader, "羽毛球") == [90]


async def test_two_writers_take_turns(opened):
    one, other = opened(), opened()
    await one.rebuild(stream([]))
    await asyncio.gather(
        *(one.replace([content(i, "比赛", "羽毛球")]) for i in range(0, 8, 2)),
        *(other.replace([content(i, "比赛", "羽毛球")]) for i in range(1, 8, 2)),
    )
    assert sorted(await ids(one, "羽毛球")) == list(range(8))


async def test_a_second_rebuild_at_once_is_refused(opened):
    engine, other = opened(), opened()

    async def while_another_tries():
        yield NEWS
        with pytest.raises(Conflict):
            await other.rebuild(stream([]))

    await engine.rebuild(while_another_tries())
    assert (await engine.state()).documents == 1


async def test_writing_by_another_during_a_rebuild_is_not_lost(opened):
    engine, other = opened(), opened()

    async def while_another_writes():
        yield NEWS
        await other.replace([content(90, "羽毛球", "比赛")])

    await engine.rebuild(while_another_writes())
    assert await ids(engine, "羽毛球") == [90]


async def test_old_indexes_are_cleared_away(opened, tmp_path):
    engine = opened()
    for _ in range(4):
        await engine.rebuild(stream([NEWS]))
        await ids(engine, "月饼")
    assert len(list((tmp_path / "index").glob("index-*"))) == 2


@pytest.mark.parametrize("spoil", ["layout", "meta", "settings", "segments", "gone"])
async def test_an_index_that_cannot_be_read_asks_to_be_built_and_is(opened, tmp_path, spoil):
    await opened().rebuild(stream(SHELVES))
    index = current(tmp_path)
    if spoil == "layout":
        (index / "settings.json").write_text('{"fingerprint": "older", "complete": true}')
    elif spoil == "gone":
        index.rename(index.with_name("elsewhere"))
    else:
        patterns = {"meta": "meta.json", "settings": "settings.json", "segments": "*.store"}
        for path in index.glob(patterns[spoil]):
            path.write_bytes(b"\x00broken")
    engine = opened()
    with pytest.raises(Unavailable):
        await ids(engine, "月饼")
    with pytest.raises(Unavailable):
        await engine.replace([NEWS])
    assert (await engine.state()).needs_rebuild is True
    await engine.rebuild(stream(SHELVES))
    assert await ids(engine, "月饼") == [1]
    assert await engine.state() == EngineState("embedded", DOCUMENTS, needs_rebuild=False)


async def test_a_process_that_dies_while_it_rebuilds_blocks_nobody(opened, tmp_path):
    engine = opened()
    await engine.rebuild(stream(SHELVES))
    process = multiprocessing.get_context("spawn").Process(
        target=die_while_rebuilding, args=(tmp_path / "index",)
    )
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == 9
    assert await ids(engine, "月饼") == [1]
    await engine.replace([content(1, "羽毛球", "比赛")])
    await engine.rebuild(stream([NEWS]))
    assert await ids(engine, "比赛 月饼") == [1]
    assert (await engine.state()).documents == 1


async def test_searches_run_beside_the_event_loop(opened, monkeypatch):
    threads = []

    def find(snapshot, request, synonyms):
        threads.append(threading.current_thread().name)
        return Page()

    monkeypatch.setattr("search.embedded.engine.find", find)
    await ids(opened(), "图书")
    assert [name.startswith("search") for name in threads] == [True]


def test_a_line_that_was_never_finished_is_not_read_from_the_journal(tmp_path):
    shelf = Shelf(tmp_path, "layout")
    shelf.note(["content:1", 0, []])
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('["content:2", 0')
    assert list(shelf.noted()) == [["content:1", 0, []]]
