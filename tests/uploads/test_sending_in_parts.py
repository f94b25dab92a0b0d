"""A video sent in parts: interrupted and resumed, on every store by the same words."""

from dataclasses import replace

import httpx
import pytest
from films import film
from group import building
from sqlmodel import func, select
from starlette.applications import Starlette
from uploading import COMPLETE, UPLOAD

from app.uploads import actions, parts
from app.uploads.models import Upload
from app.uploads.rules import PARTS_LIFETIME, Quota
from app.worker import Worker, workshop
from media import sweeping
from media.s3 import S3Store
from media.serving import media_routes
from media.sweeping import sweep

pytestmark = pytest.mark.anyio

REQUEST = """mutation ($byteSize: Int!, $purpose: UploadPurpose!, $contentType: String!) {
  requestUpload(input: { filename: "党课.mp4", contentType: $contentType, byteSize: $byteSize,
  purpose: $purpose, inParts: true }) {
  upload { id state url method headers { name } formFields { name }
    parts { number byteSize url received } } errors { code message path } } }"""
PARTS = """query ($id: ID!) { node(id: $id) { ... on Upload {
  parts { number byteSize url received } } } }"""
#: What S3 takes at least.
PART = 5 * 1024 * 1024
SERVERS = ["local", pytest.param("seaweed", marks=pytest.mark.services)]
SERVERS.append(pytest.param("minio", marks=pytest.mark.services))
# The database has its part in the tests of other uploads.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=SERVERS)
def asking(request, ask, monkeypatch):
    """The graph over a platform on each store, with the smallest parts that all take."""
    monkeypatch.setattr(parts, "SMALLEST_PART", PART)
    if request.param != "local":
        store = S3Store(request.getfixturevalue(request.param))
        ask.platform = replace(ask.platform, media=store)
    return ask


@pytest.fixture(scope="module")
def a_film(tmp_path_factory):
    """A film of somewhat more than two parts: what follows a film in its file is passed over."""
    data = film(tmp_path_factory.mktemp("film") / "a.mp4").read_bytes()
    nothing = 2 * PART
    return data + nothing.to_bytes(4) + b"free" + bytes(nothing - 8)


@pytest.fixture
async def members(database):
    async with building(database) as group:
        branch = await group.organization()
        return [await group.member(branch), await group.member(branch)]


@pytest.fixture
async def http(asking, anyio_backend):
    app = Starlette(routes=media_routes())
    app.state.platform = asking.platform
    here = httpx.ASGITransport(app) if not isinstance(asking.platform.media, S3Store) else None
    async with httpx.AsyncClient(transport=here, base_url="http://test") as client:
        yield client


async def begin(ask, member, size, *, content_type="video/mp4", purpose="VIDEO"):
    asked = {"byteSize": size, "contentType": content_type, "purpose": purpose}
    return (await ask(REQUEST, member, **asked))["requestUpload"]


async def parts_now(ask, member, upload):
    return (await ask(PARTS, member, id=upload["id"]))["node"]["parts"]


async def complete(ask, member, upload):
    return (await ask(COMPLETE, member, id=upload["id"]))["completeUpload"]


async def send(http, part, data):
    start = (part["number"] - 1) * PART
    answer = await http.put(part["url"], content=data[start : start + part["byteSize"]])
    assert answer.is_success


@on_sqlite
async def test_a_video_is_sent_in_parts_interrupted_and_resumed(asking, members, http, a_film):
    upload = (await begin(asking, members[0], len(a_film)))["upload"]
    assert (upload["method"], upload["url"], upload["headers"]) == ("PARTS", "", [])
    sizes = [part["byteSize"] for part in upload["parts"]]
    assert sizes == [PART, PART, len(a_film) - 2 * PART]
    assert [part["received"] for part in upload["parts"]] == [False] * 3
    await send(http, upload["parts"][2], a_film)
    await send(http, upload["parts"][0], a_film)
    early = await complete(asking, members[0], upload)
    assert early["errors"] == [
        {
            "code": "CONFLICT",
            "message": "文件尚未上传完成，缺少第 2 部分",
            "path": ["input", "uploadId"],
        }
    ]
    # Another day, another phone: what has come need not come again.
    again = await parts_now(asking, members[0], upload)
    assert [part["received"] for part in again] == [True, False, True]
    await send(http, again[1], a_film)
    done = await complete(asking, members[0], upload)
    assert (done["upload"]["state"], done["errors"]) == ("PROCESSING", [])
    assert await parts_now(asking, members[0], upload) == []
    await Worker(asking.platform).drain()
    look = (await asking(UPLOAD, members[0], id=upload["id"]))["node"]
    assert (look["state"], look["asset"]["__typename"]) == ("READY", "Video")
    late = await http.put(again[1]["url"], content=a_film[PART : 2 * PART])
    assert late.status_code == 404
    async with asking.database.transaction() as session:
        row = (await session.scalars(select(Upload))).one()
    assert await asking.platform.media.size(row.object_key) is None


@on_sqlite
async def test_what_was_left_in_the_middle_is_swept_from_the_store(
    asking, members, http, a_film, monkeypatch
):
    upload = (await begin(asking, members[0], len(a_film)))["upload"]
    await send(http, upload["parts"][2], a_film)
    async with asking.database.transaction() as session:
        row = (await session.scalars(select(Upload))).one()
    shop, store = workshop(asking.platform), asking.platform.media
    await sweep(shop)
    assert await store.received(row.object_key, row.multipart) == {3: len(a_film) - 2 * PART}
    real = sweeping.now
    monkeypatch.setattr(sweeping, "now", lambda: real() + PARTS_LIFETIME + sweeping.ABANDONED)
    await sweep(shop)
    assert await store.received(row.object_key, row.multipart) == {}
    assert (await asking(UPLOAD, members[0], id=upload["id"]))["node"] is None


async def test_anothers_parts_are_nobodys_business(ask, members):
    upload = (await begin(ask, members[0], 5))["upload"]
    assert (await ask(PARTS, members[1], id=upload["id"]))["node"] is None
    assert (await complete(ask, members[1], upload))["errors"][0]["code"] == "NOT_FOUND"


async def test_pictures_are_sent_whole(ask, database, members):
    refused = await begin(ask, members[0], 5, content_type="image/jpeg", purpose="IMAGE")
    assert refused["errors"] == [
        {"code": "INVALID", "message": "仅视频可以分片上传", "path": ["input", "inParts"]}
    ]
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Upload)) == 0


async def test_who_may_send_no_more_leaves_nothing_in_the_store(ask, members, monkeypatch):
    monkeypatch.setattr(actions, "_QUOTA", Quota(unfinished=0))
    refused = await begin(ask, members[0], 5)
    assert (refused["upload"], refused["errors"][0]["code"]) == (None, "RATE_LIMITED")
    assert list((ask.platform.media.root / "quarantine").iterdir()) == []


def test_parts_are_a_hundred_at_most_and_together_the_whole():
    for size in (1, parts.SMALLEST_PART, parts.SMALLEST_PART + 1, 2_000_000_000):
        made = parts.parts_of(size, parts.part_size(size))
        assert sum(part.size for part in made) == size
        assert [part.number for part in made] == list(range(1, len(made) + 1))
        assert len(made) <= parts.MOST_PARTS
        assert all(part.size >= parts.SMALLEST_PART for part in made[:-1])
