"""Any query over the whole graph: its plan and graphql-core give the same answer, to the byte."""

import asyncio
from functools import cache

import orjson
import pytest
from graphql import (
    REMOVE,
    GraphQLID,
    IntValueNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    print_ast,
    visit,
)
from group import building, gid, viewer_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries
from hypothesis_graphql._strategies import sampler
from regulations import bring

from app.content.deeds import like_deed
from app.database.columns import now
from app.points.actions import award
from app.visibility import Role
from resolvers import search as search_door
from resolvers.root import graph
from schema.context import Context
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits
from search.indexing import rebuild

pytestmark = pytest.mark.anyio

EXAMPLES = 2_000
# What is generated is not meant to be small; limits have tests of their own.
AMPLE = Limits(
    characters=10**6,
    tokens=10**6,
    definitions=10**4,
    fields=10**6,
    overlaps=10**7,
    depth=100,
    aliases=10**5,
    directives=10**4,
    root_fields=10**3,
    introspections=9,
    cost=10**9,
)
SCALARS = {
    "DateTime": st.just("2026-03-01T00:00:00+00:00").map(nodes.String),
    "Date": st.just("2026-03-01").map(nodes.String),
}


class Sensible(Visitor):
    """Puts ids that exist, small pages and no cursors, so that queries reach something."""

    def __init__(self, info: TypeInfo, ids: list[str]) -> None:
        super().__init__()
        self._info = info
        self._ids = ids
        self._used = 0
        self._field = self._argument = ""

    def enter_field(self, node, *_):
        self._field = node.name.value

    def enter_argument(self, node, *_):
        self._argument = node.name.value
        return REMOVE if self._argument == "after" else None

    def enter_object_field(self, node, *_):
        self._argument = node.name.value

    def enter_int_value(self, node, *_):
        if get_named_type(self._info.get_input_type()) is GraphQLID:
            return self._id()
        return IntValueNode(value=str(1 + abs(int(node.value)) % 5))

    def enter_string_value(self, node, *_):
        is_id = get_named_type(self._info.get_input_type()) is GraphQLID
        return self._id() if is_id else None

    def _id(self):
        committee, column = self._ids[0], self._ids[3]
        if self._argument == "organizationId" or self._field == "organization":
            return StringValueNode(value=committee)
        if self._argument == "columnId":
            return StringValueNode(value=column)
        self._used += 1
        return StringValueNode(value=self._ids[self._used % len(self._ids)])


@pytest.fixture
async def group(ask, monkeypatch):
    """Something of everything, an administrator who sees it, and all ids."""
    monkeypatch.setattr(search_door.time, "perf_counter", lambda: 0.0)
    async with building(ask.database) as made:
        committee = await made.organization("集团党委")
        branch = await made.organization(below=committee)
        author = await made.member(branch, avatar=await made.image())
        column = await made.column(branch)
        contents = [
            await made.news(author, tags=("安全",)),
            await made.lecture(author),
            await made.live(author),
            await made.entry(author, column),
        ]
        first = await made.comment(contents[0], author)
        second = await made.comment(contents[0], author, reply_to=first)
        await made.grant(author, Role.ADMIN, committee)
        for content in contents:
            await award(made.session, like_deed(content.id, author.id), ask.platform.settings.zone)
        reader = await made.member(branch)
        await made.comment(contents[0], reader, held=True)
        gone = await made.comment(contents[0], reader, removed=True)
    report = "mutation ($id: ID!) { reportComment(input: {commentId: $id, reason: SPAM}) { %s } }"
    await ask(report % "errors { code }", reader, id=gid(first))
    add = 'mutation ($id: ID!) { addHeldWord(input: {organizationId: $id, word: "刷单"}) { %s } }'
    await ask(add % "errors { code }", author, id=gid(committee))
    await bring(ask.database, "借阅办法", "图书可借三十日。", "逾期依照本办法第一条计算。")
    await bring(ask.database, "差旅办法", "《借阅办法》第一条不适用于差旅。")
    await rebuild(ask.database, ask.platform.search, now().date())
    ids = [
        gid(each) for each in (committee, branch, author, column, *contents, first, second, gone)
    ]
    cases = await ask("{ moderationQueue { nodes { id } } heldWords { nodes { id } } }", author)
    ids += [each["id"] for found in cases.values() for each in found["nodes"]]
    regulations = await ask("{ regulations { nodes { id articles { nodes { id } } } } }", author)
    for regulation in regulations["regulations"]["nodes"]:
        ids += [regulation["id"], *(each["id"] for each in regulation["articles"]["nodes"])]
    return await viewer_of(ask.database, author), ids


# Rows have tests on both databases; here the two executors are compared over the same rows.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_plans_and_graphql_core_answer_alike(ask, group, monkeypatch):
    # It draws a thousand of these for a query; made anew, each would be looked at whether it can.
    monkeypatch.setattr(sampler, "weighted_boolean", cache(sampler.weighted_boolean))
    viewer, ids = group
    by_plan, by_core = Documents(graph, AMPLE), Documents(graph, AMPLE, plans=False)
    compared = failed = 0

    # Read by both at once: how a document is read has tests of its own.
    monkeypatch.setattr(by_core, "read", by_plan.read)

    def sensible(document):
        info = TypeInfo(graph._schema)
        return print_ast(visit(document, TypeInfoVisitor(info, Sensible(info, ids))))

    async def answer(documents, text):
        context = Context(ask.platform, viewer)
        return orjson.dumps(await execute(documents, GraphQLRequest(text), context, seconds=60))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(queries(graph._schema, custom_scalars=SCALARS, print_ast=sensible, allow_x00=False))
    def compare(text):
        nonlocal compared, failed
        planned = runner.run(answer(by_plan, text))
        assert planned == runner.run(answer(by_core, text)), text
        compared += 1
        failed += b'"errors"' in planned

    with asyncio.Runner() as runner:
        compare()
    assert compared >= EXAMPLES
    # A plan fails where the answer has errors, and nowhere else.
    assert by_plan.fallbacks <= failed < compared / 2
