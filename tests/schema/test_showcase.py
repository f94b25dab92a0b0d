"""Showcase columns in the graph: for their audience, with the entries that one sees."""

import pytest
from group import building, gid

from app.content.models import ContentStatus
from app.visibility import Role

pytestmark = pytest.mark.anyio

COLUMNS = """{ showcaseColumns(first: 10) { nodes { id title description cover { id }
  organization { id } entries(first: 3) { nodes { id title } pageInfo { hasNextPage } } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { ... on ShowcaseColumn { id title } } }"


async def test_a_column_says_whose_it_is_and_shows_its_newest_entries(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author = await group.member(branch)
        cover = await group.image()
        empty = await group.column(branch, "空专栏")
        column = await group.column(branch, "创新成果", cover=cover)
        entries = [await group.entry(author, column, f"成果{n}") for n in range(5)]
        await group.entry(author, column, "草稿", status=ContentStatus.DRAFT)
        await group.entry(author, column, "旧成果", status=ContentStatus.ARCHIVED)
    newest, oldest = (await ask(COLUMNS))["showcaseColumns"]["nodes"]
    assert newest == {
        "id": gid(column),
        "title": "创新成果",
        "description": "创新成果的说明",
        "cover": {"id": gid(cover)},
        "organization": {"id": gid(branch)},
        "entries": {
            "nodes": [{"id": gid(entries[n]), "title": f"成果{n}"} for n in (4, 3, 2)],
            "pageInfo": {"hasNextPage": True},
        },
    }
    assert oldest["id"] == gid(empty)
    assert oldest["cover"] is None
    assert oldest["entries"] == {"nodes": [], "pageInfo": {"hasNextPage": False}}


async def test_a_column_is_listed_for_its_audience_and_found_by_who_works_on_it(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        insider, outsider = await group.member(branch), await group.member(other)
        editor, former, secretary = [await group.member(committee) for _ in range(3)]
        await group.grant(editor, Role.EDITOR, committee)
        await group.grant(former, Role.EDITOR, committee, expires_at=committee.created_at)
        await group.grant(secretary, Role.SECRETARY, committee)
        column = await group.column(branch, audience=f"org:{branch.id}")

    async def sees(*viewer):
        listed = (await ask(COLUMNS, *viewer))["showcaseColumns"]["nodes"]
        found = (await ask(NODE, *viewer, id=gid(column)))["node"]
        return len(listed) == 1, found is not None

    assert await sees(insider) == (True, True)
    assert await sees(editor) == (False, True)
    for stranger in ((), (outsider,), (former,), (secretary,)):
        assert await sees(*stranger) == (False, False)


async def test_an_entry_for_few_is_hidden_in_a_column_for_all(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author = await group.member(branch)
        column = await group.column(branch)
        shown = await group.entry(author, column)
        hidden = await group.entry(author, column, audience=f"org:{branch.id}")

    async def entries(*viewer):
        [node] = (await ask(COLUMNS, *viewer))["showcaseColumns"]["nodes"]
        return [entry["id"] for entry in node["entries"]["nodes"]]

    assert await entries(author) == [gid(hidden), gid(shown)]
    assert await entries() == [gid(shown)]


async def test_columns_with_their_entries_are_two_statements(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author = await group.member(branch)
        for _ in range(12):
            column = await group.column(branch, cover=await group.image())
            for _ in range(2):
                await group.entry(author, column)
    query = """query ($first: Int) { showcaseColumns(first: $first) { nodes {
      id cover { id url } organization { id }
      entries(first: 2) { nodes { id cover { id } } } } } }"""
    counted = [(await ask.statements(query, first=first))[0] for first in (2, 12)]
    assert counted == [2, 2]
