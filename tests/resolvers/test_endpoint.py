"""POST /graphql speaks GraphQL over HTTP, and hostile requests get a 4xx, never a 5xx."""

import asyncio
import gzip

import httpx
import orjson
import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from app.errors import RateLimited, Unauthenticated
from resolvers import request_body
from resolvers.endpoint import graphql_endpoint
from schema.operations.documents import Documents
from schema.operations.limits import Limits

pytestmark = pytest.mark.anyio

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HELLO = {"query": "{ hello }"}
GREETED = {"data": {"hello": "你好，世界"}}


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "世界") -> str:
        return f"你好，{name}"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("secret")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self) -> str:
        return "新"


SCHEMA = strawberry.Schema(Query, Mutation)


async def context_for(request):
    match request.headers.get("authorization"):
        case "Bearer ended":
            raise Unauthenticated("登录已过期")
        case "Bearer eager":
            raise RateLimited("请稍后再试")
        case "Bearer unlucky":
            raise RuntimeError("secret")


def client_of(**named):
    named = {"context_for": context_for, "production": False} | named
    documents = Documents(
        SCHEMA, named.pop("limits", Limits()), suggestions=not named["production"]
    )
    app = Starlette(routes=[graphql_endpoint(documents, **named)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
async def client():
    async with client_of() as client:
        yield client


async def post(client, body, **headers):
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", content=content, headers={"content-type": JSON} | named)


def code_of(response):
    [error] = response.json()["errors"]
    return error["extensions"]["code"]


async def test_a_query_is_answered_and_never_cached(client):
    response = await post(client, HELLO)
    assert (response.status_code, response.json()) == (200, GREETED)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json, text/plain, */*", JSON),
        (GRAPHQL, GRAPHQL),
        ("APPLICATION/GraphQL-Response+JSON", GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.4", JSON),
        (f"{JSON};q=0, {GRAPHQL};q=0.001", GRAPHQL),
        (f"{GRAPHQL};q=0.5, */*;q=0.9", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL};q=nan, {JSON};q=0.1", JSON),
        ("text/html, ;;;=,,", None),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
    ],
)
async def test_the_answer_comes_in_the_type_that_the_client_prefers(client, accept, answered):
    response = await post(client, HELLO, accept=accept)
    if answered is None:
        assert (response.status_code, code_of(response)) == (406, "UNSUPPORTED_MEDIA")
    else:
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{answered}; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ hello }", "operationName": "No"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query($n: String!) { hello(name: $n) }"}, "INVALID"),
        ({"query": "{ " + "hello " * 30 + "}"}, "QUERY_TOO_COMPLEX"),
        ({"query": "{ " + "hello " * 30_000 + "}"}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_what_is_not_run_is_a_400_where_the_client_can_tell_it_apart(client, body, code):
    old, new = await post(client, body, accept=JSON), await post(client, body, accept=GRAPHQL)
    assert (old.status_code, new.status_code) == (200, 400)
    assert old.json() == new.json()
    assert "data" not in new.json()
    assert code_of(new) == code


async def test_a_partial_answer_is_a_200(client):
    response = await post(client, {"query": "{ hello broken }"}, accept=GRAPHQL)
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "你好，世界", "broken": None}
    assert code_of(response) == "INTERNAL"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"query": "{ hello }"',
        b'{"query": "{ hello }"} {}',
        b"\xef\xbb\xbf" + orjson.dumps(HELLO),
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b'{"query": "{ hello }", "variables": {"n": NaN}}',
        b'{"query": "{ hello }", "variables": {"n": Infinity}}',
        b'{"query": "{ hello }", "variables": {"n": 1e999}}',
        b'{"query": "{ hello }", "query": "{ hello }"}',
        b'{"query": "{ hello }", "variables": {"a": [{"b": 1, "b": 2}]}}',
        b'{"query": "{ hello }", "variables": {"n": "a\\u0000b"}}',
        b'{"query": "{ hello(name: \\"\\\\u0000\\") }"}',
        b"null",
        b'"{ hello }"',
        b'[{"query": "{ hello }"}]',
        b"[]",
        b"{}",
        b'{"query": null}',
        b'{"query": {"a": 1}}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": false}',
        b'{"query": "{ hello }", "operationName": 1}',
        b'{"query": "{ hello }", "extensions": "x"}',
        b'{"query": "{ hello }", "variables": ' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"query": "{ hello }", "variables": ' + b'{"a":' * 64 + b"1" + b"}" * 64 + b"}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40_000,
        b'"' + b'\\"' * 100_000,
        b'"' * 200_001,
        b"[]" * 100_000,
    ],
    ids=lambda body: body[:40],
)
async def test_a_body_that_is_no_request_is_a_400(client, body):
    response = await post(client, body)
    assert (response.status_code, code_of(response)) == (400, "INVALID")


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 62 + b"]" * 62 + b"}}",
        b'{"query": "{ hello }", "variables": {"a": "{[{[\\"\\\\", "b": "a:b:c"}}',
        b'{"query": "{ hello }", "variables": null, "operationName": null, "extensions": null}',
        b'{"query": "{ hello }", "operationName": "", "more": ["unknown"]}',
    ],
)
async def test_what_only_looks_odd_is_answered(client, body):
    assert (await post(client, body)).json() == GREETED


async def in_pieces(size, *, piece=b" " * 65_536):
    while size > 0:
        yield piece[:size]
        size -= len(piece)


async def test_a_body_may_have_256_kib_and_no_more(client):
    start = orjson.dumps(HELLO)
    at_most = start + b" " * (256 * 1024 - len(start))
    assert (await post(client, at_most)).json() == GREETED
    response = await post(client, at_most + b" ")
    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")


@pytest.mark.parametrize("claimed", [{}, {"content-length": "5"}, {"content-length": "-9"}])
async def test_a_body_is_counted_as_it_comes_whatever_it_claims(client, claimed):
    response = await client.post(
        "/graphql", content=in_pieces(20_000_000), headers={"content-type": JSON} | claimed
    )
    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")


async def test_a_body_that_does_not_come_is_not_waited_for(client, monkeypatch):
    monkeypatch.setattr(request_body, "_BODY_SECONDS", 0.02)

    async def slow():
        yield b"{"
        await asyncio.sleep(30)

    response = await client.post("/graphql", content=slow(), headers={"content-type": JSON})
    assert (response.status_code, code_of(response)) == (408, "INVALID")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "text/plain; application/json",
    ],
)
async def test_only_json_is_taken_which_no_foreign_form_can_send(client, content_type):
    headers = {} if content_type is None else {"content-type": content_type}
    response = await client.post("/graphql", content=orjson.dumps(HELLO), headers=headers)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA")


async def test_json_may_name_its_charset(client):
    response = await post(client, HELLO, content_type='Application/JSON; Charset="UTF-8"')
    assert response.json() == GREETED


async def test_a_compressed_body_is_not_unpacked(client):
    packed = gzip.compress(orjson.dumps(HELLO))
    response = await post(client, packed, content_encoding="gzip")
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA")
    assert response.headers["accept-encoding"] == "identity"
    assert (await post(client, HELLO, content_encoding="identity")).json() == GREETED


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("Bearer ended", 401, "UNAUTHENTICATED"),
        ("Bearer eager", 429, "RATE_LIMITED"),
        ("Bearer unlucky", 500, "INTERNAL"),
    ],
)
async def test_a_refused_context_is_an_http_status(client, accept, token, status, code):
    response = await post(client, HELLO, authorization=token, accept=accept)
    assert (response.status_code, code_of(response)) == (status, code)
    assert "secret" not in response.text
    assert ("www-authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_allowed(client, method):
    response = await client.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_get_answers_queries_and_nothing_else(client):
    document = "query($n: String!) { hello(name: $n) }"
    response = await client.get("/graphql", params={"query": document, "variables": '{"n": "乙"}'})
    assert response.json() == {"data": {"hello": "你好，乙"}}
    for accept in (JSON, GRAPHQL):
        mutation = {"query": "mutation { rename }"}
        response = await client.get("/graphql", params=mutation, headers={"accept": accept})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
    for wrong in ({}, {"query": document, "variables": "{"}, {"query": document, "variables": "1"}):
        assert (await client.get("/graphql", params=wrong)).status_code == 400


async def test_in_production_there_is_no_get_and_no_suggestion():
    async with client_of(production=True) as client:
        response = await client.get("/graphql", params=HELLO)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        response = await post(client, {"query": "{ helo }"})
        assert response.json()["errors"][0]["message"] == (
            "Cannot query field 'helo' on type 'Query'."
        )


async def test_a_context_is_made_once_for_each_request():
    made = []

    async def counted(request):
        made.append(request.url.path)

    async with client_of(context_for=counted) as client:
        await post(client, HELLO)
        await post(client, b"{")
    assert made == ["/graphql"]


PARAMETERS = st.sampled_from(["query", "variables", "operationName", "extensions"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
BODIES = (
    st.binary(max_size=200)
    | st.text(alphabet='{}[]:,"\\ a0', max_size=60).map(str.encode)
    | st.dictionaries(PARAMETERS, VALUES).map(orjson.dumps)
)
ACCEPTS = st.sampled_from([JSON, GRAPHQL, "*/*", "text/html"]) | st.text(max_size=20)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, accept=ACCEPTS)
async def test_no_request_can_cause_a_5xx(client, body, accept):
    headers = {"content-type": JSON, "accept": accept.encode("utf-8", "ignore")}
    response = await client.post("/graphql", content=body, headers=headers)
    assert response.status_code in {200, 400, 406}
