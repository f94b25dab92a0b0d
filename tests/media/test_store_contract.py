"""What every store does: the local one and S3, by the same words."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from media.signing import LINK_SECONDS, WINDOW_SECONDS

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=5)


@pytest.fixture
def asset():
    """A key that no other test uses."""
    return f"image/{uuid.uuid4().hex}"


@pytest.fixture
def quarantined():
    return f"quarantine/{uuid.uuid4().hex}"


def later():
    return datetime.now(UTC) + SOON


async def test_what_is_put_is_there(store, asset, tmp_path):
    await store.put(f"{asset}/640.webp", b"picture")
    assert await store.read(f"{asset}/640.webp") == b"picture"
    assert await store.size(f"{asset}/640.webp") == 7
    assert await store.fetch(f"{asset}/640.webp", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"picture"


async def test_what_is_not_there_is_none(store, asset, tmp_path):
    assert await store.read(f"{asset}/640.webp") is None
    assert await store.size(f"{asset}/640.webp") is None
    assert not await store.fetch(f"{asset}/640.webp", tmp_path / "out")


async def test_putting_again_replaces_the_whole(store, asset, tmp_path):
    (tmp_path / "second").write_bytes(b"second")
    await store.put(f"{asset}/640.webp", b"a longer first version")
    await store.put_file(f"{asset}/640.webp", tmp_path / "second")
    assert await store.read(f"{asset}/640.webp") == b"second"


@pytest.mark.parametrize("key", ["image/ab/640.html", "../out.webp", "image/AB/1.webp", "x"])
async def test_nothing_is_kept_under_a_name_that_is_none_of_ours(store, key):
    with pytest.raises(ValueError, match="not a media key"):
        await store.put(key, b"x")


async def test_the_open_is_fetched_by_anybody_and_cached_for_ever(store, client, asset):
    await store.put(f"{asset}/640.webp", b"picture")
    answer = await client.get(store.url(f"{asset}/640.webp"))
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_range_is_served_alone(store, client, asset):
    await store.put(f"{asset}/video.mp4", b"0123456789")
    answer = await client.get(store.url(f"{asset}/video.mp4"), Range="bytes=2-4")
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-range"] == "bytes 2-4/10"


async def test_the_closed_is_fetched_by_its_link_only(store, client, asset):
    await store.put(f"closed/{asset}/640.webp", b"picture")
    link = store.url(f"closed/{asset}/640.webp")
    answer = await client.get(link)
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer.headers["cache-control"] == f"private, max-age={LINK_SECONDS}"
    assert (await client.get(link.partition("?")[0])).status_code == 403
    assert (await client.get(link[:-4] + "0000")).status_code == 403


async def test_a_link_opens_one_object_and_no_other(store, client, asset):
    await store.put(f"closed/{asset}/640.webp", b"one")
    await store.put(f"closed/{asset}/320.webp", b"other")
    link = store.url(f"closed/{asset}/640.webp").replace("640.webp", "320.webp")
    assert (await client.get(link)).status_code == 403


async def test_a_link_is_one_text_for_a_window_and_then_another(store, asset, monkeypatch):
    key, clock = f"closed/{asset}/640.webp", [WINDOW_SECONDS * 10_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    first = store.url(key)
    clock[0] += WINDOW_SECONDS - 1
    assert store.url(key) == first
    clock[0] += 1
    assert store.url(key) != first


async def test_an_old_link_opens_nothing(store, client, asset, monkeypatch):
    await store.put(f"closed/{asset}/640.webp", b"picture")
    with monkeypatch.context() as patch:
        before = datetime.now(UTC).timestamp() - LINK_SECONDS
        patch.setattr("time.time", lambda: before)
        link = store.url(f"closed/{asset}/640.webp")
    assert (await client.get(link)).status_code == 403


async def test_what_is_announced_may_be_sent_and_nobody_fetches_it(store, client, quarantined):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    assert await client.send(ticket, b"12345") == 204
    assert await store.size(quarantined) == 5
    place = ticket.url.partition("?")[0]
    url = place if place.endswith(quarantined) else f"{place}/{quarantined}"
    assert (await client.get(url)).status_code in {403, 404}


@pytest.mark.parametrize("data", [b"1234", b"123456", b""])
async def test_another_size_is_refused_and_not_kept(store, client, quarantined, data):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    assert await client.send(ticket, data) == 400
    assert await store.size(quarantined) is None


async def test_another_type_is_refused(store, client, quarantined):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    assert await client.send(ticket, b"12345", **{"Content-Type": "text/html"}) in {403, 415}
    assert await store.size(quarantined) is None


async def test_another_key_is_refused(store, client, quarantined, asset):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    elsewhere = f"{asset}/640.webp"
    moved = ticket._replace(url=ticket.url.replace(quarantined, elsewhere))
    assert await client.send(moved, b"12345", key=elsewhere) in {403, 404, 405}
    assert await store.size(elsewhere) is None


async def test_a_ticket_of_another_is_refused(store, client, quarantined):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    other = f"quarantine/{uuid.uuid4().hex}"
    moved = ticket._replace(url=ticket.url.replace(quarantined, other))
    assert await client.send(moved, b"12345", key=other) == 403
    assert await store.size(other) is None


async def test_a_ticket_ends(store, client, quarantined):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=datetime.now(UTC) - SOON)
    assert await client.send(ticket, b"12345") in {400, 403}
    assert await store.size(quarantined) is None


async def test_a_folder_is_copied_and_deleted_whole(store, client, asset):
    for name in ("index.m3u8", "v360/0001.ts"):
        await store.put(f"closed/{asset}/{name}", name.encode())
    await store.copy(f"closed/{asset}", asset)
    answer = await client.get(store.url(f"{asset}/v360/0001.ts"))
    assert (answer.status_code, answer.content) == (200, b"v360/0001.ts")
    assert answer.headers["content-type"] == "video/mp2t"
    assert answer.headers["cache-control"].startswith("public")
    await store.delete(asset)
    assert (await client.get(store.url(f"{asset}/v360/0001.ts"))).status_code in {403, 404}
    assert await store.read(f"closed/{asset}/index.m3u8") == b"index.m3u8"
    await store.delete(asset)


async def test_what_lies_in_quarantine_too_long_is_swept(store, client, quarantined):
    ticket = store.ticket(quarantined, "image/jpeg", 5, until=later())
    await client.send(ticket, b"12345")
    assert await store.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert await store.size(quarantined) == 5
    assert await store.sweep(datetime.now(UTC) + timedelta(hours=1)) >= 1
    assert await store.size(quarantined) is None


async def test_a_store_in_use_is_ready_and_is_prepared_again_without_harm(store, asset):
    await store.prepare()
    await store.put(f"{asset}/640.webp", b"picture")
    await store.prepare()
    assert await store.ready()
    assert await store.size(f"{asset}/640.webp") == 7
