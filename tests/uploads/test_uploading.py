"""Uploads from leave to asset: who may, what comes of it, and what twice means."""

import asyncio
import io
from datetime import timedelta

import pytest
from group import building, gid
from PIL import Image
from pixels import encoded, phone_picture, picture
from sqlmodel import func, select
from uploading import COMPLETE, REQUEST, UPLOAD, Sending

from app import preparing
from app.jobs import Job, JobState
from app.uploads import actions
from app.uploads.models import Image as ImageTable
from app.uploads.models import Upload
from app.uploads.rules import Quota
from app.worker import Worker
from media.images import WIDTHS

pytestmark = pytest.mark.anyio

IMAGE = """query ($id: ID!) { node(id: $id) { ... on Image {
  state width height alt placeholder url(width: 96) } } }"""
DESCRIBE = """mutation ($id: ID!, $alt: String!) { describeImage(input: {imageId: $id, alt: $alt}) {
  image { alt } errors { code message path } } }"""


@pytest.fixture
async def members(database):
    async with building(database) as group:
        branch = await group.organization()
        return [await group.member(branch), await group.member(branch)]


@pytest.fixture
def sending(ask, members):
    return Sending(ask, members[0])


async def count(database, table):
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def bytes_of(ask, asset, name):
    """An object of an asset, straight from the store."""
    async with ask.database.transaction() as session:
        key = (await session.scalars(select(ImageTable.object_key))).one()
    return await ask.platform.media.read(f"{key}/{name}")


async def test_a_phone_picture_becomes_upright_small_pictures_that_tell_nothing(ask, sending):
    done = await sending.all(phone_picture(2000, 1000))
    assert (done["state"], done["progress"], done["rejection"]) == ("READY", 100, None)
    image = (await ask(IMAGE, sending.member, id=done["asset"]["id"]))["node"]
    assert (image["state"], image["width"], image["height"]) == ("READY", 1000, 2000)
    assert len(image["placeholder"]) == 28
    assert image["url"].startswith("/media/closed/image/")
    for width in WIDTHS[:3]:
        data = await bytes_of(ask, done["asset"], f"{width}.webp")
        made = Image.open(io.BytesIO(data))
        assert (made.format, made.size) == ("WEBP", (width, 2 * width))
        assert dict(made.getexif()) == {}
        assert "某某手机".encode() not in data
    # What was left is on top now: turned by a quarter, as the phone was held.
    assert made.getpixel((320, 100))[0] > 150
    assert made.getpixel((320, 1180))[2] > 150


# The database has no part in it.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("form", "content_type"),
    [("PNG", "image/png"), ("WEBP", "image/webp"), ("AVIF", "image/avif"), ("HEIF", "image/heic")],
)
async def test_every_kind_of_picture_that_phones_make_is_taken(sending, form, content_type):
    if form == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    done = await sending.all(encoded(picture(), form), content_type=content_type)
    assert (done["state"], done["asset"]["__typename"]) == ("READY", "Image")


async def test_a_portrait_is_square_and_is_worn_at_once(ask, sending):
    done = await sending.all(encoded(picture(300, 200)), purpose="AVATAR")
    seen = await ask("{ viewer { avatar { id width height } } }", sending.member)
    assert seen["viewer"]["avatar"] == {"id": done["asset"]["id"], "width": 200, "height": 200}


async def test_states_change_as_they_are_said_to(ask, sending):
    data = encoded(picture())
    upload = (await sending.request(len(data), filename="C:\\照片\\春游.jpg"))["upload"]
    assert (upload["state"], upload["progress"], upload["asset"]) == ("AWAITING_UPLOAD", 0, None)
    assert (upload["filename"], upload["method"]) == ("春游.jpg", "PUT")
    assert upload["headers"] == [{"name": "Content-Type", "value": "image/jpeg"}]
    early = await sending.complete(upload)
    assert early["errors"] == [
        {"code": "CONFLICT", "message": "文件尚未上传完成", "path": ["input", "uploadId"]}
    ]
    await sending.send(upload, data)
    assert (await sending.complete(upload))["upload"]["state"] == "PROCESSING"
    await Worker(ask.platform).drain()
    assert (await sending.look(upload))["state"] == "READY"


async def test_what_was_looked_at_is_no_longer_in_quarantine(ask, sending):
    await sending.all(encoded(picture()))
    await sending.all(b"<html>", filename="x.jpg")
    async with ask.database.transaction() as session:
        keys = (await session.scalars(select(Upload.object_key))).all()
    assert [await ask.platform.media.size(key) for key in keys] == [None, None]
    assert list((ask.platform.settings.data_dir / "work").iterdir()) == []


async def test_the_same_bytes_twice_are_one_asset_of_each_member(ask, sending, members):
    data = encoded(picture())
    first, again = await sending.all(data), await sending.all(data)
    other = await Sending(ask, members[1]).all(data)
    assert first["asset"] == again["asset"] != other["asset"]
    assert await count(ask.database, ImageTable) == 2


async def test_two_completes_at_once_owe_one_job(ask, sending):
    data = encoded(picture())
    upload = (await sending.request(len(data)))["upload"]
    await sending.send(upload, data)
    viewer = await ask.viewer(sending.member)
    both = await asyncio.gather(*(ask(COMPLETE, viewer, id=upload["id"]) for _ in range(2)))
    assert [each["completeUpload"]["upload"]["state"] for each in both] == ["PROCESSING"] * 2
    assert await count(ask.database, Job) == 1
    await Worker(ask.platform).drain()
    third = (await ask(COMPLETE, viewer, id=upload["id"]))["completeUpload"]
    assert (third["upload"]["state"], third["errors"]) == ("READY", [])
    assert await count(ask.database, Job) == 0


async def test_anothers_upload_is_nobodys_business(ask, sending, members):
    data = encoded(picture())
    upload = (await sending.request(len(data)))["upload"]
    await sending.send(upload, data)
    other = Sending(ask, members[1])
    refused = await other.complete(upload)
    assert refused["upload"] is None
    assert refused["errors"][0]["code"] == "NOT_FOUND"
    assert await other.look(upload) is None
    assert (await ask(UPLOAD, id=upload["id"]))["node"] is None
    assert (await sending.look(upload))["state"] == "AWAITING_UPLOAD"


async def test_who_is_signed_out_may_send_nothing(ask, database):
    wanted = {"filename": "a.jpg", "contentType": "image/jpeg", "byteSize": 5, "purpose": "IMAGE"}
    refused = (await ask(REQUEST, **wanted))["requestUpload"]
    assert refused["errors"] == [{"code": "UNAUTHENTICATED", "message": "请先登录", "path": []}]
    assert await count(database, Upload) == 0


@pytest.mark.parametrize(
    ("size", "more", "code", "field"),
    [
        (5, {"content_type": "image/svg+xml"}, "UNSUPPORTED_MEDIA", "contentType"),
        (5, {"content_type": "video/mp4"}, "UNSUPPORTED_MEDIA", "contentType"),
        (5, {"content_type": "image/jpeg", "purpose": "VIDEO"}, "UNSUPPORTED_MEDIA", "contentType"),
        (0, {}, "INVALID", "byteSize"),
        (-1, {}, "INVALID", "byteSize"),
        (30_000_001, {}, "TOO_LARGE", "byteSize"),
        (10_000_001, {"purpose": "AVATAR"}, "TOO_LARGE", "byteSize"),
        (2_000_000_001, {"content_type": "video/mp4", "purpose": "VIDEO"}, "TOO_LARGE", "byteSize"),
        (5, {"filename": "x" * 1001}, "INVALID", "filename"),
    ],
)
async def test_what_could_only_be_rejected_is_refused_at_once(
    sending, database, size, more, code, field
):
    refused = await sending.request(size, **more)
    assert refused["upload"] is None
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        (code, ["input", field])
    ]
    assert await count(database, Upload) == 0


async def test_a_member_may_not_leave_everything_unfinished(sending, database, monkeypatch):
    monkeypatch.setattr(actions, "_QUOTA", Quota(unfinished=2))
    assert [bool((await sending.request(5))["upload"]) for _ in range(3)] == [True, True, False]
    refused = await sending.request(5)
    assert [error["code"] for error in refused["errors"]] == ["RATE_LIMITED"]
    assert await count(database, Upload) == 2


@pytest.mark.parametrize("quota", [Quota(a_day=1), Quota(bytes_a_day=9)])
async def test_a_day_has_its_bounds(sending, database, monkeypatch, quota):
    monkeypatch.setattr(actions, "_QUOTA", quota)
    assert (await sending.request(5))["upload"]
    refused = await sending.request(5)
    assert [error["code"] for error in refused["errors"]] == ["RATE_LIMITED"]
    assert await count(database, Upload) == 1


async def test_a_picture_is_its_senders_until_it_stands_on_something(ask, sending, members):
    done = await sending.all(encoded(picture()))
    assert (await ask(IMAGE, sending.member, id=done["asset"]["id"]))["node"] is not None
    assert (await ask(IMAGE, members[1], id=done["asset"]["id"]))["node"] is None
    assert (await ask(IMAGE, id=done["asset"]["id"]))["node"] is None


async def test_the_sender_says_what_a_picture_shows(ask, sending, members):
    done = await sending.all(encoded(picture()))
    key = done["asset"]["id"]
    said = (await ask(DESCRIBE, sending.member, id=key, alt=" 红与蓝 "))["describeImage"]
    assert said == {"image": {"alt": "红与蓝"}, "errors": []}
    for alt in ("", "  ", "长" * 201, "a\0"):
        refused = (await ask(DESCRIBE, sending.member, id=key, alt=alt))["describeImage"]
        assert refused["errors"][0]["path"] == ["input", "alt"]
    unseen = (await ask(DESCRIBE, members[1], id=key, alt="别的"))["describeImage"]
    assert unseen["errors"][0]["code"] == "NOT_FOUND"
    assert (await ask(IMAGE, sending.member, id=key))["node"]["alt"] == "红与蓝"


async def test_who_sees_a_picture_may_still_not_describe_it(ask, database, members):
    async with building(database) as group:
        image = await group.image("原来的说明")
        await group.news(members[0], cover=image)
    refused = (await ask(DESCRIBE, members[1], id=gid(image), alt="别的"))["describeImage"]
    assert refused["errors"][0]["code"] == "FORBIDDEN"
    assert (await ask(IMAGE, members[1], id=gid(image)))["node"]["alt"] == "原来的说明"


async def test_work_that_fails_is_tried_again_and_then_given_up(ask, sending, monkeypatch):
    async def fail(shop, upload_id):
        raise OSError("the store is down")

    data = encoded(picture())
    upload = (await sending.request(len(data)))["upload"]
    await sending.send(upload, data)
    await sending.complete(upload)
    kinds = dict.fromkeys(preparing.KINDS, fail)
    monkeypatch.setattr(preparing, "_PREPARE", kinds)
    monkeypatch.setattr(preparing, "MAX_ATTEMPTS", 2)
    monkeypatch.setattr("app.jobs.MAX_ATTEMPTS", 2)
    await Worker(ask.platform).drain()
    assert (await sending.look(upload))["state"] == "PROCESSING"
    real = preparing.jobs.now
    monkeypatch.setattr("app.jobs.now", lambda: real() + timedelta(minutes=10))
    await Worker(ask.platform).drain()
    look = await sending.look(upload)
    assert (look["state"], look["rejection"]) == ("REJECTED", "处理失败，请稍后重新上传")
    async with ask.database.transaction() as session:
        assert (await session.scalars(select(Job.state))).all() == [JobState.DEAD]


async def test_work_that_was_killed_is_taken_up_again_from_the_start(ask, sending, monkeypatch):
    data = encoded(picture())
    upload = (await sending.request(len(data)))["upload"]
    await sending.send(upload, data)
    await sending.complete(upload)
    begun = asyncio.Event()

    async def hang(shop, upload_id):
        folder = shop.folder / str(upload_id)
        folder.mkdir(parents=True)
        (folder / "source").write_text("half")
        begun.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "_PREPARE", dict.fromkeys(preparing.KINDS, hang))
        killed = asyncio.create_task(Worker(ask.platform).drain())
        await begun.wait()
        killed.cancel()
        await asyncio.wait({killed})
    await Worker(ask.platform).drain()
    assert (await sending.look(upload))["state"] == "PROCESSING"
    real = preparing.jobs.now
    monkeypatch.setattr("app.jobs.now", lambda: real() + preparing.LEASE)
    await Worker(ask.platform).drain()
    assert (await sending.look(upload))["state"] == "READY"


async def test_while_the_store_is_away_leave_is_given_and_the_rest_is_told(
    ask, sending, monkeypatch
):
    async def fail(key):
        raise OSError("the media store failed")

    upload = (await sending.request(5))["upload"]
    monkeypatch.setattr(ask.platform.media, "size", fail)
    assert (await sending.request(5))["upload"]
    refused = await sending.complete(upload)
    assert refused["errors"] == [
        {"code": "UNAVAILABLE", "message": "存储暂时不可用，请稍后再试", "path": []}
    ]
    assert (await sending.look(upload))["state"] == "AWAITING_UPLOAD"
