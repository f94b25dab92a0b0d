"""Links that members pass on: the same one again, counted once, and followed by whoever may."""

import asyncio
import re

import pytest
import sqlalchemy as sa
from group import building, gid
from snapshots import counted, snapshot

from app.content.models import ContentStatus
from app.sharing.models import Share, ShareChannel, ShareOpening
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio

SHARE = """mutation ($id: ID!, $channel: ShareChannel! = WECHAT) {
  done: shareContent(input: {contentId: $id, channel: $channel}) {
    url openCount content { id shareCount } errors { code message path } } }"""
OPEN = """mutation ($code: String!) { done: openShare(input: {code: $code}) {
  content { id } errors { code message path } } }"""
CODE = re.compile(
    r"http://127\.0\.0\.1:8000/s/"
    r"([123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz]{10})"
)


async def shared(ask, viewer, content, channel="WECHAT"):
    """The link's code, and the card's count."""
    done = (await ask(SHARE, viewer, id=gid(content), channel=channel))["done"]
    assert done["errors"] == []
    return CODE.fullmatch(done["url"])[1], done["content"]["shareCount"]


async def opened(ask, viewer, code):
    done = (await ask(OPEN, viewer, code=code))["done"]
    return done["content"] and done["content"]["id"], [error["code"] for error in done["errors"]]


async def open_counts(database):
    async with database.transaction() as session:
        return list(await session.scalars(sa.select(Share.open_count).order_by(Share.id)))


async def test_sharing_again_gives_the_same_link_and_counts_once(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author, reader = await group.member(branch), await group.member(branch)
        news = await group.news(author)
    viewers = [await ask.viewer(member) for member in (author, reader)]
    first = await shared(ask, viewers[0], news)
    assert (await shared(ask, viewers[0], news)) == first == (first[0], 1)
    other, count = await shared(ask, viewers[1], news)
    assert (other != first[0], count) == (True, 2)


async def test_each_channel_has_a_link_and_all_count_as_one_sharer(database, ask):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        news = await group.news(reader)
    viewer = await ask.viewer(reader)
    made = [await shared(ask, viewer, news, channel.value) for channel in ShareChannel]
    assert len({code for code, _ in made}) == len(ShareChannel)
    assert {count for _, count in made} == {1}


async def test_an_opening_lands_and_counts_once_a_member(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        sharer, *others = [await group.member(branch) for _ in range(3)]
        news = await group.news(sharer, audience=f"org:{branch.id}")
    sharer, *others = [await ask.viewer(member) for member in (sharer, *others)]
    code, _ = await shared(ask, sharer, news)
    for viewer, count in ((others[0], 1), (others[0], 1), (others[1], 2)):
        assert await opened(ask, viewer, code) == (gid(news), [])
        assert await open_counts(database) == [count]
    done = (await ask(SHARE, sharer, id=gid(news)))["done"]
    assert (done["openCount"], done["content"]["shareCount"]) == (2, 1)


async def test_the_sharer_lands_without_being_counted(database, ask):
    async with building(database) as group:
        sharer = await group.member(await group.organization())
        news = await group.news(sharer)
    viewer = await ask.viewer(sharer)
    code, _ = await shared(ask, viewer, news)
    before = await snapshot(database)
    assert await opened(ask, viewer, code) == (gid(news), [])
    assert await snapshot(database) == before


async def test_whoever_may_not_see_it_does_not_land(database, ask):
    async with building(database) as group:
        inside, outside = await group.organization(), await group.organization()
        sharer, stranger = await group.member(inside), await group.member(outside)
        news = await group.news(sharer, audience=f"org:{inside.id}")
    sharer, stranger = await ask.viewer(sharer), await ask.viewer(stranger)
    code, _ = await shared(ask, sharer, news)
    before = await snapshot(database)
    refused = (await ask(OPEN, stranger, code=code))["done"]
    unknown = (await ask(OPEN, stranger, code="1" * 10))["done"]
    assert refused == unknown
    assert refused == {
        "content": None,
        "errors": [
            {
                "code": "NOT_FOUND",
                "message": "链接不存在，或内容不可见",
                "path": ["input", "code"],
            }
        ],
    }
    for odd in ("", "0" * 10, code + "1", code[:9] + "\0", "一" * 10):
        assert await opened(ask, stranger, odd) == (None, ["NOT_FOUND"])
    assert await opened(ask, NOBODY, code) == (None, ["UNAUTHENTICATED"])
    assert await snapshot(database) == before


async def test_what_is_no_longer_published_is_not_counted(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author, reader = await group.member(branch), await group.member(branch)
        news = await group.news(author)
    author, reader = await ask.viewer(author), await ask.viewer(reader)
    code, _ = await shared(ask, reader, news)
    async with building(database) as group:
        (await group.session.merge(news)).status = ContentStatus.ARCHIVED
    assert await opened(ask, author, code) == (gid(news), [])
    assert await opened(ask, reader, code) == (None, ["NOT_FOUND"])
    assert await open_counts(database) == [0]


async def test_fifty_shares_at_once_are_one(database, ask):
    async with building(database) as group:
        reader = await group.member(await group.organization())
        news = await group.news(reader)
    viewer = await ask.viewer(reader)
    channels = [channel.value for channel in ShareChannel] * 9
    made = await asyncio.gather(*(shared(ask, viewer, news, each) for each in channels[:50]))
    assert len({code for code, _ in made}) == len(ShareChannel)
    assert {count for _, count in made} == {1}
    assert await counted(database, Share) == len(ShareChannel)


async def test_fifty_openings_at_once_are_one_a_member(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        sharer, *others = [await group.member(branch) for _ in range(6)]
        news = await group.news(sharer)
    sharer, *others = [await ask.viewer(member) for member in (sharer, *others)]
    code, _ = await shared(ask, sharer, news)
    landed = await asyncio.gather(*(opened(ask, viewer, code) for viewer in others * 10))
    assert set(map(str, landed)) == {str((gid(news), []))}
    assert await open_counts(database) == [5]
    assert await counted(database, ShareOpening) == 5


async def test_a_share_waits_for_what_is_being_archived(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author, reader = await group.member(branch), await group.member(branch)
        news = await group.news(author)
    reader = await ask.viewer(reader)
    async with building(database) as group:
        (await group.session.merge(news)).status = ContentStatus.ARCHIVED
        await group.session.flush()
        sharing = asyncio.create_task(ask(SHARE, reader, id=gid(news)))
        done, _ = await asyncio.wait({sharing}, timeout=0.1)
        assert not done
    assert [error["code"] for error in (await sharing)["done"]["errors"]] == ["NOT_FOUND"]
    assert await counted(database, Share) == 0


async def test_a_refused_share_changes_nothing(database, ask):
    async with building(database) as group:
        inside, outside = await group.organization(), await group.organization()
        author, stranger = await group.member(inside), await group.member(outside)
        news = await group.news(author, audience=f"org:{inside.id}")
        draft = await group.news(author, status=ContentStatus.DRAFT)
    author, stranger = await ask.viewer(author), await ask.viewer(stranger)
    before = await snapshot(database)
    for viewer, key, code, path in [
        (NOBODY, gid(news), "UNAUTHENTICATED", []),
        (stranger, gid(news), "NOT_FOUND", ["input", "contentId"]),
        (author, gid(draft), "CONFLICT", ["input", "contentId"]),
        (author, gid(inside), "INVALID", ["input", "contentId"]),
    ]:
        done = (await ask(SHARE, viewer, id=key))["done"]
        [error] = done["errors"]
        assert (done["url"], done["content"]) == (None, None)
        assert (error["code"], error["path"]) == (code, path)
    assert await snapshot(database) == before
