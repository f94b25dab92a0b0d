"""Every store there is, each with a client that speaks HTTP to it as phones do."""

from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from stores import SIGNING_KEY

from media.local import LocalStore
from media.port import Ticket
from media.s3 import S3Store
from media.serving import media_routes


class Client:
    """What a phone does: fetches links, and sends bytes as a ticket says."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, url: str, **headers: str) -> httpx.Response:
        return await self.http.get(url, headers=headers)

    async def send(self, ticket: Ticket, data: bytes, **over: str) -> int:
        """The status; ``over`` replaces headers or form fields."""
        if ticket.method == "PUT":
            headers = {**ticket.headers, **over}
            return (await self.http.put(ticket.url, content=data, headers=headers)).status_code
        fields = {**ticket.fields, **over}
        answer = await self.http.post(ticket.url, data=fields, files={"file": ("x", data)})
        return answer.status_code


@pytest.fixture
def local_store(tmp_path):
    return LocalStore(tmp_path / "media", SIGNING_KEY)


def app_over(store):
    app = Starlette(routes=media_routes())
    app.state.platform = SimpleNamespace(media=store)
    return app


SERVERS = [
    "local",
    pytest.param("seaweed", marks=pytest.mark.services),
    pytest.param("minio", marks=pytest.mark.services),
]


@pytest.fixture(params=SERVERS)
def store(request):
    if request.param == "local":
        return request.getfixturevalue("local_store")
    return S3Store(request.getfixturevalue(request.param))


@pytest.fixture
async def client(store, anyio_backend):
    local = isinstance(store, LocalStore)
    transport = httpx.ASGITransport(app_over(store)) if local else None
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Client(http)
