"""What each viewer sees in random groups, compared with a naive reading of the rule.

Every door that shows contents belongs here: whoever adds one adds its comparison to `Comparing`.
"""

import asyncio
import random
import shutil

import pytest
from group import MINUTE, START, building, gid
from hypothesis import HealthCheck, given, settings
from servers import create_database, drop_database, server_database
from worlds import NOBODY, TAGS, Built, Narrowed, World, build, worlds

from app import visibility
from app.database import Database
from app.database.columns import now
from app.engagement.models import ContentBookmark
from app.members.queries import viewer_of_session
from app.sharing.models import Share, ShareChannel
from search.indexing import rebuild

NODES = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  id
  ... on Content { cover { id } gallery { id } draft { number } problems { code }
    revisions(first: 1) { nodes { number } }
    comments(first: 2) { nodes { id } pageInfo { hasNextPage } }
    threads: comments(first: 2, threads: true) { nodes { id } pageInfo { hasNextPage } } }
  ... on Comment { content { id } replyTo { id } threadRoot { id }
    replies(first: 2) { nodes { id } pageInfo { hasNextPage } }
    thread(first: 2) { nodes { id } pageInfo { hasNextPage } } }
  ... on ShowcaseColumn { entries(first: 3) { nodes { id } pageInfo { hasNextPage } } }
} }"""
NODE = "query ($id: ID!) { node(id: $id) { id } }"
FEED = """query ($first: Int, $after: String, $kinds: [ContentKind!], $organization: ID,
  $column: ID, $tag: String) { feed(first: $first, after: $after, kinds: $kinds,
  organizationId: $organization, columnId: $column, tag: $tag) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""
COLUMNS = """query ($first: Int, $after: String) { showcaseColumns(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""
SEARCH = """query ($query: String!, $filter: SearchFilter, $first: Int, $after: String) {
  search(query: $query, filter: $filter, first: $first, after: $after) {
    totalCount facets { field counts { value count } } pageInfo { hasNextPage endCursor }
    edges { node { ... on Content { id } } } } }"""
QUEUE = """query ($first: Int, $after: String) { reviewQueue(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""
MINE = """query ($first: Int, $after: String) { myContents(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""
COUNTS = "query ($id: ID!) { organization(id: $id) { memberCount children { nodes { id } } } }"
BOOKMARKS = """query ($first: Int, $after: String) { bookmarks(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""
OPEN = """mutation ($code: String!) { openShare(input: {code: $code}) {
  content { id } errors { code } } }"""
ROLES = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { roles { role } } } }"


class Comparing:
    """One world, its rows, and one viewer after the other; counts what it compared."""

    def __init__(self, world: World, built: Built, ask, chance: random.Random) -> None:
        self.world = world
        self.built = built
        self.ask = ask
        self.chance = chance
        self.compared = 0

    async def all(self, viewer: int | None) -> None:
        asking = await self._viewer(viewer)
        await self.every_id(viewer, asking)
        await self.feeds(viewer, asking)
        await self.columns(viewer, asking)
        await self.organizations(viewer, asking)
        await self.searches(viewer, asking)
        await self.bookmarks(viewer, asking)
        await self.links(viewer, asking)
        await self.desks(viewer, asking)

    async def every_id(self, viewer, asking) -> None:
        """node and nodes: a thing is there or null, and what hangs on it is what should."""
        expected = dict(self._visible(viewer))
        ids = list(expected)
        self.chance.shuffle(ids)
        for start in range(0, len(ids), 50):
            some = ids[start : start + 50]
            nodes = (await self.ask(NODES, asking, ids=some))["nodes"]
            for key, node in zip(some, nodes, strict=True):
                self._same((viewer, key), expected[key], (node and node["id"] == key) or False)
                if node is not None:
                    self._edges(viewer, node)
        for key in ids[:5]:
            node = (await self.ask(NODE, asking, id=key))["node"]
            self._same((viewer, key), expected[key], node is not None)

    async def feeds(self, viewer, asking) -> None:
        for wanted in self._narrowed():
            variables = {
                "kinds": wanted.kinds,
                "organization": self._id(self.built.organizations, wanted.organization),
                "column": self._id(self.built.columns, wanted.column),
                "tag": wanted.tag,
            }
            found = await self._paged("feed", FEED, asking, variables)
            expected = [gid(self.built.items[i]) for i in self.world.feed(viewer, wanted)]
            self._same((viewer, wanted), expected, found)

    async def searches(self, viewer, asking) -> None:
        """Every item bears a tag, so that asking for tags finds all that a feed would show."""
        for wanted in self._narrowed():
            if wanted.column is not None:
                continue
            scopes = {
                "scopes": wanted.kinds,
                "organizationId": self._id(self.built.organizations, wanted.organization),
            }
            variables = {"query": wanted.tag or " ".join(TAGS), "filter": scopes}
            found = await self._paged("search", SEARCH, asking, variables)
            shown = self.world.feed(viewer, wanted)
            self._same((viewer, wanted), {gid(self.built.items[i]) for i in shown}, set(found))
            counted = (await self.ask(SEARCH, asking, first=1, **variables))["search"]
            facets = {facet["field"]: facet["counts"] for facet in counted["facets"]}
            spread = {each["value"]: each["count"] for each in facets["scope"]}
            kinds = [self.world.items[i].kind for i in shown]
            expected = (len(found), {kind: kinds.count(kind) for kind in set(kinds)})
            self._same((viewer, wanted), expected, (counted["totalCount"], spread))

    async def columns(self, viewer, asking) -> None:
        found = await self._paged("showcaseColumns", COLUMNS, asking, {})
        pairs = zip(self.world.columns, self.built.columns, strict=True)
        expected = [gid(row) for column, row in pairs if self.world.lists_column(column, viewer)]
        self._same((viewer, "columns"), expected[::-1], found)

    async def desks(self, viewer, asking) -> None:
        """What waits for a member, and what is theirs, whatever its status."""
        if viewer is NOBODY:
            return
        waiting = [gid(self.built.items[index]) for index in self.world.queue(viewer)]
        self._same((viewer, "queue"), waiting, await self._paged("reviewQueue", QUEUE, asking, {}))
        pairs = zip(self.world.items, self.built.items, strict=True)
        own = {gid(row) for item, row in pairs if item.author == viewer}
        found = await self._paged("myContents", MINE, asking, {})
        self._same((viewer, "mine"), own, set(found))

    async def organizations(self, viewer, asking) -> None:
        for index, row in enumerate(self.built.organizations):
            found = (await self.ask(COUNTS, asking, id=gid(row)))["organization"]
            children = [n for n, parent in enumerate(self.world.parents) if parent == index]
            expected = {
                "memberCount": self.world.head_count(index),
                "children": {"nodes": [{"id": gid(self.built.organizations[n])} for n in children]},
            }
            self._same((viewer, index), None if viewer is NOBODY else expected, found)
        ids = [gid(row) for row in self.built.members]
        for index, node in enumerate((await self.ask(ROLES, asking, ids=ids))["nodes"]):
            roles = [
                {"role": grant.role}
                for grant in self.world.grants
                if viewer is not NOBODY
                and grant.member == index
                and self.world.sees_role(grant, viewer)
            ]
            expected = None if viewer is NOBODY else {"roles": roles}
            self._same((viewer, "roles", index), expected, node)

    async def bookmarks(self, viewer, asking) -> None:
        """Everybody keeps everything, and is shown what they see."""
        found = await self._paged("bookmarks", BOOKMARKS, asking, {})
        pairs = zip(self.world.items, self.built.items, strict=True)
        expected = [gid(row) for item, row in pairs if self.world.sees(item, viewer)]
        self._same((viewer, "bookmarks"), [] if viewer is NOBODY else expected[::-1], found)

    async def links(self, viewer, asking) -> None:
        for index in self.chance.sample(range(len(self.world.items)), 3):
            done = (await self.ask(OPEN, asking, code=link_code(index)))["openShare"]
            refused = "UNAUTHENTICATED" if viewer is NOBODY else "NOT_FOUND"
            expected = {"content": None, "errors": [{"code": refused}]}
            if viewer is not NOBODY and self.world.sees(self.world.items[index], viewer):
                expected = {"content": {"id": gid(self.built.items[index])}, "errors": []}
            self._same((viewer, "link", index), expected, done)

    def _visible(self, viewer):
        """Each id of the world, and whether the viewer finds it."""
        world, built, signed_in = self.world, self.built, viewer is not NOBODY
        for row in (*built.organizations, *built.members, *built.avatars):
            yield gid(row), signed_in
        for index, column in enumerate(world.columns):
            for row in (built.columns[index], built.column_covers[index]):
                yield gid(row), world.sees_column(column, viewer)
        for index, item in enumerate(world.items):
            rows = [built.items[index], built.covers[index], built.galleries[index]]
            rows += [found[index] for found in (built.videos, built.posters) if index in found]
            for row in rows:
                yield gid(row), world.sees(item, viewer)
        for index, remark in enumerate(world.remarks):
            yield gid(built.remarks[index]), world.sees_remark(remark, viewer)

    def _edges(self, viewer, node) -> None:
        if "cover" in node:
            self._content_edges(viewer, node)
        elif "content" in node:
            self._comment_edges(viewer, node)
        elif "entries" in node:
            index = self._index(self.built.columns, node)
            shown = self.world.feed(viewer, Narrowed(column=index))
            self._page(node, "entries", [gid(self.built.items[i]) for i in shown], first=3)

    def _content_edges(self, viewer, node) -> None:
        index = self._index(self.built.items, node)
        making = self.world.is_making(self.world.items[index], viewer)
        shown = node["draft"] is not None, bool(node["revisions"]["nodes"]), bool(node["problems"])
        self._same((viewer, node["id"], "draft"), (making, making), shown[:2])
        self._same((viewer, node["id"], "problems"), False, shown[2] and not making)
        on = self._seen(viewer, lambda remark: remark.content == index)
        self._page(node, "comments", on[::-1], first=2)
        opening = self._seen(viewer, lambda r: r.content == index and r.answers is None)
        self._page(node, "threads", opening[::-1], first=2)
        pictures = {"id": gid(self.built.covers[index])}, [{"id": gid(self.built.galleries[index])}]
        self._same(node["id"], pictures, (node["cover"], node["gallery"]))

    def _comment_edges(self, viewer, node) -> None:
        index = self._index(self.built.remarks, node)
        remark = self.world.remarks[index]
        to = self._seen(viewer, lambda other: other.answers == index)
        self._page(node, "replies", to[::-1], first=2)
        below = self._seen(viewer, lambda other: self.world.root(other) == index)
        self._page(node, "thread", below, first=2)
        expected = (
            {"id": gid(self.built.items[remark.content])},
            self._remark(viewer, remark.answers),
            self._remark(viewer, self.world.root(remark)),
        )
        self._same(node["id"], expected, (node["content"], node["replyTo"], node["threadRoot"]))

    def _seen(self, viewer, wanted) -> list[str]:
        """Ids of the comments that are wanted, as far as the viewer sees them, oldest first."""
        pairs = zip(self.world.remarks, self.built.remarks, strict=True)
        return [
            gid(row) for each, row in pairs if wanted(each) and self.world.sees_remark(each, viewer)
        ]

    def _remark(self, viewer, index):
        if index is None or not self.world.sees_remark(self.world.remarks[index], viewer):
            return None
        return {"id": gid(self.built.remarks[index])}

    def _page(self, node, field, expected, *, first) -> None:
        found = [each["id"] for each in node[field]["nodes"]]
        more = node[field]["pageInfo"]["hasNextPage"]
        self._same((node["id"], field), (expected[:first], len(expected) > first), (found, more))

    def _narrowed(self):
        kinds = ["NEWS", "MICRO_LECTURE", "LIVE_STREAM", "SHOWCASE"]
        organization = self.chance.randrange(len(self.world.parents))
        column = self.chance.randrange(len(self.world.columns))
        yield Narrowed()
        yield Narrowed(kinds=self.chance.sample(kinds, 2))
        yield Narrowed(organization=organization)
        yield Narrowed(column=column)
        yield Narrowed(tag=self.chance.choice(TAGS))
        yield Narrowed(self.chance.sample(kinds, 3), organization, None, self.chance.choice(TAGS))

    async def _paged(self, field, query, asking, variables):
        found, after, more = [], None, True
        while more:
            first = self.chance.choice([1, 2, 3, 7, 100])
            page = (await self.ask(query, asking, first=first, after=after, **variables))[field]
            nodes = page.get("nodes") or [edge["node"] for edge in page.get("edges", ())]
            found += [node["id"] for node in nodes]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return found

    async def _viewer(self, index):
        if index is NOBODY:
            return visibility.NOBODY
        return await viewer_of_session(self.ask.database, self.built.sessions[index])

    def _same(self, what, expected, found) -> None:
        self.compared += 1
        assert (what, found) == (what, expected)

    @staticmethod
    def _index(rows, node) -> int:
        return [gid(row) for row in rows].index(node["id"])

    @staticmethod
    def _id(rows, index):
        return None if index is None else gid(rows[index])


def _settings(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def link_code(index: int) -> str:
    return f"{index:z>10}".replace("0", "A")


def _kept_and_shared(built: Built):
    """A bookmark of every item by every member, in the items' order; a link to each."""
    for index, item in enumerate(built.items):
        at = START + index * MINUTE
        for member in built.members:
            yield ContentBookmark(member_id=member.id, content_id=item.id, created_at=at)
        yield Share(
            code=link_code(index),
            member_id=built.members[0].id,
            content_id=item.id,
            channel=ShareChannel.EMAIL,
        )


async def _compare(world: World, database: Database, ask) -> int:
    async with building(database) as group:
        built = await build(world, group)
        group.session.add_all(_kept_and_shared(built))
    await rebuild(database, ask.platform.search, now().date())
    comparing = Comparing(world, built, ask, random.Random(len(built.items)))
    for viewer in (NOBODY, *range(len(world.members))):
        await comparing.all(viewer)
    return comparing.compared


@pytest.fixture
def asking(empty_search, tmp_path):
    """Makes an `Ask` of a database."""
    from asking import Ask

    from app.auth import Tokens
    from app.members.sessions import Sessions
    from app.settings import Settings
    from media.local import LocalStore
    from schema.context import Platform

    def make(database: Database) -> Ask:
        sessions = Sessions(database, Tokens(b"a signing key of 32 bytes, for us"))
        store = LocalStore(tmp_path / "media", b"a key of 32 bytes to sign links")
        return Ask(Platform(Settings(data_dir=tmp_path), database, empty_search, store, sessions))

    return make


def test_each_viewer_sees_what_the_rule_says(sqlite_template, tmp_path, asking):
    compared = 0

    async def compare(world: World) -> int:
        path = tmp_path / "world.sqlite3"
        for old in tmp_path.glob("world.sqlite3*"):
            old.unlink()
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            return await _compare(world, database, asking(database))
        finally:
            await database.close()

    @_settings(14)
    @given(worlds())
    def check(world: World) -> None:
        nonlocal compared
        compared += asyncio.run(compare(world))

    check()
    assert compared >= 10_000


@pytest.mark.services
def test_postgresql_shows_the_same(postgres_url, postgres_template, asking):
    compared = 0

    async def compare(world: World) -> int:
        name = await create_database(postgres_url, postgres_template)
        database = Database(server_database(postgres_url, name))
        try:
            return await _compare(world, database, asking(database))
        finally:
            await database.close()
            await drop_database(postgres_url, name)

    @_settings(3)
    @given(worlds())
    def check(world: World) -> None:
        nonlocal compared
        compared += asyncio.run(compare(world))

    check()
    assert compared >= 1_500
