"""Pages that many are shown: made once, filled for each, and gone when they should be."""

import asyncio
from typing import Optional

import orjson
import pytest
import strawberry

from app.errors import Invalid
from app.visibility import NOBODY, Viewer
from schema.dependence import AUDIENCE, VIEWER, differs_by
from schema.edges import edge
from schema.operations import pages as pages_module
from schema.operations import plans
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits
from schema.operations.pages import Pages

pytestmark = pytest.mark.anyio


class Row:
    """An item; `owner` likes it."""

    def __init__(self, key: int, text: str = "文字") -> None:
        self.id = key
        self.text = text


class Context:
    """As the platform's: who asks, those who see the same, and what was read for whom."""

    reads_concurrently = False

    def __init__(self, viewer, world) -> None:
        self.viewer = viewer
        self.world = world
        self.loaders = {}

    @property
    def audience(self):
        return self.viewer.audience

    def shared(self):
        return Context(self.audience, self.world)


class World:
    """What there is to read; `reading` holds back whoever lists it."""

    def __init__(self) -> None:
        self.rows = [Row(1), Row(2), Row(3)]
        self.lists = 0
        self.begun, self.reading = asyncio.Event(), asyncio.Event()
        self.reading.set()


@differs_by(VIEWER)
async def mine(context, parents):
    return [context.viewer.member_id == row.id for row in parents]


@differs_by(VIEWER)
async def twin(context, parents):
    return [row if context.viewer.member_id == row.id else None for row in parents]


@differs_by(VIEWER)
async def failing(_context, _parents):
    raise Invalid("不行")


@differs_by(AUDIENCE)
async def friends(_context, parents, *, first: int = 2):
    return [[Row(row.id + n) for n in range(first)] for row in parents]


@differs_by(AUDIENCE)
async def lying(context, parents):
    return [str(context.viewer.member_id) for _ in parents]


async def undeclared(context, parents):
    return [str(context.viewer.member_id) for _ in parents]


@strawberry.type
class Item:
    id: int
    text: str
    mine: bool = edge(mine, "Whose.")
    twin: Optional["Item"] = edge(twin, "Itself, for its owner.")
    failing: bool | None = edge(failing, "Fails.")
    friends: list["Item"] = edge(friends, "Others.")
    lying: str = edge(lying, "Says too little.")
    undeclared: str = edge(undeclared, "Says nothing.")


@strawberry.type
class Query:
    @strawberry.field(graphql_type=list[Item])
    @differs_by(AUDIENCE)
    async def items(self, info: strawberry.Info, first: int = 3) -> object:
        if first < 0:
            raise Invalid("first 不能小于 0", "first")
        world = info.context.world
        world.lists += 1
        world.begun.set()
        rows = world.rows[:first]
        await world.reading.wait()
        return rows if info.context.viewer.signed_in else rows[:1]

    @strawberry.field(graphql_type=list[Item])
    async def private(self, info: strawberry.Info) -> object:
        return info.context.world.rows


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=list[Item])
    @differs_by(AUDIENCE)
    async def change(self, info: strawberry.Info) -> object:
        info.context.world.lists += 1
        return info.context.world.rows


GRAPH = strawberry.Schema(Query, Mutation)
UNSHARED = Documents(GRAPH, Limits())
ANN, BEN, EVE = (Viewer(key, 1, path) for key, path in ((1, "/1/"), (2, "/1/"), (3, "/1/9/")))


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Asking:
    """One world behind one cache."""

    def __init__(self) -> None:
        self.clock, self.world = Clock(), World()
        self.pages = Pages(1.0, self.clock)
        self.documents = Documents(GRAPH, Limits(), pages=self.pages)

    async def __call__(self, text, viewer=ANN, /, **variables):
        request = GraphQLRequest(text, variables=variables)
        return orjson.dumps(await execute(self.documents, request, Context(viewer, self.world)))

    async def unshared(self, text, viewer=ANN, /, **variables):
        request = GraphQLRequest(text, variables=variables)
        return orjson.dumps(await execute(UNSHARED, request, Context(viewer, self.world)))

    async def is_the_same(self, text, viewer, /, **variables):
        """Twice, so that the page is made and then kept."""
        for _ in range(2):
            expected = await self.unshared(text, viewer, **variables)
            assert await self(text, viewer, **variables) == expected


@pytest.fixture
def ask(anyio_backend):
    return Asking()


def counts(ask):
    return ask.pages.made, ask.pages.shown, ask.pages.failures


SAME = {
    "shared alone": "{ items { id text } }",
    "one's own": "{ items { id mine text } }",
    "one's own twice": "{ items { a: mine id b: mine } }",
    "objects of one's own, or null": "{ items { twin { id mine friends { mine } } mine } }",
    "holes at every level": "{ items { mine friends(first: 3) { text mine friends { mine } } } }",
    "names of types": "{ __typename items { __typename mine } }",
    "roots twice": "{ a: items(first: 1) { mine } b: items { mine id } }",
    "nothing at all": "{ items(first: 0) { mine } }",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
async def test_a_page_is_shown_to_the_byte_as_without_it(ask, text):
    for viewer in (ANN, BEN, EVE, NOBODY, BEN, ANN):
        await ask.is_the_same(text, viewer)
    # Ann and Ben see the same, Eve sees more, nobody sees least.
    assert counts(ask) == (3, 12, 0)


async def test_holes_are_filled_together_where_reads_are(ask, monkeypatch):
    monkeypatch.setattr(Context, "reads_concurrently", True)
    await ask.is_the_same("{ items { mine twin { id } friends { mine } } }", BEN)
    assert counts(ask) == (1, 2, 0)


async def test_one_page_serves_those_who_see_the_same_and_each_reads_what_is_theirs(ask):
    first = orjson.loads(await ask("{ items { mine } }", ANN))["data"]["items"]
    other = orjson.loads(await ask("{ items { mine } }", BEN))["data"]["items"]
    assert [item["mine"] for item in first] == [True, False, False]
    assert [item["mine"] for item in other] == [False, True, False]
    assert ask.world.lists == 1


async def test_who_has_words_that_others_do_not_see_is_shown_no_page(ask):
    held = Viewer(1, 1, "/1/", has_held=True)
    await ask.is_the_same("{ items { id mine } }", ANN)
    await ask.is_the_same("{ items { id mine } }", held)
    assert counts(ask) == (1, 2, 0)
    assert ask.world.lists == 2 + 1 + 4


async def test_other_variables_are_another_page(ask):
    text = "query ($n: Int = 3) { items(first: $n) { id mine } }"
    for variables in ({}, {"n": 1}, {"n": 2}, {"n": 1}):
        await ask.is_the_same(text, ANN, **variables)
    assert ask.pages.made == 3


async def test_conditions_decide_whether_it_is_shared(ask):
    text = "query ($all: Boolean!) { items { id mine undeclared @include(if: $all) } }"
    await ask.is_the_same(text, ANN, all=True)
    assert counts(ask) == (0, 0, 0)
    await ask.is_the_same(text, ANN, all=False)
    assert counts(ask) == (1, 2, 0)


@pytest.mark.parametrize(
    "text", ["{ items { id undeclared } }", "{ private { id } }", "{ __schema { types { name } } }"]
)
async def test_what_is_not_declared_is_never_shared(ask, text):
    for viewer in (ANN, BEN):
        await ask.is_the_same(text, viewer)
    assert counts(ask) == (0, 0, 0)


async def test_what_was_declared_wrongly_is_not_shared_either(ask):
    for viewer in (ANN, BEN):
        await ask.is_the_same("{ items { id lying } }", viewer)
    assert (ask.pages.made, ask.pages.shown) == (0, 0)
    assert ask.pages.failures >= 1


async def test_text_that_looks_like_a_hole_stays_text(ask):
    ask.world.rows[0].text = f'{"0" * 32}0","x":"{"f" * 32}1'
    await ask.is_the_same("{ items { text mine } }", ANN)
    assert counts(ask) == (1, 2, 0)


async def test_even_a_word_that_was_guessed_forges_no_hole(ask, monkeypatch):
    monkeypatch.setattr(plans.secrets, "token_hex", lambda _: "feed")
    ask.world.rows[0].text = "feed1"
    await ask.is_the_same("{ items { text mine } }", ANN)
    assert (ask.pages.made, ask.pages.shown) == (0, 0)


async def test_each_page_has_a_word_of_its_own(ask):
    words = {plans.Holes().word for _ in range(50)}
    assert len(words) == 50
    assert {len(word) for word in words} == {32}


async def test_a_page_is_shown_for_a_second_and_no_longer(ask):
    text = "{ items { text mine } }"
    before = await ask(text)
    ask.world.rows = [Row(1, "新的")]
    ask.clock.seconds += 0.99
    assert await ask(text) == before
    ask.clock.seconds += 0.01
    assert await ask(text) == await ask.unshared(text) != before


async def test_its_second_begins_before_it_is_read(ask):
    ask.world.reading.clear()
    slow = asyncio.create_task(ask("{ items { text } }"))
    await ask.world.begun.wait()
    ask.clock.seconds += 1
    ask.world.rows = [Row(1, "新的")]
    ask.world.reading.set()
    await slow
    assert await ask("{ items { text } }") == await ask.unshared("{ items { text } }")


async def test_what_is_committed_is_shown_at_once(ask):
    text = "{ items { text } }"
    ask.world.reading.clear()
    overtaken = asyncio.create_task(ask(text))
    await ask.world.begun.wait()
    ask.world.rows = [Row(1, "新的")]
    ask.pages.forget()
    ask.world.reading.set()
    assert await ask(text) == await ask.unshared(text) != await overtaken
    assert await ask(text) == await ask.unshared(text)


async def test_one_makes_a_page_and_all_others_wait_for_it(ask):
    ask.world.reading.clear()
    asked = [asyncio.create_task(ask("{ items { mine } }", ANN)) for _ in range(20)]
    await ask.world.begun.wait()
    # Whoever came first and leaves does not take it from the others.
    asked[0].cancel()
    ask.world.reading.set()
    answers = await asyncio.gather(*asked[1:])
    assert ask.world.lists == 1
    assert set(answers) == {await ask.unshared("{ items { mine } }")}
    assert counts(ask) == (1, 19, 0)


@pytest.mark.parametrize("text", ["{ items(first: -1) { id } }", "{ items { id failing } }"])
async def test_what_fails_is_told_as_without_pages(ask, text):
    for viewer in (ANN, BEN):
        await ask.is_the_same(text, viewer)
    assert (ask.pages.shown, ask.pages.failures) == (0, 0)


async def test_mutations_are_never_answered_from_a_page(ask):
    for _ in range(2):
        await ask("mutation { change { id mine } }")
    assert ask.world.lists == 2
    assert counts(ask) == (0, 0, 0)


async def test_variables_that_do_not_fit_are_refused_as_ever(ask):
    await ask.is_the_same("query ($n: Int!) { items(first: $n) { id } }", ANN, n="three")
    assert len(ask.pages) == 0


async def test_long_variables_are_not_kept(ask):
    await ask.is_the_same("query ($n: Int) { items(first: $n) { id } }", ANN, n=1, x="长" * 1_000)
    assert len(ask.pages) == 0


async def test_pages_are_bounded_by_number_and_by_bytes(ask, monkeypatch):
    text = "query ($n: Int) { items(first: $n) { id text mine } }"
    monkeypatch.setattr(pages_module, "_MOST_PAGES", 3)
    for n in range(6):
        await ask(text, n=n)
    assert len(ask.pages) == 3
    monkeypatch.setattr(pages_module, "_MOST_BYTES", ask.pages._bytes)
    ask.world.rows = [Row(1, "长" * 100)]
    await ask(text, n=9)
    assert len(ask.pages) < 3
    assert ask.pages._bytes == sum(kept.size for kept in ask.pages._kept.values())


async def test_old_pages_leave_when_a_new_one_comes(ask):
    text = "query ($n: Int) { items(first: $n) { id } }"
    for n in range(5):
        await ask(text, n=n)
    ask.clock.seconds += 1
    await ask(text, n=9)
    assert len(ask.pages) == 1


async def test_pages_that_are_old_at_once_are_made_for_each(ask):
    ask.documents.pages = ask.pages = Pages(0.0, ask.clock)
    for viewer in (ANN, BEN):
        await ask.is_the_same("{ items { id mine } }", viewer)
    assert counts(ask) == (4, 4, 0)
