"""Columns in the hands of editors: opened, changed, their entries pinned and put in order."""

import asyncio

import pytest
from group import building, gid, global_id

from app.content.models import ContentStatus, ShowcaseColumn
from app.database.columns import now
from app.organizations.models import Organization
from app.visibility import Role
from schema.nodes import parse_id

pytestmark = pytest.mark.anyio

PAGE = """query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on ShowcaseColumn {
  entries(first: $first, after: $after) { nodes { id title ... on ShowcaseEntry { isPinned } }
  pageInfo { hasNextPage endCursor } } } } }"""


@pytest.fixture
async def house(database, ask):
    async with building(database) as group:
        root = await group.organization()
        branch = await group.organization(below=root)
        author, editor = [await group.member(branch) for _ in range(2)]
        await group.grant(editor, Role.EDITOR, branch)
        column = await group.column(branch)
        entries = [gid(await group.entry(author, column, f"成果{n}")) for n in range(6)]
        await group.entry(author, column, "草稿", status=ContentStatus.DRAFT)
    return root, branch, await ask.viewer(editor), gid(column), entries


async def titles(ask, column, first=20):
    found, after, more = [], None, True
    while more:
        counted, data = await ask.statements(PAGE, id=column, first=first, after=after)
        assert counted == 2
        page = data["node"]["entries"]
        found += [node["title"][-1] + "*" * node["isPinned"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    return " ".join(found)


async def test_pinned_entries_come_first_then_the_order_then_the_newest(ask, edit, house):
    _, _, editor, column, entries = house
    assert await titles(ask, column) == "5 4 3 2 1 0"
    await edit("orderEntries", editor, columnId=column, entryIds=[entries[1], entries[4]])
    assert await titles(ask, column) == "1 4 5 3 2 0"
    await edit("pinEntry", editor, contentId=entries[2])
    await edit("pinEntry", editor, contentId=entries[4])
    for first in (1, 2, 4, 20):
        assert await titles(ask, column, first) == "4* 2* 1 5 3 0"
    await edit("orderEntries", editor, columnId=column, entryIds=[entries[0], entries[2]])
    assert await titles(ask, column, 2) == "2* 4* 0 5 3 1"
    for _ in range(2):
        await edit("pinEntry", editor, contentId=entries[2], pinned=False)
    assert await titles(ask, column, 3) == "4* 0 2 5 3 1"
    await edit("orderEntries", editor, columnId=column, entryIds=[])
    assert await titles(ask, column) == "4* 5 3 2 1 0"


async def test_a_page_stays_where_it_is_while_entries_are_added_before_it(database, ask, house):
    _, branch, _, column, _ = house
    first = (await ask(PAGE, id=column, first=2))["node"]["entries"]
    async with building(database) as group:
        here = await group.session.get_one(ShowcaseColumn, parse_id(column)[1])
        await group.entry(await group.member(branch), here, "新成果", at=now())
    rest = await ask(PAGE, id=column, first=9, after=first["pageInfo"]["endCursor"])
    assert [node["title"] for node in rest["node"]["entries"]["nodes"]] == [
        f"成果{n}" for n in (3, 2, 1, 0)
    ]


async def test_only_entries_of_the_column_that_are_shown_can_be_ordered(database, ask, edit, house):
    _, branch, editor, column, entries = house
    async with building(database) as group:
        other = await group.column(branch)
        strange = gid(await group.entry(await group.member(branch), other))
    refused = [("INVALID", "input", "entryIds")]
    for wrong in ([strange], [entries[0]] * 2, [global_id("ShowcaseEntry", 5)], entries * 40):
        given = {"columnId": column, "entryIds": wrong}
        assert await edit.refused("orderEntries", editor, **given) == refused
    assert await titles(ask, column) == "5 4 3 2 1 0"


async def test_an_entry_that_moves_to_another_column_loses_its_place(database, ask, edit, house):
    _, branch, editor, column, entries = house
    async with building(database) as group:
        other = await group.column(branch)
        reviewer = await group.member(branch)
        await group.grant(reviewer, Role.REVIEWER, await _root(group, branch))
    await edit("pinEntry", editor, contentId=entries[0])
    given = {"id": entries[0], "version": 1, "columnId": gid(other)}
    await edit("updateShowcaseEntry", editor, **given)
    await edit("submitContent", editor, contentId=entries[0])
    assert await titles(ask, column) == "0* 5 4 3 2 1"
    done = await edit("publishContent", await ask.viewer(reviewer), contentId=entries[0])
    assert done["status"] == "PUBLISHED"
    assert await titles(ask, column) == "5 4 3 2 1"
    assert await titles(ask, gid(other)) == "0"


async def _root(group, branch):
    return await group.session.get_one(Organization, branch.parent_id)


async def test_a_column_is_opened_and_changed_by_version(edit, house):
    _, _, editor, *_ = house
    given = {"title": "创新成果", "description": "说明"}
    made = await edit("createShowcaseColumn", editor, **given)
    assert (made["title"], made["version"]) == ("创新成果", 1)
    changed = await edit("updateShowcaseColumn", editor, id=made["id"], version=1, title="新名")
    assert (changed["title"], changed["version"]) == ("新名", 2)
    same = await edit("updateShowcaseColumn", editor, id=made["id"], version=2, title="新名")
    assert same["version"] == 2
    stale = {"id": made["id"], "version": 1, "title": "旧名"}
    assert await edit.refused("updateShowcaseColumn", editor, **stale) == [
        ("CONFLICT", "input", "version")
    ]


async def test_of_two_changes_at_once_one_is_refused(edit, house):
    _, _, editor, column, _ = house
    found = await asyncio.gather(
        *(
            edit("updateShowcaseColumn", editor, id=column, version=1, title=title)
            for title in ("甲", "乙")
        )
    )
    assert sorted(type(one).__name__ for one in found) == ["dict", "list"]


async def test_a_column_is_for_no_more_than_its_editor_writes_for(edit, house):
    root, branch, editor, column, _ = house
    given = {"title": "创新成果", "description": ""}
    for audience in (
        {"scope": "PUBLIC"},
        {"scope": "EVERYONE"},
        {"scope": "SUBTREE", "organizationId": gid(root)},
    ):
        refused = [("FORBIDDEN", "input", "audience")]
        new = {**given, "audience": audience}
        assert await edit.refused("createShowcaseColumn", editor, **new) == refused
    wide = {"id": column, "version": 1, "audience": {"scope": "EVERYONE"}}
    assert await edit.refused("updateShowcaseColumn", editor, **wide) == refused
    own = {**given, "audience": {"scope": "ORGANIZATION", "organizationId": gid(branch)}}
    assert isinstance(await edit("createShowcaseColumn", editor, **own), dict)


_BAD = [
    ({"title": ""}, "title"),
    ({"title": "题" * 121}, "title"),
    ({"description": "说" * 401}, "description"),
    ({"coverId": global_id("Image", 5)}, "coverId"),
    ({"organizationId": global_id("Organization", 5)}, "organizationId"),
]


async def test_what_a_column_cannot_be_is_refused_by_name(edit, house):
    _, _, editor, column, _ = house
    for wrong, field in _BAD:
        given = {"title": "创新成果", "description": "", **wrong}
        refused = [("INVALID", "input", field)]
        assert await edit.refused("createShowcaseColumn", editor, **given) == refused
        change = {"id": column, "version": 1, **wrong}
        assert await edit.refused("updateShowcaseColumn", editor, **change) == refused


async def test_a_hidden_column_is_not_there(database, edit, house):
    _, _, editor, *_ = house
    async with building(database) as group:
        beside = await group.organization()
        hidden = await group.column(beside, audience=f"org:{beside.id}")
    change = {"id": gid(hidden), "version": 1, "title": "新名"}
    assert (await edit.refused("updateShowcaseColumn", editor, **change))[0][0] == "NOT_FOUND"
    given = {"columnId": gid(hidden), "entryIds": []}
    assert (await edit.refused("orderEntries", editor, **given))[0][0] == "NOT_FOUND"
    absent = {"contentId": global_id("ShowcaseEntry", 5)}
    assert (await edit.refused("pinEntry", editor, **absent))[0][0] == "NOT_FOUND"
