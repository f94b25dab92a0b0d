"""The local store: files under one directory, and nothing beside them."""

import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(local_store):
    return local_store


async def test_what_is_served_keeps_browsers_from_guessing(store, client):
    await store.put("image/ab12/640.webp", b"<script>alert(1)</script>")
    answer = await client.get(store.url("image/ab12/640.webp"))
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


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
        "quarantine/0123456789abcdef0123456789abcdef",
        "",
    ],
)
async def test_whatever_is_none_of_its_files_is_not_found(store, client, tmp_path, key):
    (tmp_path / "secret.key").write_text("secret")
    (tmp_path / "media" / "quarantine").mkdir(parents=True)
    (tmp_path / "media" / "quarantine" / ("0123456789abcdef" * 2)).write_text("secret")
    url = httpx.URL("http://test", raw_path=b"/media/" + key.encode())
    answer = await client.http.get(url)
    assert answer.status_code == 404
    assert b"secret" not in answer.content


async def test_a_directory_that_is_called_like_a_picture_is_not_found(store, client):
    store.path("image/ab/1.webp").mkdir(parents=True)
    assert (await client.get("/media/image/ab/1.webp")).status_code == 404


async def test_nothing_half_written_stays(store, client):
    await store.put("image/ab12/640.webp", b"x")
    await store.put("image/ab12/640.webp", b"y")
    assert [path.name for path in (store.root / "image" / "ab12").iterdir()] == ["640.webp"]


async def test_a_key_that_leads_out_is_refused_on_the_way_in(store, tmp_path):
    with pytest.raises(ValueError, match="not a media key"):
        await store.put("../out.webp", b"x")
    assert not (tmp_path / "out.webp").exists()


async def test_the_store_makes_its_directory(store):
    assert await store.ready()
    assert store.root.is_dir()
