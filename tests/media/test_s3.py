"""The S3 store by itself: what it does without its server, and what it asks of its server."""

import pytest
from servers import free_port

from media.s3 import S3Access, S3Store

pytestmark = pytest.mark.anyio


@pytest.fixture
def nowhere():
    """A store whose server does not answer."""
    address = f"http://127.0.0.1:{free_port()}"
    return S3Store(S3Access(address, "https://media.example", "bucket", "key", "secret-key"))


async def test_a_server_that_is_away_is_an_os_error(nowhere):
    with pytest.raises(OSError, match="the media store failed"):
        await nowhere.size("image/ab/640.webp")
    with pytest.raises(OSError, match="the media store failed"):
        await nowhere.put("image/ab/640.webp", b"x")


def test_links_need_no_server_and_name_the_one_that_clients_reach(nowhere):
    assert nowhere.url("image/ab/640.webp") == "https://media.example/bucket/image/ab/640.webp"
    link = nowhere.url("closed/image/ab/640.webp")
    assert link.startswith("https://media.example/bucket/closed/image/ab/640.webp?")
    assert "X-Amz-Expires=300" in link
    assert "X-Amz-Signature=" in link
