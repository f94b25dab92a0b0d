"""GET /s/<code>: to the client's page, whoever follows it."""

import dataclasses

import httpx
import pytest
from group import building, gid
from snapshots import snapshot
from starlette.applications import Starlette

from app.settings import Settings
from app.sharing.models import Share, ShareChannel
from resolvers.links import link_route

pytestmark = pytest.mark.anyio

CODE = "7Yk3mPq9Za"


@pytest.fixture
async def followed(database, platform):
    """Follows a link as a browser would; answers the response."""

    async def follow(path, content_url=None):
        app = Starlette(routes=[link_route()])
        decided = Settings(_env_file=None, content_url=content_url)
        app.state.platform = dataclasses.replace(platform, settings=decided)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
            return await client.get(path)

    return follow


@pytest.fixture
async def private(database):
    """A lecture for one organization, shared."""
    async with building(database) as group:
        branch = await group.organization()
        author = await group.member(branch)
        lecture = await group.lecture(author, audience=f"org:{branch.id}")
        group.session.add(
            Share(
                code=CODE,
                member_id=author.id,
                content_id=lecture.id,
                channel=ShareChannel.QR_CODE,
            )
        )
    return lecture


async def test_a_link_leads_to_the_page_of_its_content_and_counts_nothing(
    database, followed, private
):
    before = await snapshot(database)
    response = await followed(f"/s/{CODE}", "https://app.example/contents/{id}?share={code}")
    page = gid(private).replace("=", "%3D")
    assert response.status_code == 302
    assert response.headers["location"] == f"https://app.example/contents/{page}?share={CODE}"
    assert response.text == ""
    assert await snapshot(database) == before


async def test_without_a_page_a_link_says_what_it_is_about(followed, private):
    response = await followed(f"/s/{CODE}")
    assert response.status_code == 200
    assert response.json() == {"id": gid(private), "code": CODE}


@pytest.mark.parametrize("code", ["7Yk3mPq9Zb", "short", "0" * 10, "%00" * 10, "%E4%B8%80" * 10])
async def test_an_unknown_link_is_told_in_words(followed, private, code):
    response = await followed(f"/s/{code}", "/contents/{id}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == "链接不存在"
