"""Operations by digest: a manifest's, and those that Apollo clients register themselves."""

import hashlib

import orjson
import pytest
import strawberry

from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits
from schema.operations.persisted import _REMEMBERED, PersistedOperations, read_manifest

pytestmark = pytest.mark.anyio

TEXT = "{ hello }"
OTHER = "{ again: hello }"


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "你好"


GRAPH = strawberry.Schema(Query)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def named(text, version=1):
    return {"persistedQuery": {"version": version, "sha256Hash": digest(text)}}


async def answer(persisted, query, extensions):
    documents = Documents(GRAPH, Limits(), persisted=persisted)
    return await execute(documents, GraphQLRequest(query, extensions=extensions), None)


async def code(persisted, query, extensions):
    [error] = (await answer(persisted, query, extensions))["errors"]
    return error["extensions"]["code"]


async def test_a_document_of_the_manifest_runs_by_its_digest():
    persisted = PersistedOperations({digest(TEXT): TEXT})
    assert await answer(persisted, None, named(TEXT)) == {"data": {"hello": "你好"}}


async def test_an_unknown_digest_is_asked_for_as_apollo_clients_expect():
    persisted = PersistedOperations()
    [error] = (await answer(persisted, None, named(TEXT)))["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}


async def test_a_text_that_came_with_its_digest_is_known_from_then_on():
    persisted = PersistedOperations()
    await answer(persisted, TEXT, named(TEXT))
    assert await answer(persisted, None, named(TEXT)) == {"data": {"hello": "你好"}}


async def test_a_text_without_its_digest_is_not_kept():
    persisted = PersistedOperations()
    await answer(persisted, TEXT, {})
    assert await code(persisted, None, named(TEXT)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_digest_of_another_text_is_refused_and_not_kept():
    persisted = PersistedOperations()
    assert await code(persisted, TEXT, named(OTHER)) == "PERSISTED_QUERY_MISMATCH"
    assert await code(persisted, None, named(OTHER)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_trusted_documents_alone_run_where_nothing_else_is_trusted():
    persisted = PersistedOperations({digest(TEXT): TEXT}, trusted_only=True)
    assert await answer(persisted, None, named(TEXT)) == {"data": {"hello": "你好"}}
    assert await answer(persisted, TEXT, {}) == {"data": {"hello": "你好"}}
    assert await code(persisted, OTHER, {}) == "OPERATION_NOT_ALLOWED"
    assert await code(persisted, OTHER, named(OTHER)) == "OPERATION_NOT_ALLOWED"
    assert await code(persisted, None, named(OTHER)) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "persisted_query",
    ["x", [], {}, {"version": 1}, {"version": 2, "sha256Hash": digest(TEXT)},
     {"version": 1, "sha256Hash": "abc"}, {"version": 1, "sha256Hash": 7}],
)  # fmt: skip
async def test_a_malformed_digest_is_refused(persisted_query):
    extensions = {"persistedQuery": persisted_query}
    assert await code(PersistedOperations(), None, extensions) == "GRAPHQL_PARSE_FAILED"


def test_only_so_many_registered_texts_are_kept_the_latest_used():
    persisted = PersistedOperations()
    texts = [f"{{ a{number}: hello }}" for number in range(_REMEMBERED + 1)]
    for text in texts[:-1]:
        persisted.text(text, named(text))
    persisted.text(None, named(texts[0]))
    persisted.text(texts[-1], named(texts[-1]))
    assert list(persisted._registered.values())[:1] == [texts[2]]
    assert persisted.text(None, named(texts[0])) == texts[0]
    assert len(persisted._registered) == _REMEMBERED


def test_a_manifest_is_read_and_its_digests_are_checked(tmp_path):
    path = tmp_path / "persisted.json"
    path.write_bytes(orjson.dumps({digest(TEXT): TEXT}))
    assert read_manifest(path) == {digest(TEXT): TEXT}
    for wrong in ([], {digest(OTHER): TEXT}, {digest(TEXT): 1}):
        path.write_bytes(orjson.dumps(wrong))
        with pytest.raises(ValueError, match=r"persisted\.json"):
            read_manifest(path)
