"""What stands on something public is open to anybody; everything else is closed."""

import pytest
from group import building
from sqlmodel import col, select

from app import worker
from app.content.actions import Lecture, archive
from app.content.models import Content, ContentStatus
from app.database.columns import now
from app.uploads import actions
from app.uploads.actions import Place, new_key
from app.uploads.models import Image, Upload, UploadPurpose
from app.visibility import EVERYONE
from app.worker import Worker, workshop
from media.placing import place_everywhere, place_on
from media.sweeping import ABANDONED, QUARANTINED, REJECTED, UNUSED, sweep

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(platform):
    return workshop(platform)


async def kept(shop, made):
    """A closed picture or video, its objects kept."""
    made.object_key = f"closed/{made.object_key}"
    await shop.store.put(f"{made.object_key}/640.webp", b"picture")
    await shop.store.put(f"{made.object_key}/index.m3u8", b"playlist")
    return made


async def key_of(database, row):
    async with database.transaction() as session:
        return (await session.get_one(type(row), row.id)).object_key


@pytest.fixture
async def author(database):
    async with building(database) as group:
        return await group.member(await group.organization())


async def test_what_public_contents_show_is_opened_and_the_rest_is_not(database, shop, author):
    async with building(database) as group:
        cover, inside, private, draft, alone = [
            await kept(shop, await group.image()) for _ in range(5)
        ]
        public = await group.news(author, cover=cover, gallery=(inside,))
        await group.news(author, cover=private, audience=EVERYONE)
        await group.news(author, cover=draft, status=ContentStatus.DRAFT)
        contents = [public.id]
    await place_on(shop, contents)
    for image in (cover, inside):
        key = await key_of(database, image)
        assert not key.startswith("closed/")
        assert await shop.store.read(f"{key}/640.webp") == b"picture"
        assert await shop.store.read(f"closed/{key}/640.webp") == b"picture"
    await place_everywhere(shop)
    for image in (private, draft, alone):
        key = await key_of(database, image)
        assert key.startswith("closed/")
        assert await shop.store.size(f"{key.removeprefix('closed/')}/640.webp") is None


async def test_a_video_and_its_poster_are_opened_with_their_lecture(database, shop, author):
    async with building(database) as group:
        poster = await kept(shop, await group.image())
        video = await kept(shop, await group.video(poster=poster))
        column = await kept(shop, await group.image())
        film = Lecture(lecturer="李老师", video_id=video.id)
        lecture = await group.content(author, "一堂微党课", film)
        await group.column(await group.organization(), cover=column)
    await place_on(shop, [lecture.id])
    assert (await key_of(database, video)).startswith("video/")
    assert (await key_of(database, poster)).startswith("image/")
    assert (await key_of(database, column)).startswith("closed/")
    await place_everywhere(shop)
    assert (await key_of(database, column)).startswith("image/")


async def test_what_is_archived_is_closed_and_its_old_address_leads_nowhere(database, shop, author):
    async with building(database) as group:
        cover = await kept(shop, await group.image())
        content = await group.news(author, cover=cover)
    await place_on(shop, [content.id])
    key = await key_of(database, cover)
    async with database.transaction() as session:
        await archive(session, await session.get_one(Content, content.id))
    await place_on(shop, [content.id])
    assert await key_of(database, cover) == f"closed/{key}"
    assert await shop.store.size(f"{key}/640.webp") is None
    assert await shop.store.read(f"closed/{key}/640.webp") == b"picture"


async def test_an_address_that_another_asset_has_too_stays_open(database, shop, author):
    """The same picture of two members has the same objects."""
    async with building(database) as group:
        first, second = await kept(shop, await group.image()), await group.image()
        second.object_key = first.object_key
        contents = [await group.news(author, cover=cover) for cover in (first, second)]
    await place_on(shop, [content.id for content in contents])
    async with database.transaction() as session:
        await archive(session, await session.get_one(Content, contents[0].id))
    await place_on(shop, [contents[0].id])
    key = await key_of(database, second)
    assert await key_of(database, first) == f"closed/{key}"
    assert await shop.store.read(f"{key}/640.webp") == b"picture"


async def test_what_was_open_from_the_beginning_is_kept_when_it_is_closed(database, shop, author):
    async with building(database) as group:
        image = await group.image()
        await shop.store.put(f"{image.object_key}/640.webp", b"picture")
    await place_everywhere(shop)
    key = await key_of(database, image)
    assert key == f"closed/{image.object_key}"
    assert await shop.store.read(f"{key}/640.webp") == b"picture"
    assert await shop.store.size(f"{image.object_key}/640.webp") is None


async def test_a_publication_opens_its_pictures_by_its_job(
    database, platform, shop, author, monkeypatch
):
    async def index(database, engine, ids):
        """Not what this is about."""

    monkeypatch.setattr(worker, "index_contents", index)
    async with building(database) as group:
        cover = await kept(shop, await group.image())
        await group.news(author, cover=cover)
    await Worker(platform).drain()
    assert (await key_of(database, cover)).startswith("image/")


class Clock:
    def __init__(self, monkeypatch):
        self._patch = monkeypatch

    def move(self, by):
        self._patch.setattr("media.sweeping.now", lambda: now() + by)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


async def uploads(database):
    async with database.transaction() as session:
        return list(await session.scalars(select(Upload).order_by(col(Upload.id))))


async def asked(database, author):
    wanted = actions.Wanted("a.jpg", "image/jpeg", 5, UploadPurpose.IMAGE)
    async with database.transaction() as session:
        return await actions.request(session, author.id, wanted, to=Place(new_key()))


async def test_an_upload_that_is_never_completed_is_forgotten_after_a_day(
    database, shop, author, clock
):
    upload = await asked(database, author)
    await sweep(shop)
    clock.move(ABANDONED)
    await sweep(shop)
    assert [each.id for each in await uploads(database)] == [upload.id]
    clock.move(ABANDONED + (upload.expires_at - upload.created_at))
    await sweep(shop)
    assert await uploads(database) == []


async def test_bytes_that_nobody_fetched_are_swept_after_days(database, shop, author, clock):
    upload = await asked(database, author)
    path = shop.store.path(upload.object_key)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"12345")
    await sweep(shop)
    assert await shop.store.size(upload.object_key) == 5
    clock.move(QUARANTINED)
    await sweep(shop)
    assert await shop.store.size(upload.object_key) is None


async def test_a_rejection_can_be_read_for_a_month(database, shop, author, clock):
    upload = await asked(database, author)
    async with database.transaction() as session:
        await actions.complete(session, author.id, upload.id)
        await actions.reject(session, upload.id, "不是图片")
    clock.move(REJECTED)
    await sweep(shop)
    assert [each.rejection for each in await uploads(database)] == ["不是图片"]
    clock.move(REJECTED + (upload.expires_at - upload.created_at))
    await sweep(shop)
    assert await uploads(database) == []


async def sent(database, shop, author):
    """A picture that came of an upload."""
    upload = await asked(database, author)
    async with building(database) as group:
        image = await kept(shop, await group.image())
        await actions.complete(group.session, author.id, upload.id)
        await actions.settle_image(group.session, upload.id, image.id, "0" * 64)
    return image


async def test_only_what_nothing_shows_is_swept_after_a_fortnight(database, shop, author, clock):
    alone, draft, portrait = [await sent(database, shop, author) for _ in range(3)]
    async with building(database) as group:
        given = await group.image()
        await group.news(author, cover=draft, status=ContentStatus.DRAFT)
        await group.member(await group.organization(), avatar=portrait)
    await sweep(shop)
    assert len(await uploads(database)) == 3
    clock.move(UNUSED)
    await sweep(shop)
    async with database.transaction() as session:
        left = (await session.scalars(select(Image.id).order_by(col(Image.id)))).all()
    # What no member sent is not ours to sweep.
    assert left == [draft.id, portrait.id, given.id]
    assert len(await uploads(database)) == 2
    assert await shop.store.size(f"{alone.object_key}/640.webp") is None
    assert await shop.store.size(f"{draft.object_key}/640.webp") == 7
