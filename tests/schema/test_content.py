"""Contents in the graph: every field of the four kinds, permissions, marks, and their cost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import MINUTE, START, building, gid

import schema.content
from app.content.models import LiveStream, MicroLecture, NewsItem
from app.uploads.models import MediaState

pytestmark = pytest.mark.anyio

CARD = """
fragment Card on Content {
  __typename id kind title summary tags publishedAt createdAt updatedAt status
  likeCount shareCount commentCount viewCount
  viewerHasLiked viewerHasBookmarked
  cover { id state url(width: 300) width height alt }
  gallery { id url }
  author { id name }
  organization { id name kind }
  audience { scope organization { id } }
  bodyHtml
}
"""
ONE = CARD + "query ($id: ID!) { node(id: $id) { ...Card } }"
LIVE = """query ($id: ID!) { node(id: $id) { ... on LiveStream {
  streamUrl startsAt endsAt state replay { id mp4Url } } } }"""


async def _set(database, model, content, **values):
    async with database.transaction() as transaction:
        await transaction.execute(
            sa.update(model).where(model.content_id == content.id).values(**values)
        )


async def _react(group, news, author, reader):
    for member in (reader, author):
        await group.like(news, member)
    await group.bookmark(news, reader)
    await group.comment(news, author)


async def test_a_content_says_all_that_a_card_shows(database, ask):
    async with building(database) as group:
        committee = await group.organization("集团党委")
        branch = await group.organization("一车间党支部", below=committee)
        author, reader = await group.member(branch, "王芳"), await group.member(branch, "李强")
        cover, first, second = [await group.image(f"第{n}张") for n in range(3)]
        news = await group.news(
            author,
            "检修完成",
            body="# 进展\n\n三号机组**并网**。",
            tags=("安全", "生产"),
            cover=cover,
            gallery=(second, first),
            audience=f"tree:{committee.id}",
        )
        await _react(group, news, author, reader)
    assert (await ask(ONE, reader, id=gid(news)))["node"] == {
        "__typename": "NewsItem",
        "id": gid(news),
        "kind": "NEWS",
        "title": "检修完成",
        "summary": "检修完成的摘要",
        "tags": ["安全", "生产"],
        "publishedAt": START.isoformat(),
        "createdAt": START.isoformat(),
        "updatedAt": START.isoformat(),
        "status": "PUBLISHED",
        "likeCount": 2,
        "shareCount": 0,
        "commentCount": 1,
        "viewCount": 0,
        "viewerHasLiked": True,
        "viewerHasBookmarked": True,
        "cover": {
            "id": gid(cover),
            "state": "READY",
            "url": f"/media/{cover.object_key}/320.webp",
            "width": 640,
            "height": 360,
            "alt": "第0张",
        },
        "gallery": [
            {"id": gid(second), "url": f"/media/{second.object_key}/640.webp"},
            {"id": gid(first), "url": f"/media/{first.object_key}/640.webp"},
        ],
        "author": {"id": gid(author), "name": "王芳"},
        "organization": {"id": gid(branch), "name": "一车间党支部", "kind": "BRANCH"},
        "audience": {"scope": "SUBTREE", "organization": {"id": gid(committee)}},
        "bodyHtml": "<h2>进展</h2>\n<p>三号机组<strong>并网</strong>。</p>\n",
    }


async def test_a_bare_public_content_says_so_to_nobody(database, ask):
    async with building(database) as group:
        author = await group.member(await group.organization())
        news = await group.news(author, body="")
    node = (await ask(ONE, id=gid(news)))["node"]
    assert node["cover"] is None
    assert (node["gallery"], node["tags"], node["bodyHtml"]) == ([], [], "")
    assert node["audience"] == {"scope": "PUBLIC", "organization": None}
    assert (node["viewerHasLiked"], node["viewerHasBookmarked"]) == (False, False)


async def test_lists_carry_the_same_text_as_single_items(database, ask):
    async with building(database) as group:
        author = await group.member(await group.organization())
        await group.news(author, body="第一篇")
        await group.news(author, body="第二篇")
    feed = await ask("{ feed { nodes { bodyHtml } } }")
    assert [node["bodyHtml"] for node in feed["feed"]["nodes"]] == [
        "<p>第二篇</p>\n",
        "<p>第一篇</p>\n",
    ]


async def test_a_news_item_names_its_source(database, ask):
    async with building(database) as group:
        news = await group.news(await group.member(await group.organization()))
    query = "query ($id: ID!) { node(id: $id) { ... on NewsItem { sourceName sourceUrl } } }"
    assert (await ask(query, id=gid(news)))["node"] == {"sourceName": None, "sourceUrl": None}
    await _set(database, NewsItem, news, source_name="厂报", source_url="https://news.example/1")
    assert (await ask(query, id=gid(news)))["node"] == {
        "sourceName": "厂报",
        "sourceUrl": "https://news.example/1",
    }


async def test_a_micro_lecture_has_a_lecturer_and_a_video(database, ask):
    async with building(database) as group:
        lecture = await group.lecture(await group.member(await group.organization()))
        poster = await group.image()
        video = await group.video(poster=poster)
    await _set(database, MicroLecture, lecture, video_id=video.id, duration_seconds=61)
    query = """query ($id: ID!) { node(id: $id) { ... on MicroLecture { lecturer durationSeconds
      video { id state hlsUrl mp4Url durationSeconds width height poster { id } } } } }"""
    assert (await ask(query, id=gid(lecture)))["node"] == {
        "lecturer": "李老师",
        "durationSeconds": 61,
        "video": {
            "id": gid(video),
            "state": "READY",
            "hlsUrl": f"/media/{video.object_key}/index.m3u8",
            "mp4Url": f"/media/{video.object_key}/video.mp4",
            "durationSeconds": 61.5,
            "width": 1280,
            "height": 720,
            "poster": {"id": gid(poster)},
        },
    }


async def test_a_video_has_no_address_until_it_is_ready(database, ask):
    async with building(database) as group:
        lecture = await group.lecture(await group.member(await group.organization()))
        video = await group.video(state=MediaState.PROCESSING)
    await _set(database, MicroLecture, lecture, video_id=video.id)
    query = """query ($id: ID!) { node(id: $id) {
      ... on Video { state hlsUrl mp4Url poster { id } } } }"""
    assert (await ask(query, id=gid(video)))["node"] == {
        "state": "PROCESSING",
        "hlsUrl": None,
        "mp4Url": None,
        "poster": None,
    }


async def test_a_picture_has_an_address_before_it_is_ready_and_refuses_no_width(database, ask):
    async with building(database) as group:
        image = await group.image(widths=(), state=MediaState.PROCESSING)
        await group.news(await group.member(await group.organization()), cover=image)
    query = "query ($w: Int) { feed { nodes { cover { state url(width: $w) } } } }"
    [node] = (await ask(query))["feed"]["nodes"]
    assert node["cover"] == {"state": "PROCESSING", "url": f"/media/{image.object_key}/640.webp"}
    assert await ask.refusal(query, w=0) == {"code": "INVALID", "field": ["width"]}


async def test_the_narrowest_rendition_that_fills_the_width_is_chosen(database, ask):
    async with building(database) as group:
        image = await group.image()
        await group.news(await group.member(await group.organization()), cover=image)
    query = "query ($w: Int) { feed { nodes { cover { url(width: $w) } } } }"
    for width, chosen in [(None, 640), (1, 96), (96, 96), (97, 320), (640, 640), (9000, 640)]:
        [node] = (await ask(query, w=width))["feed"]["nodes"]
        assert (width, node["cover"]["url"]) == (width, f"/media/{image.object_key}/{chosen}.webp")


async def test_a_live_stream_stands_as_the_clock_says(database, ask, monkeypatch):
    async with building(database) as group:
        author = await group.member(await group.organization())
        ends_at = START + 60 * MINUTE
        live = await group.live(author, starts_at=START, ends_at=ends_at)
        endless = await group.live(author, starts_at=START)

    async def at(instant, of=live):
        monkeypatch.setattr(schema.content, "now", lambda: instant)
        return (await ask(LIVE, id=gid(of)))["node"]["state"]

    a_moment = timedelta(microseconds=1)
    assert await at(START - a_moment) == "UPCOMING"
    assert await at(START) == "LIVE"
    assert await at(ends_at - a_moment) == "LIVE"
    assert await at(ends_at) == "ENDED"
    assert await at(ends_at + timedelta(days=900), endless) == "LIVE"
    async with building(database) as group:
        video = await group.video()
    await _set(database, LiveStream, live, replay_id=video.id)
    assert await at(ends_at - a_moment) == "LIVE"
    assert await at(ends_at) == "REPLAY"
    await _set(database, LiveStream, live, cancelled_at=START)
    assert await at(START) == "CANCELLED"
    assert (await ask(LIVE, id=gid(live)))["node"] == {
        "streamUrl": "https://live.example/1",
        "startsAt": START.isoformat(),
        "endsAt": ends_at.isoformat(),
        "state": "CANCELLED",
        "replay": {"id": gid(video), "mp4Url": f"/media/{video.object_key}/video.mp4"},
    }


async def test_a_showcase_entry_stands_in_its_column(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        column = await group.column(branch, "创新成果")
        entry = await group.entry(await group.member(branch), column)
    query = "query ($id: ID!) { node(id: $id) { ... on ShowcaseEntry { column { id title } } } }"
    assert (await ask(query, id=gid(entry)))["node"] == {
        "column": {"id": gid(column), "title": "创新成果"}
    }
