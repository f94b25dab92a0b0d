"""What every engine must do: the changes."""

import asyncio

import pytest
from library import (
    DOCUMENTS,
    EVERYBODY,
    NEWS,
    READING_ROOM,
    SHELVES,
    content,
    regulation,
    removed,
    stream,
)

from search.port import Filter, Held, Request, UnitKey, UnitKind

pytestmark = pytest.mark.anyio


async def ids(engine, query, *, audience=EVERYBODY):
    request = Request(query=query, filter=Filter(audience=frozenset(audience)), first=100)
    return [hit.id for hit in (await engine.search(request)).hits]


async def test_what_is_put_in_is_found_at_once(engine):
    await engine.replace([content(70, "羽毛球比赛", "周六下午开赛")])
    assert await ids(engine, "羽毛球") == [70]
    assert [hit.id for hit in await engine.suggest("yumaoqiu", EVERYBODY)] == [70]


async def test_what_is_replaced_is_not_found_by_its_old_words(engine):
    await engine.replace([content(1, "第三支部举办羽毛球赛", "周六开赛")])
    assert await ids(engine, "月饼") == []
    assert await ids(engine, "羽毛球") == [1]
    assert await engine.suggest("第三支部慰问", EVERYBODY) == ()


async def test_a_regulation_that_is_replaced_keeps_no_old_article(engine):
    shorter = regulation(1, "集团阅览室管理条例", {(1, 0): "不再借阅图书。"}, first_id=900)
    await engine.replace([shorter])
    assert await ids(engine, "喧哗") == []
    assert (await engine.state()).documents == DOCUMENTS - len(READING_ROOM.documents) + 1


async def test_a_change_of_audience_takes_it_from_those_before(engine):
    await engine.replace([content(1, "第三支部慰问", "月饼", audience="org:5")])
    assert await ids(engine, "月饼") == []
    assert await ids(engine, "月饼", audience={"org:5"}) == [1]


async def test_a_unit_without_documents_is_removed(engine):
    await engine.replace([removed(UnitKind.CONTENT, 1)])
    assert await ids(engine, "月饼") == []
    assert await engine.suggest("第三支部", EVERYBODY) == ()
    assert (await engine.state()).documents == DOCUMENTS - 1


async def test_the_same_number_of_another_kind_is_another_unit(engine):
    await engine.replace([removed(UnitKind.CONTENT, 1), removed(UnitKind.CONTENT, 404)])
    assert (await ids(engine, "借书规定"))[:1] == [101]


async def test_replacing_twice_is_the_same_as_once(engine):
    await engine.replace([NEWS, READING_ROOM])
    await engine.replace([NEWS, READING_ROOM])
    assert (await engine.state()).documents == DOCUMENTS


async def test_replacing_nothing_changes_nothing(engine):
    await engine.replace([])
    assert (await engine.state()).documents == DOCUMENTS


async def test_an_older_version_does_not_replace_a_newer_one(engine):
    await engine.replace([content(1, "新标题", "羽毛球", version=5)])
    await engine.replace([content(1, "旧标题", "乒乓球", version=4)])
    assert (await ids(engine, "羽毛球"), await ids(engine, "乒乓球")) == ([1], [])
    await engine.replace([content(1, "又一标题", "乒乓球", version=5)])
    assert (await ids(engine, "羽毛球"), await ids(engine, "乒乓球")) == ([], [1])


async def test_a_rebuild_holds_what_it_was_given_and_nothing_else(engine):
    await engine.rebuild(stream([NEWS]))
    assert await ids(engine, "图书") == [1]
    assert (await engine.state()).documents == 1


async def test_a_rebuild_of_nothing_is_empty(engine):
    await engine.rebuild(stream([]))
    assert await ids(engine, "图书") == []
    assert (await engine.state()).needs_rebuild is False


async def test_it_tells_what_it_holds(engine):
    await engine.rebuild(stream([NEWS, READING_ROOM]))
    await engine.replace(
        [content(7, "二支部", "羽毛球", version=3, audience="org:9"), removed(UnitKind.CONTENT, 1)]
    )
    held = {each.key: each async for each in engine.held()}
    new, room = UnitKey(UnitKind.CONTENT, 7), READING_ROOM.key
    articles = frozenset({101, 102, 103, 104, 105})
    assert held == {
        new: Held(new, 3, frozenset({"org:9"}), frozenset({7})),
        room: Held(room, 0, frozenset({"everyone"}), articles),
    }


async def test_searches_go_on_during_a_rebuild_and_never_fail(engine):
    many = [content(1000 + i, "读书会", "共读一本图书") for i in range(600)]
    rebuild = asyncio.create_task(engine.rebuild(stream([*SHELVES, *many])))
    totals = set()
    while not rebuild.done():
        totals.add(len(await ids(engine, "图书")))
    await rebuild
    assert totals <= {5, 100}
    assert 5 in totals
    assert len(await ids(engine, "图书")) == 100


async def test_what_is_written_during_a_rebuild_is_found_before_and_after_it(engine):
    async def slowly():
        yield NEWS
        await engine.replace([content(80, "羽毛球", "比赛"), removed(UnitKind.CONTENT, 1)])
        assert await ids(engine, "羽毛球") == [80]
        yield content(81, "乒乓球", "比赛")

    await engine.rebuild(slowly())
    assert set(await ids(engine, "比赛")) == {80, 81}
    assert await ids(engine, "月饼") == []


async def test_a_rebuild_that_fails_leaves_the_index_as_it_was(engine):
    async def broken():
        yield NEWS
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        await engine.rebuild(broken())
    assert (await engine.state()).documents == DOCUMENTS
    await engine.rebuild(stream([NEWS]))
    assert (await engine.state()).documents == 1


async def test_many_searches_and_writes_at_once_all_succeed(engine):
    async def write(number):
        await engine.replace([content(number, "并发", f"第{number}次写入")])

    searches = [ids(engine, "图书") for _ in range(20)]
    await asyncio.gather(*(write(number) for number in range(500, 506)), *searches)
    assert await ids(engine, "并发") == [500, 501, 502, 503, 504, 505]
