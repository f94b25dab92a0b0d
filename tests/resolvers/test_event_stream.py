"""POST /graphql answers with server-sent events whoever asks for them (graphql-sse)."""

import json
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from group import building, gid
from live import impatient, serving, waiting

from app.content.models import Content
from app.database.columns import now
from app.engagement.actions import comment
from app.members import sessions as sessions_module
from app.members.models import LoginSession
from resolvers import event_stream

pytestmark = pytest.mark.anyio

EVENTS = "text/event-stream"
GRAPHQL = "application/graphql-response+json"
# What a client sends that takes whatever comes.
ANYTHING = f"{GRAPHQL}, application/json, {EVENTS}, multipart/mixed"
ON_COMMENT = "subscription ($id: ID!) { commentAdded(contentId: $id) { body } }"

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Who(NamedTuple):
    id: int
    session: int
    news: Content


@pytest.fixture
async def member(database):
    async with building(database) as group:
        made = await group.member(await group.organization())
        return Who(made.id, await group.signed_in(made), await group.news(made))


@pytest.fixture
async def server(platform, monkeypatch):
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)
    async with serving(impatient(platform), per_member=1) as server:
        yield server


class Events:
    """The events of one answer as they come; comments as ``None``."""

    def __init__(self, response):
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self, *, comments=False):
        event = {}
        async for line in self._lines:
            if line.startswith(":") and comments:
                return None
            if not line and event:
                return event["event"], json.loads(event["data"] or "null")
            if line and not line.startswith(":"):
                name, _, value = line.partition(":")
                event[name] = value.removeprefix(" ")
        return "end"


@asynccontextmanager
async def asked(server, query, accept=EVENTS, session=None, **variables):
    headers = {"accept": accept}
    if session is not None:
        headers["authorization"] = server.token(session)
    body = {"query": query, "variables": variables}
    async with (
        server.http() as client,
        client.stream("POST", "/graphql", json=body, headers=headers) as response,
    ):
        yield Events(response)


@on_sqlite
async def test_a_query_is_one_event_and_the_end(server):
    async with asked(server, "{ __typename }") as events:
        assert events.response.status_code == 200
        assert events.response.headers["content-type"] == f"{EVENTS}; charset=utf-8"
        assert events.response.headers["cache-control"] == "no-store"
        assert await events.next() == ("next", {"data": {"__typename": "Query"}})
        assert await events.next() == ("complete", None)
        assert await events.next() == "end"


async def test_a_subscription_sends_what_comes_until_the_client_leaves(server, member):
    listeners = server.platform.database.announcements
    key = gid(member.news)
    async with asked(server, ON_COMMENT, session=member.session, id=key) as events:
        await server.until(lambda: waiting(server.platform.database) == 1)
        assert (server.connections.open["event_stream"], server.connections.subscriptions) == (1, 1)
        for body in ("一", "二\n三"):
            async with server.platform.database.transaction() as session:
                await comment(session, member.news.id, member.id, body=body)
            assert await events.next() == ("next", {"data": {"commentAdded": {"body": body}}})
    await server.until(lambda: len(listeners) == 0)
    await server.until(lambda: server.connections.open["event_stream"] == 0)
    assert server.connections.subscriptions == 0


async def test_a_session_that_ends_ends_its_stream(server, member):
    key = gid(member.news)
    async with asked(server, ON_COMMENT, session=member.session, id=key) as events:
        await server.until(lambda: waiting(server.platform.database) == 1)
        async with server.platform.database.transaction() as session:
            await session.execute(sa.update(LoginSession).values(ended_at=now()))
        kind, answer = await events.next()
        assert (kind, answer["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await events.next() == ("complete", None)


@on_sqlite
async def test_silence_is_broken_by_comments(server, member, monkeypatch):
    monkeypatch.setattr(event_stream, "_PULSE_SECONDS", 0.05)
    async with asked(server, ON_COMMENT, id=gid(member.news)) as events:
        for _ in range(3):
            assert await events.next(comments=True) is None


@on_sqlite
async def test_only_a_subscription_is_streamed_to_who_takes_anything(server, member):
    async with asked(server, "{ __typename }", ANYTHING) as events:
        assert events.response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    async with asked(server, ON_COMMENT, ANYTHING, id=gid(member.news)) as events:
        assert events.response.headers["content-type"] == f"{EVENTS}; charset=utf-8"
    for accept in ("*/*", "text/*", f"{EVENTS};q=0, {GRAPHQL}"):
        async with asked(server, ON_COMMENT, accept, id=gid(member.news)) as events:
            assert events.response.status_code in {200, 400, 406}
            assert not events.response.headers["content-type"].startswith(EVENTS)


@on_sqlite
async def test_what_is_not_run_is_no_stream(server, member):
    async with server.http() as client:

        async def post(body, **headers):
            headers = {"accept": EVENTS} | headers
            response = await client.post("/graphql", json=body, headers=headers)
            assert response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
            [error] = response.json()["errors"]
            return response.status_code, error["extensions"]["code"]

        assert await post({"query": "{"}) == (400, "GRAPHQL_PARSE_FAILED")
        assert await post({"query": "subscription { no }"}) == (400, "GRAPHQL_VALIDATION_FAILED")
        assert await post({}) == (400, "INVALID")
        refused = await post({"query": "{ __typename }"}, authorization="Bearer x")
        assert refused == (401, "UNAUTHENTICATED")


@on_sqlite
async def test_a_content_that_is_not_seen_ends_the_stream(server):
    async with asked(server, ON_COMMENT, id="TmV3c0l0ZW06MQ==") as events:
        kind, answer = await events.next()
        assert (kind, answer["errors"][0]["extensions"]["code"]) == ("next", "NOT_FOUND")
        assert await events.next() == ("complete", None)


@on_sqlite
async def test_a_member_opens_so_many_streams(server, member):
    key = gid(member.news)
    async with asked(server, ON_COMMENT, session=member.session, id=key):
        async with asked(server, ON_COMMENT, session=member.session, id=key) as events:
            assert events.response.status_code == 429
        async with asked(server, ON_COMMENT, id=key) as events:
            assert events.response.status_code == 200


@on_sqlite
async def test_a_mutation_by_get_is_not_allowed(server):
    async with server.http() as client:
        response = await client.get(
            "/graphql",
            params={"query": "mutation { logout { errors { code } } }"},
            headers={"accept": EVENTS},
        )
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
