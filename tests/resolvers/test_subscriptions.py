"""Subscriptions tell what is new to those who see it, and end when they no longer do."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building, gid, global_id
from live import Clock, hints_are_out, impatient, platform_on, subscribed
from sqlmodel import col

from app.content.actions import archive
from app.content.models import Content
from app.database import Database
from app.database.columns import now
from app.engagement.actions import comment, like, unlike
from app.engagement.models import Comment
from app.members import sessions as sessions_module
from app.members.actions import suspend
from app.members.models import LoginSession, Member
from resolvers import subscriptions, watching
from schema import content as content_types

pytestmark = pytest.mark.anyio

ON_COMMENT = """subscription ($id: ID!) { commentAdded(contentId: $id) {
  id body author { id name } content { commentCount } } }"""
ON_CHANGE = """subscription ($id: ID!) { contentChanged(contentId: $id) {
  id likeCount commentCount viewerHasLiked ... on LiveStream { state } } }"""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Nothing is believed for long, and storms are short."""
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)
    monkeypatch.setattr(subscriptions, "_PAUSE_SECONDS", 0.2)


@pytest.fixture
def platform(platform):
    return impatient(platform)


class Scene:
    """Two branches below a committee; a news item of the first, for its members."""


@pytest.fixture
async def scene(database):
    async with building(database) as group:
        made = Scene()
        made.committee = await group.organization("集团党委")
        made.branch = await group.organization(below=made.committee)
        made.other = await group.organization(below=made.committee)
        made.author = await group.member(made.branch, "张三")
        made.reader = await group.member(made.branch, "李四")
        made.stranger = await group.member(made.other, "王五")
        made.content = await group.news(made.author, audience=f"org:{made.branch.id}")
        made.public = await group.news(made.author)
    return made


async def write(database, content, author, body="好", **more):
    async with database.transaction() as session:
        return (await comment(session, content.id, author.id, body=body, **more)).id


async def mark(database, deed, content, *members):
    for member in members:
        async with database.transaction() as session:
            await deed(session, content.id, member.id)


def code(answer):
    [error] = answer["errors"]
    return error["extensions"]["code"]


async def test_a_comment_is_told_once_to_whoever_watches_its_content(database, platform, scene):
    async with subscribed(platform, ON_COMMENT, scene.reader, id=gid(scene.content)) as stream:
        await write(database, scene.public, scene.author)
        await mark(database, like, scene.content, scene.author)
        key = await write(database, scene.content, scene.author, "第一条")
        assert (await stream())["data"]["commentAdded"] == {
            "id": global_id("Comment", key),
            "body": "第一条",
            "author": {"id": gid(scene.author), "name": "张三"},
            "content": {"commentCount": 1},
        }
        assert await stream.is_silent()
        await write(database, scene.content, scene.reader, "第二条")
        assert (await stream())["data"]["commentAdded"]["body"] == "第二条"


async def test_what_was_missed_is_caught_up_and_nothing_is_told_twice(database, platform, scene):
    await write(database, scene.content, scene.author, "从前")
    async with subscribed(platform, ON_COMMENT, scene.reader, id=gid(scene.content)) as stream:
        await write(database, scene.content, scene.author, "一")
        assert (await stream())["data"]["commentAdded"]["body"] == "一"
        async with database.transaction() as session:
            for body in "二三":
                unannounced = Comment(
                    content_id=scene.content.id, author_id=scene.author.id, body=body
                )
                session.add(unannounced)
                await session.flush()
        database.announcements.tell_missed()
        told = [(await stream())["data"]["commentAdded"]["body"] for _ in range(2)]
        assert told == ["二", "三"]
        database.announcements.tell_missed()
        assert await stream.is_silent()


async def test_a_removed_comment_is_not_told(database, platform, scene):
    async with subscribed(platform, ON_COMMENT, scene.reader, id=gid(scene.content)) as stream:
        async with database.transaction() as session:
            made = await comment(session, scene.content.id, scene.author.id, body="不好")
            made.removed_at = now()
        assert await stream.is_silent()


@pytest.mark.parametrize("query", [ON_COMMENT, ON_CHANGE])
async def test_what_is_not_seen_is_not_found(database, platform, scene, query):
    for member, key in [
        (scene.stranger, gid(scene.content)),
        (None, gid(scene.content)),
        (scene.reader, global_id("NewsItem", 1)),
    ]:
        async with subscribed(platform, query, member, id=key) as stream:
            assert code(await stream()) == "NOT_FOUND"
            with pytest.raises(StopAsyncIteration):
                await stream()
    async with subscribed(platform, query, scene.reader, id="x") as stream:
        assert code(await stream()) == "INVALID"
    assert len(database.announcements) == 0


async def _lose_session(session, scene):
    await session.execute(
        sa.update(LoginSession)
        .where(col(LoginSession.member_id) == scene.reader.id)
        .values(ended_at=now())
    )


async def _be_suspended(session, scene):
    await suspend(session, scene.reader.id)


async def _move(session, scene):
    reader = await session.get_one(Member, scene.reader.id)
    reader.organization_id = scene.other.id


async def _archive(session, scene):
    await archive(session, await session.get_one(Content, scene.content.id))


async def _narrow(session, scene):
    content = await session.get_one(Content, scene.content.id)
    content.audience_key = f"org:{scene.other.id}"


@pytest.mark.parametrize(
    ("losing", "expected"),
    [
        (_lose_session, "UNAUTHENTICATED"),
        (_be_suspended, "UNAUTHENTICATED"),
        (_move, "NOT_FOUND"),
        (_archive, "NOT_FOUND"),
        (_narrow, "NOT_FOUND"),
    ],
)
async def test_who_may_no_longer_see_is_told_nothing_more(
    database, platform, scene, losing, expected
):
    """No announcement helps: what is lost is found by looking."""
    key = gid(scene.content)
    async with (
        subscribed(platform, ON_COMMENT, scene.reader, id=key) as comments,
        subscribed(platform, ON_CHANGE, scene.reader, id=key) as changes,
    ):
        async with database.transaction() as session:
            await losing(session, scene)
            await comment(session, scene.content.id, scene.author.id, body="秘密")
        assert [code(await stream()) for stream in (comments, changes)] == [expected] * 2
    assert len(database.announcements) == 0


async def test_who_loses_their_session_while_it_is_looked_is_told_nothing_of_it(
    database, platform, scene, monkeypatch
):
    """The loss and the news come in one transaction, between the looks at viewer and content."""
    key, seen, losing = gid(scene.content), watching.seen, asyncio.Event()

    async def seen_late(*args, **named):
        if losing.is_set():
            losing.clear()
            async with database.transaction() as session:
                await _lose_session(session, scene)
                await comment(session, scene.content.id, scene.author.id, body="秘密")
        return await seen(*args, **named)

    monkeypatch.setattr(watching, "seen", seen_late)
    async with subscribed(platform, ON_CHANGE, scene.reader, id=key) as changes:
        losing.set()
        assert code(await changes()) == "UNAUTHENTICATED"


async def test_each_audience_is_told_what_it_sees(database, platform, scene):
    everybody = {"nobody": None, "reader": scene.reader, "stranger": scene.stranger}
    told = {}
    for audience in (
        "public",
        "everyone",
        f"tree:{scene.committee.id}",
        f"tree:{scene.branch.id}",
        f"org:{scene.branch.id}",
    ):
        async with database.transaction() as session:
            content = await session.get_one(Content, scene.content.id)
            content.audience_key = audience
        told[audience.split(":")[0], audience] = [
            name
            for name, member in everybody.items()
            if await _is_told(database, platform, scene, member)
        ]
    assert list(told.values()) == [
        ["nobody", "reader", "stranger"],
        ["reader", "stranger"],
        ["reader", "stranger"],
        ["reader"],
        ["reader"],
    ]


async def _is_told(database, platform, scene, member):
    async with subscribed(platform, ON_COMMENT, member, id=gid(scene.content)) as stream:
        await write(database, scene.content, scene.author)
        return "data" in await stream()


async def test_a_like_changes_the_card_for_each_who_watches(database, platform, scene):
    key = gid(scene.content)
    async with (
        subscribed(platform, ON_CHANGE, scene.reader, id=key) as his,
        subscribed(platform, ON_CHANGE, scene.author, id=key) as hers,
    ):
        await mark(database, like, scene.content, scene.reader)
        mine, others = [(await stream())["data"]["contentChanged"] for stream in (his, hers)]
        assert mine == {"id": key, "likeCount": 1, "commentCount": 0, "viewerHasLiked": True}
        assert others == mine | {"viewerHasLiked": False}
        await mark(database, unlike, scene.content, scene.reader)
        assert (await hers())["data"]["contentChanged"]["likeCount"] == 0


async def test_a_storm_is_told_now_and_then_and_its_end_always(database, platform, scene):
    async with building(database) as group:
        crowd = [await group.member(scene.branch) for _ in range(30)]
    async with subscribed(platform, ON_CHANGE, scene.reader, id=gid(scene.content)) as stream:
        await mark(database, like, scene.content, crowd[0])
        counts = [(await stream())["data"]["contentChanged"]["likeCount"]]
        await mark(database, like, scene.content, *crowd[1:])
        while counts[-1] < 30:
            counts.append((await stream())["data"]["contentChanged"]["likeCount"])
        assert counts == sorted(set(counts))
        assert len(counts) < 15
        assert await stream.is_silent()


async def test_a_change_that_was_not_announced_is_found_by_looking(database, platform, scene):
    async with subscribed(platform, ON_CHANGE, scene.reader, id=gid(scene.content)) as stream:
        async with database.transaction() as session:
            (await session.get_one(Content, scene.content.id)).view_count = 7
        assert (await stream())["data"]["contentChanged"]["likeCount"] == 0


async def test_a_live_stream_changes_with_the_clock(database, platform, scene, monkeypatch):
    clock = Clock()
    for module in (subscriptions, watching, content_types):
        monkeypatch.setattr(module, "now", clock)
    begins = clock.start + timedelta(seconds=0.3)
    ends = begins + timedelta(seconds=0.3)
    async with building(database) as group:
        live = await group.live(scene.author, starts_at=begins, ends_at=ends)
    patient = impatient(platform, 60)
    async with subscribed(patient, ON_CHANGE, scene.reader, id=gid(live)) as stream:
        for state, since in [("LIVE", begins), ("ENDED", ends)]:
            assert (await stream())["data"]["contentChanged"]["state"] == state
            assert clock() >= since
        assert await stream.is_silent()


async def test_who_sees_alike_shares_the_read(database, platform, scene):
    key, patient = gid(scene.content), impatient(platform, 60)
    query = "subscription ($id: ID!) { commentAdded(contentId: $id) { body } }"
    async with (
        subscribed(patient, query, scene.reader, id=key) as first,
        subscribed(patient, query, scene.author, id=key) as second,
        subscribed(patient, query, scene.reader, id=key) as third,
    ):
        before = database.statements
        await write(database, scene.content, scene.author)
        wrote = database.statements - before
        for stream in (first, second, third):
            assert "data" in await stream()
        # Three look whether their session stands; all see the content and the comment by one read.
        # PostgreSQL is told of the counter by a statement of its own.
        assert database.statements - before - wrote <= 3 + 2 + 1


@pytest.mark.services
async def test_what_another_process_writes_is_told(postgresql_url, empty_search, tmp_path):
    here, elsewhere = Database(postgresql_url), Database(postgresql_url)
    try:
        async with building(elsewhere) as group:
            author = await group.member(await group.organization())
            content = await group.news(author)
        await hints_are_out(elsewhere)
        platform = impatient(platform_on(here, empty_search, tmp_path), 60)
        key = gid(content)
        async with (
            subscribed(platform, ON_COMMENT, author, id=key) as comments,
            subscribed(platform, ON_CHANGE, author, id=key) as changes,
        ):
            await write(elsewhere, content, author, "来自别处")
            assert (await comments())["data"]["commentAdded"]["body"] == "来自别处"
            assert (await changes())["data"]["contentChanged"]["commentCount"] == 1
            await mark(elsewhere, like, content, author)
            assert (await changes())["data"]["contentChanged"]["likeCount"] == 1
            assert await comments.is_silent()
    finally:
        await here.close()
        await elsewhere.close()
