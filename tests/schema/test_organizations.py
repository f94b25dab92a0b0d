"""The organization tree in the graph: for members, whole; for nobody, the names on contents."""

import pytest
from group import building, gid, global_id

from app.members.actions import suspend
from app.organizations.models import OrganizationKind

pytestmark = pytest.mark.anyio

ORGANIZATION = """query ($id: ID!) { organization(id: $id) {
  id name kind parent { id } ancestors { id } memberCount children { nodes { id } } } }"""


@pytest.fixture
async def tree(database):
    """committee → general → branch → cell, and a second branch; the member is the branch's."""
    async with building(database) as group:
        committee = await group.organization("集团党委", kind=OrganizationKind.COMMITTEE)
        general = await group.organization(
            "装备党总支", below=committee, kind=OrganizationKind.GENERAL_BRANCH
        )
        branch = await group.organization("一车间党支部", below=general)
        other = await group.organization("二车间党支部", below=general)
        cell = await group.organization("甲班党小组", below=branch, kind=OrganizationKind.GROUP)
        member = await group.member(branch)
        members = [member] + [await group.member(of) for of in (committee, cell, cell, other)]
    return {
        "committee": committee,
        "general": general,
        "branch": branch,
        "other": other,
        "cell": cell,
        "member": member,
        "members": members,
    }


async def test_an_organization_knows_its_place_and_its_people(ask, tree):
    found = await ask(ORGANIZATION, tree["member"], id=gid(tree["branch"]))
    assert found["organization"] == {
        "id": gid(tree["branch"]),
        "name": "一车间党支部",
        "kind": "BRANCH",
        "parent": {"id": gid(tree["general"])},
        "ancestors": [{"id": gid(tree["committee"])}, {"id": gid(tree["general"])}],
        "memberCount": 3,
        "children": {"nodes": [{"id": gid(tree["cell"])}]},
    }


async def test_the_top_has_nothing_above_it_and_everybody_below(ask, tree):
    found = (await ask(ORGANIZATION, tree["member"], id=gid(tree["committee"])))["organization"]
    assert (found["parent"], found["ancestors"], found["kind"]) == (None, [], "COMMITTEE")
    assert found["memberCount"] == 5
    general = (await ask(ORGANIZATION, tree["member"], id=gid(tree["general"])))["organization"]
    assert general["children"]["nodes"] == [
        {"id": gid(tree["branch"])},
        {"id": gid(tree["other"])},
    ]


async def test_a_suspended_member_does_not_count(database, ask, tree):
    async with database.transaction() as transaction:
        await suspend(transaction, tree["members"][2].id)
    counts = [
        (await ask(ORGANIZATION, tree["member"], id=gid(tree[name])))["organization"]["memberCount"]
        for name in ("cell", "branch", "committee")
    ]
    assert counts == [1, 2, 4]


async def test_an_organization_without_members_counts_none(database, ask, tree):
    async with building(database) as group:
        empty = await group.organization(below=tree["cell"])
    found = await ask(ORGANIZATION, tree["member"], id=gid(empty))
    assert found["organization"]["memberCount"] == 0


async def test_nobody_finds_no_organization_but_reads_the_name_on_a_content(database, ask, tree):
    async with building(database) as group:
        await group.news(tree["member"])
    query = "query ($id: ID!) { organization(id: $id) { id } }"
    assert (await ask(query, id=gid(tree["branch"])))["organization"] is None
    shown = """{ feed { nodes { organization {
      name ancestors { name } children { nodes { id } } } } } }"""
    [node] = (await ask(shown))["feed"]["nodes"]
    assert node["organization"] == {
        "name": "一车间党支部",
        "ancestors": [{"name": "集团党委"}, {"name": "装备党总支"}],
        "children": {"nodes": []},
    }


async def test_nobody_may_not_count_members(database, ask, tree):
    async with building(database) as group:
        await group.news(tree["member"])
    refused = await ask.refusal("{ feed { nodes { organization { memberCount } } } }")
    assert refused == {"code": "UNAUTHENTICATED"}


async def test_an_id_of_another_type_or_none_is_refused_and_an_unknown_one_null(ask, tree):
    query = "query ($id: ID!) { organization(id: $id) { id } }"
    for malformed in ("x", gid(tree["member"])):
        refused = await ask.refusal(query, tree["member"], id=malformed)
        assert refused == {"code": "INVALID", "field": ["id"]}
    unknown = global_id("Organization", 17)
    assert (await ask(query, tree["member"], id=unknown))["organization"] is None


async def test_a_tree_costs_one_statement_an_edge(ask, tree):
    query = """query ($id: ID!, $first: Int) { organization(id: $id) {
      children(first: $first) { nodes { parent { id } ancestors { id } memberCount
        children { nodes { id } } } } } }"""
    viewer = await ask.viewer(tree["member"])
    counted = [
        (await ask.statements(query, viewer, id=gid(tree["general"]), first=first))[0]
        for first in (1, 2, 100)
    ]
    assert counted == [6, 6, 6]
