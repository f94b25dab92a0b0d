"""A store that is down or hangs: whoever needs it is told so, nobody else notices."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from forwarding import forwarder
from group import building, gid
from pixels import encoded, picture
from servers import free_port
from sqlmodel import func, select
from starlette.applications import Starlette
from uploading import COMPLETE, Sending

from app import preparing, worker
from app.jobs import Job
from app.uploads.models import Upload
from app.visibility import EVERYONE
from app.worker import Worker
from media import patience
from media.playing import play_route, play_url
from media.s3 import S3Access, S3Store

pytestmark = [
    pytest.mark.anyio,
    # The database has no part in it.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

IN_PARTS = """mutation { requestUpload(input: { filename: "a.mp4", contentType: "video/mp4",
  byteSize: 5, purpose: VIDEO, inParts: true }) { upload { id } errors { code message } } }"""
PARTS = "query ($id: ID!) { node(id: $id) { ... on Upload { parts { number } } } }"
CAPTION = """mutation ($id: ID!) { captionVideo(input: {videoId: $id, language: "zh-CN",
  label: "中文", text: "WEBVTT\\n\\n00:00.000 --> 00:01.000\\n同志们好\\n"}) {
  video { tracks { language } } errors { code message } } }"""
DESCRIBE = """mutation ($id: ID!) { describeImage(input: {imageId: $id, alt: "红旗"}) {
  image { alt } errors { code } } }"""
AWAY = {"code": "UNAVAILABLE", "message": "存储暂时不可用，请稍后再试"}


@pytest.fixture
async def member(database):
    async with building(database) as group:
        return await group.member(await group.organization())


def access(port):
    address = f"http://127.0.0.1:{port}"
    return S3Access(address, address, "dangjian-test", "tester-key", "tester-secret")


@pytest.fixture(params=["refuses", "hangs"])
async def away(request, ask, monkeypatch, anyio_backend):
    """The graph over a store that does not answer."""
    monkeypatch.setattr(patience, "_SECONDS", 0.3)
    async with forwarder(free_port()) as server:
        if request.param == "hangs":
            await server.hang()
        ask.platform = replace(ask.platform, media=S3Store(access(server.port)))
        yield ask


async def uploaded(database, member, **asset):
    async with building(database) as group:
        made = Upload(
            member_id=member.id,
            purpose="VIDEO",
            filename="a.mp4",
            content_type="video/mp4",
            byte_size=5,
            object_key=f"quarantine/{'a' * 32}",
            **asset,
        )
        group.session.add(made)
        await group.session.flush()
    return made


async def test_who_needs_the_store_is_told_that_it_is_away(away, database, member):
    assert (await away(IN_PARTS, member))["requestUpload"] == {"upload": None, "errors": [AWAY]}
    upload = await uploaded(database, member, multipart="x", part_size=5)
    said = (await away(COMPLETE, member, id=gid(upload)))["completeUpload"]
    assert said["upload"] is None
    assert said["errors"] == [AWAY | {"path": []}]
    assert (await away.refusal(PARTS, member, id=gid(upload)))["code"] == "UNAVAILABLE"
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Upload)) == 1
        assert await session.scalar(select(func.count()).select_from(Job)) == 0


async def test_captions_are_kept_whole_or_not_at_all(away, database, member):
    async with building(database) as group:
        video = await group.video()
    await uploaded(database, member, video_id=video.id, state="READY")
    said = (await away(CAPTION, member, id=gid(video)))["captionVideo"]
    assert said == {"video": None, "errors": [AWAY]}


async def test_a_player_is_told_to_come_again(away, database, member):
    async with building(database) as group:
        video = await group.video()
    await uploaded(database, member, video_id=video.id, state="READY")
    app = Starlette(routes=[play_route()])
    app.state.platform = away.platform
    viewer = await away.viewer(member)
    key = away.platform.settings.signing_key
    url = play_url(key, video.id, viewer.session_id, "index.m3u8")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get(url)).status_code == 503


async def test_who_does_not_need_it_does_not_notice(away, database, member):
    sending = Sending(away, member)
    assert (await sending.request(5))["errors"] == []
    async with building(database) as group:
        image = await group.image("")
        await group.news(member, cover=image)
    await uploaded(database, member, image_id=image.id, state="READY")
    said = (await away(DESCRIBE, member, id=gid(image)))["describeImage"]
    assert said == {"image": {"alt": "红旗"}, "errors": []}


async def test_the_index_does_not_wait_for_it(away, database, member, monkeypatch):
    monkeypatch.setattr(worker, "_PLACING_SECONDS", 0.3)
    async with building(database) as group:
        # Open, and nobody may see it: to be closed.
        await group.news(member, audience=EVERYONE, cover=await group.image())
    assert await Worker(away.platform).drain() > 0
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.services
async def test_once_it_is_back_the_work_is_done(ask, seaweed, member, monkeypatch):
    there = urlsplit(seaweed.endpoint).port
    async with forwarder(free_port(), there) as server:
        await server.open()
        store = S3Store(seaweed._replace(endpoint=f"http://127.0.0.1:{server.port}"))
        ask.platform = replace(ask.platform, media=store)
        sending, data = Sending(ask, member), encoded(picture())
        upload = (await sending.request(len(data)))["upload"]
        await sending.send(upload, data)
        assert (await sending.complete(upload))["errors"] == []
        await server.close()
        await Worker(ask.platform).drain()
        assert (await sending.look(upload))["state"] == "PROCESSING"
        await server.open()
        real = preparing.jobs.now
        monkeypatch.setattr("app.jobs.now", lambda: real() + timedelta(minutes=10))
        await Worker(ask.platform).drain()
        assert (await sending.look(upload))["state"] == "READY"
