"""Who may do what with a content, and who sees it before it is published."""

import pytest
from group import START, building, gid

from app.content.models import ContentStatus
from app.visibility import Role

pytestmark = pytest.mark.anyio

PERMISSIONS = """query ($id: ID!) { node(id: $id) { ... on Content { viewerPermissions {
  canEdit canSubmit canReview canPublish canArchive canRecommend canComment canModerate } } } }"""

# Who, and what they may do by the content's status: (edit, submit, return, publish, archive,
# recommend more widely, comment, moderate). Nobody else here may publish.
_MAY = {
    "nobody": {"PUBLISHED": "--------"},
    "reader": {"PUBLISHED": "------c-"},
    "author": {
        "DRAFT": "--------",
        "IN_REVIEW": "--------",
        "SCHEDULED": "--------",
        "PUBLISHED": "------c-",
        "ARCHIVED": "--------",
    },
    Role.EDITOR: {
        "DRAFT": "es------",
        "IN_REVIEW": "e-------",
        "SCHEDULED": "e-------",
        "PUBLISHED": "e----wc-",
        "ARCHIVED": "--------",
    },
    Role.REVIEWER: {
        "DRAFT": "----a--m",
        "IN_REVIEW": "--rpa--m",
        "SCHEDULED": "--rpa--m",
        "PUBLISHED": "----awcm",
        "ARCHIVED": "-------m",
    },
    Role.SECRETARY: {"PUBLISHED": "------cm"},
    Role.AUDITOR: {"PUBLISHED": "------c-"},
    Role.ADMIN: {
        "DRAFT": "es--a--m",
        "IN_REVIEW": "e-rpa--m",
        "PUBLISHED": "e---awcm",
        "ARCHIVED": "-------m",
    },
    ("author", Role.REVIEWER): {"IN_REVIEW": "--rpa--m", "PUBLISHED": "----awcm"},
    ("author", Role.ADMIN): {"IN_REVIEW": "e-rpa--m", "PUBLISHED": "e---awcm"},
    "elsewhere": {"PUBLISHED": "------c-"},
    "expired": {"PUBLISHED": "------c-"},
}


async def _viewer_and_author(group, who, committee):
    branch, other = [await group.organization(below=committee) for _ in range(2)]
    author, viewer = await group.member(branch), await group.member(other)
    if who == "author" or isinstance(who, tuple):
        viewer = author
    for role in who if isinstance(who, tuple) else (who,):
        if isinstance(role, Role):
            await group.grant(viewer, role, committee)
    if who == "elsewhere":
        await group.grant(viewer, Role.ADMIN, other)
    if who == "expired":
        await group.grant(viewer, Role.ADMIN, committee, expires_at=START)
    return viewer, author


async def test_permissions_follow_role_authorship_and_status(database, ask):
    for who, by_status in _MAY.items():
        async with building(database) as group:
            viewer, author = await _viewer_and_author(group, who, await group.organization())
            contents = {
                status: await group.news(author, status=ContentStatus(status))
                for status in by_status
            }
        asking = () if who == "nobody" else (await ask.viewer(viewer),)
        for status, content in contents.items():
            node = (await ask(PERMISSIONS, *asking, id=gid(content)))["node"]
            letters = zip("esrpawcm", node["viewerPermissions"].values(), strict=True)
            may = "".join(letter if allowed else "-" for letter, allowed in letters)
            assert (who, status, may) == (who, status, by_status[status])


@pytest.mark.parametrize("status", [s for s in ContentStatus if s is not ContentStatus.PUBLISHED])
async def test_what_is_not_published_is_seen_by_those_who_work_on_it_alone(database, ask, status):
    async with building(database) as group:
        committee = await group.organization()
        branch = await group.organization(below=committee)
        author = await group.member(branch)
        content = await group.news(author, status=status)
        by_role = {}
        for role in Role:
            by_role[role] = await group.member(branch)
            await group.grant(by_role[role], role, committee)
        former = await group.member(branch)
        await group.grant(former, Role.ADMIN, committee, expires_at=START)
    query = "query ($id: ID!) { node(id: $id) { id } feed { nodes { id } } }"

    async def sees(viewer):
        found = await ask(query, viewer, id=gid(content))
        assert found["feed"]["nodes"] == []
        return found["node"] is not None

    assert await sees(author)
    assert not await sees(former)
    assert {role for role, member in by_role.items() if await sees(member)} == {
        Role.EDITOR,
        Role.REVIEWER,
        Role.ADMIN,
    }
    assert (await ask(query, id=gid(content)))["node"] is None


async def test_lists_of_permissions_are_three_statements_and_one_for_readers(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        author, editor, reader = [await group.member(branch) for _ in range(3)]
        await group.grant(editor, Role.EDITOR, branch)
        for _ in range(12):
            await group.news(author)
    query = """query ($first: Int) { feed(first: $first) { nodes {
      viewerPermissions { canEdit canPublish } } } }"""
    for member, statements in ((reader, 1), (editor, 3)):
        viewer = await ask.viewer(member)
        counted = [(await ask.statements(query, viewer, first=first))[0] for first in (2, 12)]
        assert counted == [statements, statements]
