"""/graphql over WebSocket speaks graphql-transport-ws, within bounds."""

import asyncio
import socket
from typing import NamedTuple

import pytest
from group import building, gid
from live import impatient, serving, waiting
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.content.models import Content
from app.engagement.actions import comment, like
from app.members import sessions as sessions_module
from app.members.actions import suspend
from resolvers import websocket as websocket_door
from resolvers.connections import OPERATIONS_PER_CONNECTION

pytestmark = pytest.mark.anyio

HELLO = "{ __typename }"
ON_COMMENT = "subscription ($id: ID!) { commentAdded(contentId: $id) { body } }"
LIKE = """mutation ($id: ID!) { likeContent(input: {contentId: $id}) {
  content { likeCount } errors { code } } }"""


@pytest.fixture
def platform(platform, monkeypatch):
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)
    return impatient(platform)


@pytest.fixture
async def server(platform):
    async with serving(platform) as server:
        yield server


class Who(NamedTuple):
    id: int
    key: str
    session: int
    news: Content


@pytest.fixture
async def member(database):
    async with building(database) as group:
        made = await group.member(await group.organization())
        session = await group.signed_in(made)
        return Who(made.id, gid(made), session, await group.news(made))


# One database is enough to show how the protocol is spoken.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
async def test_another_subprotocol_is_not_acceptable(server):
    for subprotocols in ([], ["graphql-ws"]):
        async with server.socket(subprotocols=subprotocols or None) as client:
            assert await client.closed() == (4406, "Subprotocol not acceptable")


@on_sqlite
async def test_ours_is_chosen_among_others(server):
    async with server.socket(subprotocols=["graphql-ws", "graphql-transport-ws"]) as client:
        assert client.connection.subprotocol == "graphql-transport-ws"


@on_sqlite
async def test_who_does_not_introduce_oneself_is_let_go(server, monkeypatch):
    monkeypatch.setattr(websocket_door, "_INIT_SECONDS", 0.1)
    async with server.socket() as client:
        await client.send("ping")
        assert await client.closed() == (4408, "Connection initialisation timeout")


@on_sqlite
async def test_nothing_is_run_before_the_introduction(server):
    async with server.socket() as client:
        await client.send("pong")
        await client.send("complete", id="1")
        await client.subscribe("1", HELLO)
        assert await client.closed() == (4401, "Unauthorized")


@on_sqlite
async def test_one_introduction_is_enough(server):
    async with server.introduced() as client:
        await client.send("connection_init")
        assert await client.closed() == (4429, "Too many initialisation requests")


@on_sqlite
@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_a_token_that_does_not_count_is_forbidden(server, name):
    async with server.socket() as client:
        await client.send("connection_init", payload={name: "Bearer x"})
        assert await client.closed() == (4403, "登录已失效，请重新登录")


@on_sqlite
async def test_who_it_is_may_stand_in_the_header_too(server, member):
    headers = {"Authorization": server.token(member.session)}
    async with server.socket(additional_headers=headers) as client:
        await client.send("connection_init", payload={"other": 1})
        assert await client.heard() == {"type": "connection_ack"}
        await client.subscribe("1", "{ viewer { id } }")
        assert (await client.heard())["payload"] == {"data": {"viewer": {"id": member.key}}}


@on_sqlite
async def test_what_is_no_message_ends_the_connection(server):
    deep = '{"type":"ping","payload":' + '{"a":' * 70 + "1" + "}" * 71
    for text in (
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"type":"connection_error"}',
        '{"type":"subscribe","payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":"%s","payload":{"query":"{ __typename }"}}' % ("x" * 129),
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":{"query":1}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}',
        '{"type":"complete"}',
        '{"type":"ping","payload":[]}',
        '{"type":"ping","type":"ping"}',
        '{"type":"ping","payload":{"a":"%s"}}' % ("x" * 5000),
        '{"type":"ping","payload":{"a":"\\u0000"}}',
        deep,
        b'{"type":"ping"}',
    ):
        async with server.introduced() as client:
            await client.connection.send(text)
            assert (await client.closed())[0] == 4400, text


@on_sqlite
async def test_a_large_introduction_ends_the_connection(server):
    async with server.socket() as client:
        await client.send("connection_init", payload={"Authorization": "x" * 5000})
        assert (await client.closed())[0] == 4400


@on_sqlite
async def test_a_message_is_bounded_like_a_body(server):
    async with server.introduced() as client:
        await client.subscribe("1", "#" * 300_000)
        assert (await client.closed())[0] == 1009


@on_sqlite
async def test_pings_are_answered(server):
    async with server.socket() as client:
        await client.send("ping", payload={"a": 1})
        assert await client.heard() == {"type": "pong", "payload": {"a": 1}}
        await client.send("connection_init")
        assert await client.heard() == {"type": "connection_ack"}
        await client.send("pong")
        await client.send("ping")
        assert await client.heard() == {"type": "pong"}


async def test_queries_and_mutations_are_answered(server, member):
    async with server.introduced(member.session) as client:
        for kind, query in [("q", "query ($id: ID!) { node(id: $id) { id } }"), ("m", LIKE)]:
            await client.subscribe(kind, query, id=gid(member.news))
        heard = {}
        for _ in range(4):
            message = await client.heard()
            heard.setdefault(message["id"], []).append(message)
        assert heard["q"] == [
            {"type": "next", "id": "q", "payload": {"data": {"node": {"id": gid(member.news)}}}},
            {"type": "complete", "id": "q"},
        ]
        [answer, end] = heard["m"]
        liked = {"content": {"likeCount": 1}, "errors": []}
        assert answer["payload"] == {"data": {"likeContent": liked}}
        assert end == {"type": "complete", "id": "m"}


@on_sqlite
async def test_what_is_not_run_is_an_error_and_the_end_of_it(server):
    async with server.introduced() as client:
        for query, code in [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ " + "__typename " * 30 + "}", "QUERY_TOO_COMPLEX"),
            ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription ($id: ID!) { commentAdded(contentId: $id) { id } }", "INVALID"),
        ]:
            await client.subscribe("1", query)
            message = await client.heard()
            assert (message["type"], message["id"]) == ("error", "1")
            assert message["payload"][0]["extensions"]["code"] == code
        await client.subscribe("1", HELLO)
        assert (await client.heard())["type"] == "next"


@on_sqlite
async def test_a_refused_field_stands_beside_the_data(server):
    async with server.introduced() as client:
        await client.subscribe("1", "{ __typename notifications { nodes { id } } }")
        payload = (await client.heard())["payload"]
        assert payload["data"] == {"__typename": "Query", "notifications": None}
        assert payload["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def _write(server, member, body):
    async with server.platform.database.transaction() as session:
        await comment(session, member.news.id, member.id, body=body)


async def test_a_subscription_runs_until_it_is_completed(server, member):
    listeners = server.platform.database.announcements
    async with server.introduced(member.session) as client:
        await client.subscribe("1", ON_COMMENT, id=gid(member.news))
        await server.until(lambda: waiting(server.platform.database) == 1)
        assert server.connections.subscriptions == server.connections.open["websocket"] == 1
        for body in ("一", "二"):
            await _write(server, member, body)
            assert await client.heard() == {
                "type": "next",
                "id": "1",
                "payload": {"data": {"commentAdded": {"body": body}}},
            }
        await client.send("complete", id="1")
        await client.send("complete", id="unknown")
        await server.until(lambda: len(listeners) == 0)
        await _write(server, member, "三")
        await client.subscribe("1", HELLO)
        assert (await client.heard())["payload"] == {"data": {"__typename": "Query"}}
    await server.until(lambda: server.connections.open["websocket"] == 0)
    assert server.connections.subscriptions == 0


@on_sqlite
async def test_who_leaves_stops_what_runs(server, member):
    async with server.introduced() as client:
        await client.subscribe("1", ON_COMMENT, id=gid(member.news))
        await server.until(lambda: waiting(server.platform.database) == 1)
        client.connection.transport.abort()
        await server.until(lambda: len(server.platform.database.announcements) == 0)


@on_sqlite
async def test_an_id_in_use_ends_the_connection(server, member):
    async with server.introduced() as client:
        for _ in range(2):
            await client.subscribe("1", ON_COMMENT, id=gid(member.news))
        assert await client.closed() == (4409, "Subscriber for 1 already exists")


@on_sqlite
async def test_one_operation_too_many_is_refused_and_the_others_go_on(server, member):
    async with server.introduced() as client:
        for number in range(OPERATIONS_PER_CONNECTION + 1):
            await client.subscribe(str(number), ON_COMMENT, id=gid(member.news))
        refused = await client.heard()
        assert (refused["type"], refused["id"]) == ("error", str(OPERATIONS_PER_CONNECTION))
        assert refused["payload"][0]["extensions"] == {"code": "RATE_LIMITED"}
        database = server.platform.database
        await server.until(lambda: len(database.announcements) == OPERATIONS_PER_CONNECTION)
        await _write(server, member, "好")
        told = [(await client.heard())["id"] for _ in range(OPERATIONS_PER_CONNECTION)]
        assert sorted(told, key=int) == [str(each) for each in range(OPERATIONS_PER_CONNECTION)]


async def test_a_session_that_ends_ends_everything_it_opened(server, member):
    async with server.introduced(member.session) as client:
        await client.subscribe("1", ON_COMMENT, id=gid(member.news))
        await server.until(lambda: waiting(server.platform.database) == 1)
        async with server.platform.database.transaction() as session:
            await suspend(session, member.id)
            await like(session, member.news.id, member.id)
        message = await client.heard()
        assert (message["type"], message["id"]) == ("error", "1")
        assert message["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert await client.closed() == (4401, "登录已失效，请重新登录")


@on_sqlite
async def test_a_member_and_an_address_hold_so_many_connections(platform, member):
    async with serving(platform, per_member=2, per_address=3) as server:
        async with server.introduced(member.session), server.introduced(member.session):
            async with server.socket() as client:
                payload = {"Authorization": server.token(member.session)}
                await client.send("connection_init", payload=payload)
                assert (await client.closed())[0] == 4429
            await server.until(lambda: server.connections.open["websocket"] == 2)
            async with server.introduced():
                with pytest.raises(InvalidStatus) as refused:
                    await connect(f"ws://{server.address}/graphql")
                assert refused.value.response.status_code == 429
        await server.until(lambda: server.connections.open["websocket"] == 0)
        async with server.introduced(member.session):
            assert server.connections.open["websocket"] == 1


@on_sqlite
async def test_who_takes_nothing_is_cut_off(server, monkeypatch):
    monkeypatch.setattr(websocket_door, "_SEND_SECONDS", 0.2)
    small = socket.create_connection(server.address.split(":"))
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    query = """{ __schema { types { name description
      fields { name description args { name description } type { name description } } } } }"""
    async with server.socket(sock=small) as client:
        await client.send("connection_init")
        await client.heard()
        client.connection.transport.pause_reading()
        async with asyncio.timeout(60):
            number = 0
            while server.connections.open["websocket"]:
                number += 1
                if number <= 60:
                    await client.subscribe(str(number), query)
                await asyncio.sleep(0.005)
        client.connection.transport.abort()
