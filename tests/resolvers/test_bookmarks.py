"""Keeping and opening contents: each once a member, whoever sees them."""

import asyncio

import pytest
from group import building, gid
from snapshots import counted, snapshot

from app.content.models import ContentStatus
from app.engagement.models import ContentBookmark, ContentView
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio

DEED = """mutation ($id: ID!) { done: %s(input: {contentId: $id}) {
  content { id viewCount viewerHasBookmarked } errors { code message path } } }"""
KEEP, DROP, VIEW = [DEED % name for name in ("bookmarkContent", "removeBookmark", "recordView")]
LIST = """query ($first: Int, $after: String) { bookmarks(first: $first, after: $after) {
  nodes { id title } edges { cursor } pageInfo { hasNextPage endCursor } } }"""


async def listed(ask, viewer, first=100, after=None):
    page = (await ask(LIST, viewer, first=first, after=after))["bookmarks"]
    return [node["id"] for node in page["nodes"]], page["pageInfo"]


async def test_a_bookmark_twice_is_the_same_as_once(database, ask):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        news = await group.news(reader)
    viewer = await ask.viewer(reader)
    kept = {"content": {"id": gid(news), "viewCount": 0, "viewerHasBookmarked": True}, "errors": []}
    for _ in range(2):
        assert (await ask(KEEP, viewer, id=gid(news)))["done"] == kept
        assert await counted(database, ContentBookmark) == 1
    kept["content"]["viewerHasBookmarked"] = False
    for _ in range(2):
        assert (await ask(DROP, viewer, id=gid(news)))["done"] == kept
        assert await counted(database, ContentBookmark) == 0


async def test_bookmarks_are_listed_newest_first_page_by_page(database, ask):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        contents = [await group.news(reader, f"第{n}条") for n in range(5)]
    viewer = await ask.viewer(reader)
    kept = [contents[n] for n in (3, 0, 4, 1, 2)]
    for content in kept:
        await ask(KEEP, viewer, id=gid(content))
    expected, found, after = [gid(content) for content in reversed(kept)], [], None
    for size, more in ((2, True), (2, True), (2, False)):
        page, info = await listed(ask, viewer, size, after)
        found, after = found + page, info["endCursor"]
        assert info["hasNextPage"] == more
        if found == expected[:2]:
            # What is kept or dropped meanwhile moves no page.
            await ask(DROP, viewer, id=expected[1])
            await ask(KEEP, viewer, id=expected[1])
    assert found == expected
    assert (await listed(ask, viewer))[0] == [expected[1], expected[0], *expected[2:]]


async def test_bookmarks_are_ones_own_and_of_what_one_still_sees(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author, reader = await group.member(branch), await group.member(branch)
        news, lecture = await group.news(author), await group.lecture(author)
        for member in (author, reader):
            await group.bookmark(news, member)
        await group.bookmark(lecture, reader)
    viewers = [await ask.viewer(member) for member in (author, reader)]
    assert [(await listed(ask, viewer))[0] for viewer in viewers] == [
        [gid(news)],
        [gid(lecture), gid(news)],
    ]
    async with building(database) as group:
        archived = await group.session.merge(news)
        archived.status = ContentStatus.ARCHIVED
    assert [(await listed(ask, viewer))[0] for viewer in viewers] == [[gid(news)], [gid(lecture)]]
    assert (await listed(ask, NOBODY))[0] == []


async def test_a_bookmark_is_dropped_even_when_the_content_is_archived(database, ask):
    async with building(database) as group:
        author = await group.member(await group.organization())
        news = await group.news(author, status=ContentStatus.ARCHIVED)
        await group.bookmark(news, author)
    assert (await ask(DROP, author, id=gid(news)))["done"]["errors"] == []
    assert await counted(database, ContentBookmark) == 0


async def test_a_page_of_bookmarks_takes_two_statements(database, ask):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        for _ in range(12):
            await group.bookmark(await group.news(reader), reader)
    viewer = await ask.viewer(reader)
    for first in (2, 10):
        statements, data = await ask.statements(LIST, viewer, first=first)
        assert (statements, len(data["bookmarks"]["nodes"])) == (2, first)


async def test_each_member_counts_once_among_those_who_opened(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        readers = [await group.member(branch) for _ in range(3)]
        news = await group.news(readers[0])
    for seen, member in ((1, 0), (1, 0), (2, 1), (3, 2), (3, 1)):
        done = (await ask(VIEW, readers[member], id=gid(news)))["done"]
        assert (done["content"]["viewCount"], done["errors"]) == (seen, [])


@pytest.mark.parametrize("deed", [KEEP, VIEW])
async def test_fifty_at_once_of_one_member_count_once(database, ask, deed):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        news = await group.news(reader)
    viewer = await ask.viewer(reader)
    answers = await asyncio.gather(*(ask(deed, viewer, id=gid(news)) for _ in range(50)))
    assert all(answer["done"]["errors"] == [] for answer in answers)
    views = 1 if deed == VIEW else 0
    assert await counted(database, ContentView) == views
    assert await counted(database, ContentBookmark) == 1 - views
    again = (await ask(deed, viewer, id=gid(news)))["done"]["content"]
    assert again["viewCount"] == views


async def test_members_who_open_at_once_are_all_counted(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        readers = [await group.member(branch) for _ in range(20)]
        news = await group.news(readers[0])
    viewers = [await ask.viewer(reader) for reader in readers]
    await asyncio.gather(*(ask(VIEW, viewer, id=gid(news)) for viewer in viewers * 2))
    [node] = (await ask("{ feed { nodes { viewCount } } }"))["feed"]["nodes"]
    assert node == {"viewCount": 20}


@pytest.mark.parametrize("deed", [KEEP, DROP, VIEW])
async def test_a_refused_deed_changes_nothing(database, ask, deed):
    async with building(database) as group:
        inside, outside = await group.organization(), await group.organization()
        author = await group.member(inside)
        reader = await group.member(outside)
        news = await group.news(author, audience=f"tree:{inside.id}")
        draft = await group.news(author, status=ContentStatus.DRAFT)
        await group.bookmark(news, reader)
    reader, author = await ask.viewer(reader), await ask.viewer(author)
    cases = [
        (NOBODY, gid(news), "UNAUTHENTICATED", []),
        (reader, gid(news), "NOT_FOUND", ["input", "contentId"]),
        (reader, gid(draft), "NOT_FOUND", ["input", "contentId"]),
        (reader, gid(inside), "INVALID", ["input", "contentId"]),
    ]
    if deed != DROP:
        cases.append((author, gid(draft), "CONFLICT", ["input", "contentId"]))
    before = await snapshot(database)
    for viewer, key, code, path in cases:
        done = (await ask(deed, viewer, id=key))["done"]
        [error] = done["errors"]
        assert (done["content"], error["code"], error["path"]) == (None, code, path)
    assert await snapshot(database) == before
