"""Kept pages show nobody what is not theirs: random groups, many viewers, one cache."""

import asyncio
import random
import shutil

import orjson
import pytest
from bench import operations
from group import building, gid
from hypothesis import HealthCheck, given, settings
from servers import create_database, drop_database, server_database
from worlds import NOBODY, TAGS, Built, Narrowed, World, build, worlds

from app import visibility
from app.database import Database
from app.members.queries import viewer_of_session
from resolvers.root import graph
from schema.context import Context
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits
from schema.operations.pages import Pages

OWN = """query ($first: Int!, $tag: String) { feed(first: $first, tag: $tag) { nodes {
  id viewerHasLiked viewerHasBookmarked viewerPermissions { canEdit canComment } } } }"""
COLUMNS = """{ showcaseColumns { nodes { id title entries(first: 5) { nodes {
  id author { name } viewerHasLiked audience { scope organization { name } } } } } } }"""
UNDECLARED = """query ($ids: [ID!]!) { viewer { name roles { role } } feed { nodes { id } }
  nodes(ids: $ids) { id ... on Content { status viewerPermissions { canEdit } } } }"""
UNSHARED = Documents(graph, Limits())
TURNS = 60


class Comparing:
    """One world behind one cache that forgets nothing, and viewers in any order."""

    def __init__(self, world: World, built: Built, platform, chance: random.Random) -> None:
        self.world = world
        self.built = built
        self.platform = platform
        self.chance = chance
        self.pages = Pages(1.0, clock=lambda: 0.0)
        self.shared = Documents(graph, Limits(), pages=self.pages)
        self.marked: set[tuple[int, int, str]] = set()
        self.compared = 0

    async def mark(self, group) -> None:
        """Likes and bookmarks of each member, other ones than the next member's."""
        for member, row in enumerate(self.built.members):
            for item in self.chance.sample(range(len(self.world.items)), 8):
                how = self.chance.choice(["like", "bookmark"])
                await getattr(group, how)(self.built.items[item], row)
                self.marked.add((member, item, how))

    async def interleave(self) -> None:
        everybody = [NOBODY, *range(len(self.world.members))]
        for _ in range(TURNS):
            viewer = self.chance.choice(everybody)
            await self.follows_the_rule(viewer, self.chance.choice([3, 100]))
            await self.is_the_same(viewer, *self.chance.choice(list(self._operations())))

    async def follows_the_rule(self, viewer, first) -> None:
        """Whom it is shown to, and what each did and may do with it, read literally."""
        tag = self.chance.choice([None, *TAGS])
        variables = {"first": first, "tag": tag}
        answer = orjson.loads(await self._answer(self.shared, viewer, OWN, variables))
        nodes = answer["data"]["feed"]["nodes"]
        expected = self.world.feed(viewer, Narrowed(tag=tag))[:first]
        self._same((viewer, variables), [self._own(viewer, each) for each in expected], nodes)

    async def is_the_same(self, viewer, operation, variables) -> None:
        """To the byte what is answered without pages."""
        shared = await self._answer(self.shared, viewer, operation, variables)
        unshared = await self._answer(UNSHARED, viewer, operation, variables)
        self._same((viewer, operation), unshared, shared)

    def _own(self, viewer, index):
        item = self.world.items[index]
        edits = any(
            grant.member == viewer
            and grant.role in {"EDITOR", "ADMIN"}
            and not grant.expired
            and grant.organization in self.world.line(item.organization)
            for grant in self.world.grants
        )
        return {
            "id": gid(self.built.items[index]),
            "viewerHasLiked": (viewer, index, "like") in self.marked,
            "viewerHasBookmarked": (viewer, index, "bookmark") in self.marked,
            "viewerPermissions": {"canEdit": edits, "canComment": viewer is not NOBODY},
        }

    def _operations(self):
        ids = [gid(each) for each in self.chance.sample(self.built.items, 5)]
        yield operations.FEED, {"first": 7}
        yield operations.FEED, {"kinds": ["NEWS", "LIVE_STREAM"]}
        yield COLUMNS, {}
        yield UNDECLARED, {"ids": ids}

    async def _answer(self, documents, viewer, operation, variables) -> bytes:
        asking = visibility.NOBODY
        if viewer is not NOBODY:
            asking = await viewer_of_session(self.platform.database, self.built.sessions[viewer])
        request = GraphQLRequest(operation, variables=variables)
        return orjson.dumps(await execute(documents, request, Context(self.platform, asking)))

    def _same(self, what, expected, found) -> None:
        self.compared += 1
        assert (what, found) == (what, expected)


def _settings(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


async def _compare(world: World, database: Database, platform_of) -> Comparing:
    async with building(database) as group:
        built = await build(world, group)
        comparing = Comparing(world, built, platform_of(database), random.Random(len(built.items)))
        await comparing.mark(group)
    await comparing.interleave()
    assert comparing.pages.failures == 0
    return comparing


class Compared:
    """How much was compared in all, and how much of it came from pages that others had made."""

    def __init__(self) -> None:
        self.total = self.made = self.shown = 0

    def __iadd__(self, done: Comparing) -> "Compared":
        self.total += done.compared
        self.made += done.pages.made
        self.shown += done.pages.shown
        return self


@pytest.fixture
def platform_of(empty_search, tmp_path):
    """Makes a platform of a database."""
    from app.auth import Tokens
    from app.members.sessions import Sessions
    from app.settings import Settings
    from media.local import LocalStore
    from schema.context import Platform

    def make(database: Database) -> Platform:
        sessions = Sessions(database, Tokens(b"a signing key of 32 bytes, for us"))
        store = LocalStore(tmp_path / "media", b"a key of 32 bytes to sign links")
        return Platform(Settings(data_dir=tmp_path), database, empty_search, store, sessions)

    return make


def test_no_page_shows_what_is_not_the_viewers(sqlite_template, tmp_path, platform_of):
    compared = Compared()

    async def compare(world: World) -> Comparing:
        path = tmp_path / "world.sqlite3"
        for old in tmp_path.glob("world.sqlite3*"):
            old.unlink()
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            return await _compare(world, database, platform_of)
        finally:
            await database.close()

    @_settings(8)
    @given(worlds())
    def check(world: World) -> None:
        nonlocal compared
        compared += asyncio.run(compare(world))

    check()
    assert compared.total >= 8 * TURNS * 2
    assert compared.shown > 2 * compared.made


@pytest.mark.services
def test_nor_does_one_on_postgresql(postgres_url, postgres_template, platform_of):
    compared = Compared()

    async def compare(world: World) -> Comparing:
        name = await create_database(postgres_url, postgres_template)
        database = Database(server_database(postgres_url, name))
        try:
            return await _compare(world, database, platform_of)
        finally:
            await database.close()
            await drop_database(postgres_url, name)

    @_settings(2)
    @given(worlds())
    def check(world: World) -> None:
        nonlocal compared
        compared += asyncio.run(compare(world))

    check()
    assert compared.shown > compared.made
