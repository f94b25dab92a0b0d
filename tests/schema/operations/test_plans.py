"""Plans answer as graphql-core does, and leave to it what they cannot."""

import enum
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated, Optional

import orjson
import pytest
import strawberry

from schema.edges import edge
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits

pytestmark = pytest.mark.anyio

WHEN = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


strawberry.enum(Colour)


class Row(SimpleNamespace):
    """A cat or a dog, as a statement would give it."""


def row(key, kind="cat", **values):
    standard = {
        "name": f"{kind} {key}",
        "weight": key,
        "born": WHEN,
        "colour": Colour.RED,
        "tags": ("a", "b"),
        "matrix": [[1, 2], [3]],
        "note": None,
    }
    return Row(id=key, kind=kind, **(standard | values))


async def friends(context, parents, *, first: int = 2, kind: str | None = None):
    context.calls.append(("friends", len(parents), first))
    return [[row(parent.id * 10 + n, kind or "dog") for n in range(first)] for parent in parents]


async def owner(context, parents):
    context.calls.append(("owner", len(parents)))
    return [None if parent.id % 2 else row(parent.id + 500) for parent in parents]


async def failing(_context, _parents):
    raise RuntimeError("no such luck")


async def short(_context, parents):
    return [1 for _ in parents][:-1]


def _id(self) -> strawberry.ID:
    return strawberry.ID(f"{self.kind}:{self.id}")


def _loud(self) -> str:
    return self.name.upper()


async def _slow(self) -> str:
    return f"slow {self.name}"


def _is(kind):
    return staticmethod(lambda value, _info: value.kind == kind)


@strawberry.interface
class Pet:
    id: strawberry.ID = strawberry.field(resolver=_id)
    name: str
    weight: int
    born: datetime
    colour: Colour
    tags: list[str]
    matrix: list[list[int]]
    note: str | None
    loud: str = strawberry.field(resolver=_loud)
    slow: str = strawberry.field(resolver=_slow)
    friends: list["Pet"] = edge(friends, "Its friends.")
    owner: Optional["Cat"] = edge(owner, "A cat, or nobody.")
    failing: str | None = edge(failing, "Fails.")
    short: int | None = edge(short, "Loses a value.")

    @classmethod
    def resolve_type(cls, value, *_):
        return value.kind.capitalize()


@strawberry.type
class Cat(Pet):
    lives: int
    is_type_of = _is("cat")


@strawberry.type
class Dog(Pet):
    bark: str
    is_type_of = _is("dog")


Animal = Annotated[Cat | Dog, strawberry.union("Animal")]
ZOO = [
    row(1, lives=9),
    row(2, "dog", bark="woof", colour=Colour.BLUE),
    row(3, lives=3, note="shy"),
    row(4, "dog", bark="yap"),
]


@strawberry.type
class Query:
    @strawberry.field(graphql_type=list[Pet])
    def pets(self, first: int = 4) -> object:
        return ZOO[:first]

    @strawberry.field(graphql_type=list[Animal])
    def animals(self) -> object:
        return ZOO

    @strawberry.field(graphql_type=Pet | None)
    async def pet(self, id: strawberry.ID, colours: list[Colour] | None = None) -> object:
        if id == "bad":
            return row(7, lives=None)
        if id == "worse":
            return row(7, lives=1, matrix=[[1], None])
        return next((each for each in ZOO if str(each.id) == id), None)

    @strawberry.field
    def nothing(self) -> str | None:
        return None


GRAPH = strawberry.Schema(Query, types=[Cat, Dog])
PLANNED = Documents(GRAPH, Limits())
UNPLANNED = Documents(GRAPH, Limits(), plans=False)


class Context:
    reads_concurrently = False

    def __init__(self):
        self.loaders = {}
        self.calls = []


async def answers(text, context=None, /, **variables):
    """What a plan answers, what graphql-core answers, and how many plans failed on the way."""
    before = PLANNED.fallbacks
    request = GraphQLRequest(text, variables=variables)
    by_plan = await execute(PLANNED, request, context or Context())
    by_core = await execute(UNPLANNED, request, Context())
    return orjson.dumps(by_plan), orjson.dumps(by_core), PLANNED.fallbacks - before


SAME = {
    "leaves of every kind": "{ pets { id name weight born colour tags matrix note } }",
    "functions of the object, waiting or not": "{ pets { loud slow } }",
    "one key twice": "{ pets { name name friends { id } friends { name } } }",
    "aliases": "{ a: pets(first: 1) { n: name } b: pets { n: id } }",
    "an edge twice, with other arguments": """{
      pets { a: friends(first: 1) { id } b: friends(first: 3) { id } } }""",
    "mixed types of one interface": """{
      pets { __typename name ... on Cat { lives } ... on Dog { bark } } }""",
    "mixed types of a union": """{
      animals { __typename ... on Cat { lives } ... on Dog { bark } ... on Pet { id } } }""",
    "an edge of one type alone": """{
      pets { ... on Dog { friends { name } } ... on Cat { lives } } }""",
    "edges in edges": """{
      pets { friends { friends(kind: "cat") { id owner { name } } owner { id } } } }""",
    "fragments in fragments": """{ pets { ...A } }
      fragment A on Pet { name ...B } fragment B on Dog { bark }""",
    "nothing that fits": "{ pets { ... on Cat { lives } } }",
    "null at the root": """{ nothing pet(id: "none") { name } }""",
    "the type of the root": "{ __typename }",
    "constants": "{ pets { name @include(if: false) id @skip(if: false) } }",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
async def test_a_plan_answers_as_graphql_core_does(text):
    by_plan, by_core, fallbacks = await answers(text)
    assert by_plan == by_core
    assert b"errors" not in by_plan
    assert fallbacks == 0


@pytest.mark.parametrize("wanted", [True, False])
async def test_conditions_are_decided_by_variables(wanted):
    text = """query ($yes: Boolean!, $id: ID = "2") {
      pet(id: $id) { name @include(if: $yes) ... on Dog @skip(if: $yes) { bark } } }"""
    by_plan, by_core, fallbacks = await answers(text, yes=wanted)
    assert (by_plan, fallbacks) == (by_core, 0)


async def test_variables_reach_edges_and_their_defaults_hold():
    text = "query ($n: Int = 3, $kind: String) { pets { friends(first: $n, kind: $kind) { id } } }"
    for variables in ({}, {"n": 1}, {"n": 1, "kind": "cat"}, {"kind": None}):
        by_plan, by_core, fallbacks = await answers(text, **variables)
        assert (by_plan, fallbacks) == (by_core, 0)


async def test_enums_in_variables_are_read():
    text = 'query ($c: [Colour!]) { pet(id: "1", colours: $c) { colour } }'
    by_plan, by_core, fallbacks = await answers(text, c=["RED"])
    assert (by_plan, fallbacks) == (by_core, 0)


FAILS = {
    "a null in a non-null leaf": '{ pet(id: "bad") { name ... on Cat { lives } } }',
    "a null in a list of lists": '{ pet(id: "worse") { name matrix } }',
    "a failing edge": "{ pets { name failing } }",
    "an edge that loses a value": "{ pets { short } }",
    "an argument of null where none may be": """query ($n: Int) {
      pets { friends(first: $n) { id } } }""",
}


@pytest.mark.parametrize("text", FAILS.values(), ids=FAILS)
async def test_what_a_plan_cannot_complete_graphql_core_tells(text):
    by_plan, by_core, fallbacks = await answers(text, n=None)
    assert by_plan == by_core
    assert b"errors" in by_plan
    assert fallbacks == 1


async def test_introspection_and_unfit_variables_are_graphql_cores_own():
    for text in (
        "{ __schema { queryType { name } } }",
        "query ($n: Int!) { pets(first: $n) { id } }",
    ):
        by_plan, by_core, fallbacks = await answers(text, n="three")
        assert (by_plan, fallbacks) == (by_core, 0)


async def test_an_edge_is_called_once_for_all_parents_whatever_their_types():
    context = Context()
    await answers("{ pets { friends(first: 1) { owner { id } } owner { id } } }", context)
    assert sorted(context.calls) == [("friends", 4, 1), ("owner", 4), ("owner", 4)]


async def test_an_edge_without_parents_is_not_called():
    context = Context()
    await answers("{ pets(first: 1) { ... on Dog { owner { id } } } }", context)
    assert context.calls == []


async def test_concurrent_edges_answer_the_same():
    context = Context()
    context.reads_concurrently = True
    by_plan, by_core, fallbacks = await answers("{ pets { friends { id } owner { id } } }", context)
    assert (by_plan, fallbacks) == (by_core, 0)


async def test_each_decision_is_planned_once_and_too_many_are_left():
    names = [f"v{n}" for n in range(6)]
    given = ", ".join(f"${name}: Boolean!" for name in names)
    asked = " ".join(f"a{n}: name @include(if: $v{n})" for n in range(6))
    text = f"query ({given}) {{ pets {{ id {asked} }} }}"
    for number in range(40):
        values = {name: bool(number >> n & 1) for n, name in enumerate(names)}
        by_plan, by_core, fallbacks = await answers(text, **values)
        assert (by_plan, fallbacks) == (by_core, 0)
    operation = PLANNED.read(text).operation(None)
    assert len(operation._plans) == 16
