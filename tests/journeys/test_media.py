"""An editor's media, all the way: a phone picture and a film, uploaded, published, played."""

import asyncio
import re

import httpx
import pytest
from films import SOUND, film
from group import building
from pixels import phone_picture
from sqlmodel import select
from uploading import COMPLETE, REQUEST, UPLOAD

from app.content.actions import Lecture, publish
from app.content.models import Content, ContentStatus
from app.main import create_app
from app.uploads.models import Image, Video
from app.visibility import PUBLIC

pytestmark = pytest.mark.anyio

LOGIN = """mutation { login(input: {username: "bianji", password: "a good password"}) {
  accessToken } }"""
LECTURE = """{ feed(first: 1) { nodes { title cover { url(width: 96) placeholder }
  ... on MicroLecture { video { hlsUrl mp4Url durationSeconds poster { url } } } } } }"""


class Phone:
    """A client over plain HTTP: the API in this process, the store wherever it is."""

    def __init__(self, app) -> None:
        self.here = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        self.there = httpx.AsyncClient()
        self.token = None

    def _client(self, url):
        return self.here if url.startswith("/") else self.there

    async def ask(self, query, **variables):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        answer = (await self.here.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def get(self, url):
        answer = await self._client(url).get(url)
        while answer.is_redirect:
            url = answer.headers["location"]
            answer = await self._client(url).get(url)
        return answer

    async def upload(self, data, **wanted):
        given = await self.ask(REQUEST, byteSize=len(data), **wanted)
        upload = given["requestUpload"]["upload"]
        client, headers = self._client(upload["url"]), _dict(upload["headers"])
        if upload["method"] == "PUT":
            sent = await client.put(upload["url"], content=data, headers=headers)
        else:
            fields, files = _dict(upload["formFields"]), {"file": ("x", data)}
            sent = await client.post(upload["url"], data=fields, files=files)
        assert sent.status_code == 204
        states = [upload["state"]]
        done = await self.ask(COMPLETE, id=upload["id"])
        states.append(done["completeUpload"]["upload"]["state"])
        async with asyncio.timeout(60):
            while states[-1] not in {"READY", "REJECTED"}:
                await asyncio.sleep(0.1)
                states.append((await self.ask(UPLOAD, id=upload["id"]))["node"]["state"])
        return list(dict.fromkeys(states))


def _dict(pairs):
    return {each["name"]: each["value"] for each in pairs}


async def test_what_an_editor_uploads_is_published_seen_and_played(media_settings, tmp_path):
    source = film(tmp_path / "a.mp4", *SOUND, size="640x360", seconds=1).read_bytes()
    app = create_app(media_settings)
    async with app.router.lifespan_context(app):
        database, phone = app.state.platform.database, Phone(app)
        async with building(database) as group:
            branch = await group.organization()
            editor = await group.member(branch, username="bianji", password="a good password")
        phone.token = (await phone.ask(LOGIN))["login"]["accessToken"]
        picture = {"filename": "春游.jpg", "contentType": "image/jpeg", "purpose": "IMAGE"}
        video = {"filename": "党课.mp4", "contentType": "video/mp4", "purpose": "VIDEO"}
        steps = ["AWAITING_UPLOAD", "PROCESSING", "READY"]
        assert await phone.upload(phone_picture(), **picture) == steps
        assert await phone.upload(source, **video) == steps
        lecture = await _published(database, editor)
        seen = await _shown(phone)
        # Anybody may fetch it, once the worker has opened it.
        phone.token = None
        async with asyncio.timeout(30):
            while "?" in seen["cover"]["url"] or "/play/" in seen["video"]["hlsUrl"]:
                await asyncio.sleep(0.1)
                seen = await _shown(phone)
        assert seen["title"] == lecture.title
        await phone.here.aclose()
        await phone.there.aclose()


async def _published(database, editor):
    async with building(database) as group:
        shown = (await group.session.scalars(select(Image).where(Image.width == 40))).one()
        film = (await group.session.scalars(select(Video))).one()
        extra = Lecture(lecturer="李老师", video_id=film.id)
        content = await group.content(
            editor,
            "一堂微党课",
            extra,
            cover=shown,
            audience=PUBLIC,
            status=ContentStatus.DRAFT,
        )
        await publish(group.session, await group.session.get_one(Content, content.id))
    return content


async def _shown(phone):
    """The lecture as a phone shows it: cover, poster, film, each fetched as it says."""
    (seen,) = (await phone.ask(LECTURE))["feed"]["nodes"]
    for url in (seen["cover"]["url"], seen["video"]["poster"]["url"]):
        answer = await phone.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    here = seen["video"]["hlsUrl"]
    master = (await phone.get(here)).text
    (rung,) = re.findall(r"^v\d+/index.m3u8$", master, re.MULTILINE)
    beside = f"{here.rpartition('/')[0]}/{rung}"
    playlist = (await phone.get(beside)).text
    (name,) = re.findall(r"^\d+\.ts$", playlist, re.MULTILINE)
    segment = await phone.get(f"{beside.rpartition('/')[0]}/{name}")
    assert segment.headers["content-type"] == "video/mp2t"
    assert segment.content[:1] == b"\x47"
    assert (await phone.get(seen["video"]["mp4Url"])).content[4:8] == b"ftyp"
    return seen
