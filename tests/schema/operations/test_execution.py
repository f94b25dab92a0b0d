"""Operations run under graphql-core, and nothing internal is ever answered."""

import asyncio
import datetime as dt

import orjson
import pytest
import strawberry
import structlog
from structlog.testing import capture_logs

from app.errors import Invalid, NotFound
from schema.operations import failures
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits

pytestmark = pytest.mark.anyio

LIMITS = Limits()
SECRET = "postgresql://user:secret@database/SELECT"


def _refuse_odd(value: object) -> str:
    if value == "odd":
        raise ValueError(SECRET)
    return str(value)


Even = strawberry.scalar(name="Even", serialize=str, parse_value=_refuse_odd)
EvenText = type("EvenText", (str,), {})


@strawberry.input
class TitleInput:
    title: strawberry.Maybe[str]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, info: strawberry.Info, name: str = "世界") -> str:
        return f"你好，{name}（{info.context}）"

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def wrong(self) -> int | None:
        return SECRET

    @strawberry.field
    def missing(self) -> str:
        return None

    @strawberry.field
    async def refused(self) -> str | None:
        raise NotFound("没有这一条", "input", "id")

    @strawberry.field
    async def slow(self) -> str | None:
        await asyncio.sleep(30)

    @strawberry.field
    def on(self, day: dt.date) -> str:
        return day.isoformat()

    @strawberry.field
    def even(self, value: EvenText | None = None) -> str:
        return str(value)

    @strawberry.field
    def titled(self, given: TitleInput) -> str | None:
        return "没有" if given.title is None else given.title.value


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def rename(self, title: str) -> str | None:
        if not title:
            raise Invalid("标题不能为空", "title")
        return title


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> int:
        yield 1


SCHEMA = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=strawberry.schema.config.StrawberryConfig(scalar_map={EvenText: Even}),
)


@pytest.fixture(autouse=True)
def _fresh_logger(monkeypatch):
    """A logger that an application of another test has not yet bound to its own pipeline."""
    monkeypatch.setattr(failures, "_log", structlog.get_logger())


async def run(query, variables=None, *, suggestions=True, limits=LIMITS, **named):
    request = GraphQLRequest(
        query, variables=variables or {}, operation_name=named.pop("name", None)
    )
    documents = Documents(SCHEMA, limits, suggestions=suggestions)
    answer = await execute(documents, request, "甲", **named)
    assert orjson.loads(orjson.dumps(answer)) == answer
    assert "secret" not in str(answer)
    return answer


def only_error(answer):
    [error] = answer["errors"]
    return error


async def test_a_query_is_answered_with_its_data_alone():
    assert await run("{ hello }") == {"data": {"hello": "你好，世界（甲）"}}


async def test_variables_reach_the_resolver():
    answer = await run("query ($n: String!) { hello(name: $n) }", {"n": "乙"})
    assert answer == {"data": {"hello": "你好，乙（甲）"}}


async def test_a_named_operation_is_chosen():
    document = 'query A { hello } mutation B { rename(title: "新") }'
    assert await run(document, name="B") == {"data": {"rename": "新"}}
    error = only_error(await run(document, name="C"))
    assert error["extensions"] == {"code": "OPERATION_RESOLUTION_FAILURE"}


async def test_a_syntax_error_points_into_the_document():
    assert only_error(await run("{ hello")) == {
        "message": "Syntax Error: Expected Name, found <EOF>.",
        "locations": [{"line": 1, "column": 8}],
        "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
    }


@pytest.mark.parametrize(
    ("suggestions", "message"),
    [
        (True, "Cannot query field 'helo' on type 'Query'. Did you mean 'hello'?"),
        (False, "Cannot query field 'helo' on type 'Query'."),
    ],
)
async def test_an_invalid_document_is_not_run(suggestions, message):
    answer = await run("{ helo }", suggestions=suggestions)
    assert answer == {
        "errors": [
            {
                "message": message,
                "locations": [{"line": 1, "column": 3}],
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
        ]
    }


async def test_an_operation_that_asks_for_too_much_is_not_run():
    answer = await run("{ a: hello b: hello }", limits=Limits(aliases=1))
    assert answer == {
        "errors": [
            {
                "message": "查询过于复杂：aliases 超过上限 1",
                "extensions": {"code": "QUERY_TOO_COMPLEX", "limit": "aliases", "maximum": 1},
            }
        ]
    }


async def test_a_refusal_keeps_its_code_its_words_and_its_field():
    answer = await run("{ hello refused }")
    assert answer["data"] == {"hello": "你好，世界（甲）", "refused": None}
    assert only_error(answer) == {
        "message": "没有这一条",
        "locations": [{"line": 1, "column": 9}],
        "path": ["refused"],
        "extensions": {"code": "NOT_FOUND", "field": ["input", "id"]},
    }


@pytest.mark.parametrize("field", ["broken", "wrong"])
async def test_a_fault_is_logged_and_masked(field):
    with capture_logs() as logs:
        answer = await run(f"{{ {field} }}")
    assert answer["data"] == {field: None}
    assert only_error(answer) == {
        "message": "内部错误",
        "locations": [{"line": 1, "column": 3}],
        "path": [field],
        "extensions": {"code": "INTERNAL"},
    }
    [log] = logs
    assert log["event"] == "graphql.internal_error"
    assert SECRET in str(log["exc_info"])
    assert log["exc_info"].__traceback__ is not None


async def test_a_masked_fault_names_the_request_in_the_log():
    with structlog.contextvars.bound_contextvars(request_id="r-17"), capture_logs():
        answer = await run("{ broken }")
    assert only_error(answer)["extensions"] == {"code": "INTERNAL", "requestId": "r-17"}


async def test_a_null_that_may_not_be_takes_all_data_with_it_and_is_a_fault():
    with capture_logs() as logs:
        answer = await run("{ hello missing }")
    assert answer["data"] is None
    assert only_error(answer)["message"] == "内部错误"
    assert len(logs) == 1


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        (
            "query ($d: Date!) { on(day: $d) }",
            {"d": 5},
            (
                "Variable '$d' has invalid value: "
                'Value cannot represent a Date: "5". Expected a string.'
            ),
        ),
        (
            "query ($n: String!) { hello(name: $n) }",
            {},
            (
                "Variable '$n' has invalid value: "
                "Expected a value of non-null type 'String!' to be provided."
            ),
        ),
        (
            "query ($e: Even) { even(value: $e) }",
            {"e": "odd"},
            "Variable '$e' has invalid value: Expected value of type 'Even'",
        ),
    ],
)
async def test_a_wrong_variable_is_told_without_what_the_code_said(query, variables, message):
    assert await run(query, variables) == {
        "errors": [
            {
                "message": message,
                "locations": [{"line": 1, "column": 8}],
                "extensions": {"code": "INVALID"},
            }
        ]
    }


async def test_a_wrong_literal_is_told_without_what_the_code_said():
    error = only_error(await run('{ even(value: "odd") }'))
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error["message"] == "Expected value of type 'Even'"


async def test_an_explicit_null_where_none_may_be_is_invalid_input():
    query = 'query ($n: String = "乙") { hello(name: $n) }'
    answer = await run(query, {"n": None})
    assert answer["data"] is None
    assert only_error(answer)["extensions"] == {"code": "INVALID"}


async def test_input_that_strawberry_refuses_is_invalid_and_speaks_no_python():
    answer = await run("query ($i: TitleInput!) { titled(given: $i) }", {"i": {"title": None}})
    error = only_error(answer)
    assert error["extensions"] == {"code": "INVALID"}
    assert error["message"] == "输入的值不符合要求"


async def test_an_operation_that_takes_too_long_is_stopped():
    before = asyncio.all_tasks()
    answer = await run("{ hello slow again: slow }", seconds=0.05)
    assert answer == {
        "data": None,
        "errors": [{"message": "处理超时，请稍后再试", "extensions": {"code": "UNAVAILABLE"}}],
    }
    assert asyncio.all_tasks() == before


async def test_a_mutation_is_not_run_where_only_queries_are_allowed():
    query = 'mutation { rename(title: "新") }'
    assert await run(query) == {"data": {"rename": "新"}}
    answer = await run(query, allow_mutations=False)
    assert only_error(answer)["extensions"] == {"code": "OPERATION_NOT_ALLOWED"}
    assert "data" not in answer


async def test_a_subscription_has_a_door_of_its_own():
    answer = await run("subscription { ticks }")
    assert only_error(answer)["extensions"] == {"code": "OPERATION_NOT_ALLOWED"}


async def test_the_schema_can_be_introspected():
    answer = await run("{ __schema { queryType { name } } __typename }")
    assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}, "__typename": "Query"}
