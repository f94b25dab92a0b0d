"""Uploads in parts, which every store takes by the same words."""

import base64
import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.uploads.parts import Part, parts_of

pytestmark = pytest.mark.anyio

#: S3 takes no smaller part but the last.
SIZE = 5 * 1024 * 1024
FILM = bytes(range(256)) * (SIZE // 256) + b"the end"
PARTS = parts_of(len(FILM), SIZE)
FIRST, LAST = FILM[:SIZE], FILM[SIZE:]


class Begun:
    """An upload in parts, and a client that sends them."""

    def __init__(self, store, http, key, multipart) -> None:
        self.store, self.http, self.key, self.multipart = store, http, key, multipart

    def url(self, part, *, until=timedelta(minutes=5)):
        return self.store.part_url(self.key, self.multipart, part, until=datetime.now(UTC) + until)

    async def put(self, part, data, **headers):
        return (await self.http.put(self.url(part), content=data, headers=headers)).status_code

    async def received(self):
        return await self.store.received(self.key, self.multipart)

    async def join(self):
        return await self.store.join_parts(self.key, self.multipart, PARTS)


@pytest.fixture
async def begun(store, client):
    key = f"quarantine/{uuid.uuid4().hex}"
    made = Begun(store, client.http, key, await store.begin_parts(key, "video/mp4"))
    yield made
    await store.drop_parts(key, made.multipart)


async def test_parts_in_any_order_and_some_of_them_twice_are_the_whole(store, begun, tmp_path):
    assert await begun.received() == {}
    assert await begun.put(PARTS[1], b"THE END") in {200, 204}
    assert await begun.received() == {2: 7}
    assert await begun.put(PARTS[0], FIRST) in {200, 204}
    assert await begun.put(PARTS[1], LAST) in {200, 204}
    assert await begun.received() == {1: SIZE, 2: 7}
    assert await store.size(begun.key) is None
    assert await begun.join()
    assert await store.fetch(begun.key, tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == FILM


async def test_what_is_joined_takes_no_more_parts_and_is_joined_again_without_harm(store, begun):
    for part, data in zip(PARTS, (FIRST, LAST), strict=True):
        await begun.put(part, data)
    assert await begun.join()
    assert await begun.put(PARTS[1], b"another") == 404
    assert await begun.join()
    assert await begun.received() == {}
    assert await store.size(begun.key) == len(FILM)


async def test_a_part_that_misses_is_waited_for(store, begun):
    assert await begun.put(PARTS[1], LAST) in {200, 204}
    assert not await begun.join()
    assert await store.size(begun.key) is None
    assert await begun.received() == {2: 7}


@pytest.mark.parametrize("data", [b"", b"the en", b"the end."])
async def test_a_part_of_another_size_is_refused_and_what_was_there_stays(begun, data):
    assert await begun.put(PARTS[1], LAST) in {200, 204}
    assert await begun.put(PARTS[1], data) in {400, 403}
    assert await begun.received() == {2: 7}


async def test_a_part_is_compared_with_the_digest_that_is_told(begun):
    digest = base64.b64encode(hashlib.md5(LAST).digest()).decode()
    assert await begun.put(PARTS[1], b"The end", **{"Content-MD5": digest}) == 400
    assert await begun.put(PARTS[1], LAST, **{"Content-MD5": "not base64"}) == 400
    assert await begun.received() == {}
    assert await begun.put(PARTS[1], LAST, **{"Content-MD5": digest}) in {200, 204}


@pytest.mark.parametrize("changed", ["number", "key", "until", "over"])
async def test_an_address_is_for_one_part_of_one_upload_for_a_while(store, begun, changed):
    url = begun.url(PARTS[1])
    if changed == "number":
        url = url.replace("partNumber=2", "partNumber=3").replace("part=2", "part=3")
    if changed == "key":
        url = url.replace(begun.key, f"quarantine/{uuid.uuid4().hex}")
    if changed == "until":
        url = begun.url(PARTS[1], until=timedelta(seconds=1))
        url = url.replace("X-Amz-Expires=1", "X-Amz-Expires=3600")
        url = url.replace("until=1", "until=2")
    if changed == "over":
        url = begun.url(PARTS[1], until=-timedelta(minutes=5))
    answer = await begun.http.put(url, content=LAST)
    assert answer.status_code == 403
    assert await begun.received() == {}


async def test_what_is_dropped_takes_no_more_parts(store, begun):
    await begun.put(PARTS[0], FIRST)
    await store.drop_parts(begun.key, begun.multipart)
    await store.drop_parts(begun.key, begun.multipart)
    assert await begun.put(PARTS[1], LAST) == 404
    assert await begun.received() == {}
    assert not await begun.join()


async def test_a_part_is_no_address_for_reading(store, begun):
    await begun.put(PARTS[1], LAST)
    assert (await begun.http.get(begun.url(Part(2, 7)))).status_code in {403, 404}
