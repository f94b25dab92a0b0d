"""Keyset connections: bounds, cursors, and pages that stay while items come and go."""

import base64
from datetime import UTC
from itertools import chain

import pytest
from group import MINUTE, START, building, gid
from hypothesis import example, given
from hypothesis import strategies as st

from app.content.actions import archive
from app.errors import Invalid
from schema.paging import (
    LAST_ID,
    day_after,
    day_cursor,
    id_after,
    offset_after,
    offset_cursor,
    time_after,
    time_cursor,
    word_after,
    word_cursor,
)

pytestmark = pytest.mark.anyio

FEED = """query ($first: Int, $after: String) { feed(first: $first, after: $after) {
  edges { cursor node { id } } nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
COLUMNS = """query ($first: Int, $after: String) {
  showcaseColumns(first: $first, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor } } }"""


def nested(type_name, field):
    return f"""query ($id: ID!, $first: Int, $after: String) {{ node(id: $id) {{
      ... on {type_name} {{ page: {field}(first: $first, after: $after) {{
        nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""


@pytest.fixture
async def author(database):
    async with building(database) as group:
        return await group.member(await group.organization())


async def _ids_by_page(ask, query, viewer, *path, first, **variables):
    """Every page to the end."""
    pages, after = [], None
    while True:
        page = await ask(query, viewer, first=first, after=after, **variables)
        for name in path:
            page = page[name]
        pages.append([node["id"] for node in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return pages


async def test_a_page_says_where_it_begins_and_ends(database, ask, author):
    async with building(database) as group:
        made = [await group.news(author) for _ in range(3)]
    newest = [gid(content) for content in reversed(made)]
    page = (await ask(FEED, first=2))["feed"]
    assert [edge["node"]["id"] for edge in page["edges"]] == newest[:2]
    assert [node["id"] for node in page["nodes"]] == newest[:2]
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][1]["cursor"],
    }
    rest = (await ask(FEED, first=2, after=page["pageInfo"]["endCursor"]))["feed"]
    assert [node["id"] for node in rest["nodes"]] == newest[2:]
    assert rest["pageInfo"]["hasNextPage"] is False
    assert rest["pageInfo"]["hasPreviousPage"] is True


async def test_an_empty_page_has_no_ends(ask, database):
    assert (await ask(FEED))["feed"] == {
        "edges": [],
        "nodes": [],
        "pageInfo": {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
    }


async def test_a_page_size_out_of_bounds_is_refused(database, ask, author):
    async with building(database) as group:
        news = await group.news(author)
    for first in (0, -1, 101):
        refused = {"code": "INVALID", "field": ["first"]}
        assert await ask.refusal(FEED, first=first) == refused
        assert await ask.refusal(COLUMNS, first=first) == refused
        comments = nested("Content", "comments")
        assert await ask.refusal(comments, id=gid(news), first=first) == refused
    refused = await ask.refusal(FEED, first=2**31 - 1)
    assert refused["code"] == "QUERY_TOO_COMPLEX"


async def test_no_page_size_is_the_default(database, ask, author):
    async with building(database) as group:
        for _ in range(21):
            await group.news(author)
    assert len((await ask(FEED, first=None))["feed"]["nodes"]) == 20
    assert len((await ask("{ feed { nodes { id } } }"))["feed"]["nodes"]) == 20
    assert len((await ask(FEED, first=100))["feed"]["nodes"]) == 21


def _cursor(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


_NO_CURSORS = ["", "x", "党", "====", "a b"]
_NO_CURSORS += map(_cursor, ("", ":", "1:", ":1", "-1:1", "1:-1", "x", "1.5:1", "1:2:3", "١:1"))
_NO_CURSORS += map(_cursor, ("9" * 19 + ":1", "1:" + "9" * 20, "o5", "-1", "9" * 20))


async def test_a_malformed_cursor_names_its_argument(database, ask, author):
    async with building(database) as group:
        news = await group.news(author)
    refused = {"code": "INVALID", "field": ["after"]}
    for after in [*_NO_CURSORS, _cursor("17")]:
        assert (after, await ask.refusal(FEED, after=after)) == (after, refused)
    comments = nested("Content", "comments")
    for after in [*_NO_CURSORS, _cursor("1:1")]:
        assert (after, await ask.refusal(COLUMNS, after=after)) == (after, refused)
        assert (after, await ask.refusal(comments, id=gid(news), after=after)) == (after, refused)


@given(st.text(max_size=30))
@example("O_")
def test_a_text_that_nobody_gave_out_is_no_cursor(text):
    for read in (lambda after: id_after(after, 0), time_after, day_after, word_after, offset_after):
        with pytest.raises(Invalid) as refused:
            read(text)
        assert refused.value.path == ("after",)


_INSTANTS = st.datetimes(min_value=START.replace(tzinfo=None), timezones=st.just(UTC))

_OTHERS = ("17", "1700000000000000:17", "2020-02-30:1", "20200301:1", "2020-03-01", "２020-03-01:1")


async def test_a_cursor_of_another_list_is_none_of_the_regulations(database, ask):
    query = """query ($after: String, $order: RegulationOrder!) {
      regulations(after: $after, order: $order) { nodes { id } } }"""
    for order, other in (("PROMULGATED", "wxian1:1"), ("TITLE", "2020-03-01:1")):
        for after in [*_NO_CURSORS, *map(_cursor, (*_OTHERS, other))]:
            assert (after, await ask.refusal(query, after=after, order=order)) == (
                after,
                {"code": "INVALID", "field": ["after"]},
            )


@given(st.text("019az", max_size=200), st.integers(0, LAST_ID))
def test_a_cursor_of_a_word_reads_as_what_it_was_made_of(word, key):
    assert word_after(word_cursor(word, key)) == (word, key)


@given(st.dates(), st.integers(0, LAST_ID))
def test_a_cursor_of_a_day_reads_as_what_it_was_made_of(day, key):
    assert day_after(day_cursor(day, key)) == (day, key)


@given(_INSTANTS, st.integers(0, LAST_ID))
def test_a_cursor_reads_as_what_it_was_made_of(at, key):
    assert time_after(time_cursor(at, key)) == (at, key)
    assert offset_after(offset_cursor(key)) == min(key, 1_000_000)


async def test_pages_stay_while_items_come_and_go(database, ask, author):
    async with building(database) as group:
        made = [await group.news(author, at=START + n * MINUTE) for n in range(9)]
    first = (await ask(FEED, first=3))["feed"]
    assert [node["id"] for node in first["nodes"]] == [gid(made[n]) for n in (8, 7, 6)]
    async with database.transaction() as transaction:
        await archive(transaction, made[6])  # the very item that the cursor names
        await archive(transaction, made[4])
    async with building(database) as group:
        await group.news(author, "新的", at=START + 99 * MINUTE)
        late = await group.news(author, "补发的", at=START + 2 * MINUTE)
    second = (await ask(FEED, first=3, after=first["pageInfo"]["endCursor"]))["feed"]
    assert [node["id"] for node in second["nodes"]] == [gid(made[n]) for n in (5, 3)] + [gid(late)]
    third = (await ask(FEED, first=3, after=second["pageInfo"]["endCursor"]))["feed"]
    assert [node["id"] for node in third["nodes"]] == [gid(made[n]) for n in (2, 1, 0)]


async def test_contents_of_one_instant_are_all_found(database, ask, author):
    async with building(database) as group:
        made = [await group.news(author, at=START) for _ in range(7)]
    pages = await _ids_by_page(ask, FEED, author, "feed", first=2)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert list(chain(*pages)) == [gid(each) for each in sorted(made, key=lambda c: -c.id)]


async def test_every_connection_leads_through_all_of_its_items(database, ask, author):
    async with building(database) as group:
        root = await group.organization("集团")
        branches = [await group.organization(below=root) for _ in range(5)]
        columns = [await group.column(root) for _ in range(5)]
        entries = [await group.entry(author, columns[0]) for _ in range(5)]
        comments = [await group.comment(entries[0], author) for _ in range(5)]
        replies = [await group.comment(entries[0], author, reply_to=comments[0]) for _ in range(5)]
    expected = [
        (root, "Organization", "children", branches),
        (columns[0], "ShowcaseColumn", "entries", entries[::-1]),
        (entries[0], "Content", "comments", (comments + replies)[::-1]),
        (comments[0], "Comment", "replies", replies[::-1]),
    ]
    viewer = await ask.viewer(author)
    for parent, name, field, things in expected:
        for first in (1, 2, 5, 100):
            query, path = nested(name, field), ("node", "page")
            pages = await _ids_by_page(ask, query, viewer, *path, first=first, id=gid(parent))
            assert all(len(page) == first for page in pages[:-1])
            assert list(chain(*pages)) == [gid(thing) for thing in things]
    pages = await _ids_by_page(ask, COLUMNS, author, "showcaseColumns", first=2)
    assert list(chain(*pages)) == [gid(column) for column in reversed(columns)]


async def test_one_connection_may_be_asked_for_twice_with_other_arguments(database, ask, author):
    async with building(database) as group:
        news = await group.news(author)
        made = [await group.comment(news, author) for _ in range(4)]
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on Content {
      newest: comments(first: 1) { nodes { id } pageInfo { endCursor } }
      more: comments(first: 2, after: $after) { nodes { id } } } } }"""
    newest = (await ask(query, id=gid(news)))["node"]["newest"]
    both = (await ask(query, id=gid(news), after=newest["pageInfo"]["endCursor"]))["node"]
    assert [node["id"] for node in both["newest"]["nodes"]] == [gid(made[3])]
    assert [node["id"] for node in both["more"]["nodes"]] == [gid(made[2]), gid(made[1])]
