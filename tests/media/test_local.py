"""The local store: files under one directory, and nothing beside them."""

import httpx
import pytest
from starlette.applications import Starlette

from media.local import LocalStore
from media.serving import media_route

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "media")


@pytest.fixture
async def client(store):
    app = Starlette(routes=[media_route(store)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def test_what_is_put_is_served_with_our_own_type(store, client):
    await store.put("image/ab12/640.webp", b"RIFF....WEBP", "text/html")
    answer = await client.get(store.url("image/ab12/640.webp"))
    assert answer.status_code == 200
    assert answer.content == b"RIFF....WEBP"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_range_is_served_alone(store, client):
    await store.put("video/ab/video.mp4", b"0123456789", "video/mp4")
    answer = await client.get("/media/video/ab/video.mp4", headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-range"] == "bytes 2-4/10"


@pytest.mark.parametrize(
    "key",
    [
        "../secret.key",
        "image/../../secret.key",
        "/etc/passwd",
        "image/%2e%2e/%2e%2e/secret.key",
        "image/ab",
        "image/ab12/640.html",
        "image//640.webp",
        "image/AB/640.webp",
        "image/ab%00/640.webp",
        "image/missing/640.webp",
        "",
    ],
)
async def test_whatever_is_none_of_its_files_is_not_found(store, client, tmp_path, key):
    (tmp_path / "secret.key").write_text("secret")
    await store.put("image/ab12/640.webp", b"x", "image/webp")
    answer = await client.get(httpx.URL("http://test", raw_path=b"/media/" + key.encode()))
    assert answer.status_code == 404
    assert b"secret" not in answer.content


async def test_a_directory_that_is_called_like_a_picture_is_not_found(store, client):
    store.path("image/ab/1.webp").mkdir(parents=True)
    assert (await client.get("/media/image/ab/1.webp")).status_code == 404


async def test_putting_again_replaces_the_whole(store):
    await store.put("image/ab12/640.webp", b"a longer first version", "image/webp")
    await store.put("image/ab12/640.webp", b"second", "image/webp")
    assert store.path("image/ab12/640.webp").read_bytes() == b"second"
    assert [path.name for path in store.path("image/ab12/640.webp").parent.iterdir()] == [
        "640.webp"
    ]


async def test_a_key_that_leads_out_is_refused_on_the_way_in(store, tmp_path):
    with pytest.raises(ValueError, match="not a media key"):
        await store.put("../out.webp", b"x", "image/webp")
    assert not (tmp_path / "out.webp").exists()


async def test_the_store_makes_its_directory(store):
    assert await store.ready()
    assert store.root.is_dir()
