"""Members in the graph: who is whom, what roles are told to whom, and signing in."""

from datetime import timedelta

import pytest
from group import START, building, gid

from app.database.columns import now
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

ME = "{ viewer { id name avatar { id url(width: 96) } organization { id name } roles { role } } }"
ROLES = """query ($id: ID!) { node(id: $id) { ... on Member {
  roles { role organization { id } expiresAt } } } }"""
LOGIN = """mutation ($username: String!, $password: String!) {
  login(input: {username: $username, password: $password}) {
    accessToken refreshToken viewer { id roles { role } organization { memberCount } }
    errors { code message path } } }"""
REFRESH = """mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) {
  accessToken refreshToken viewer { id } errors { code message path } } }"""


async def test_the_viewer_is_oneself_and_nobody_is_null(database, ask):
    async with building(database) as group:
        branch = await group.organization("一车间党支部")
        avatar = await group.image()
        member = await group.member(branch, "王芳", avatar=avatar)
    assert (await ask(ME, member))["viewer"] == {
        "id": gid(member),
        "name": "王芳",
        "avatar": {"id": gid(avatar), "url": f"/media/{avatar.object_key}/96.webp"},
        "organization": {"id": gid(branch), "name": "一车间党支部"},
        "roles": [],
    }
    assert (await ask(ME, NOBODY))["viewer"] is None


async def test_members_look_members_up_and_nobody_does_not(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        member, other = await group.member(branch), await group.member(branch, "李强")
    query = "query ($id: ID!) { node(id: $id) { ... on Member { name avatar { id } } } }"
    assert (await ask(query, member, id=gid(other)))["node"] == {"name": "李强", "avatar": None}
    assert (await ask(query, id=gid(other)))["node"] is None


async def test_nobody_sees_who_wrote_what_is_public(database, ask):
    async with building(database) as group:
        branch = await group.organization("一车间党支部")
        author = await group.member(branch, "王芳")
        await group.grant(author, Role.EDITOR, branch)
        await group.news(author)
    query = "{ feed { nodes { author { name roles { role } organization { name } } } } }"
    [node] = (await ask(query))["feed"]["nodes"]
    assert node["author"] == {"name": "王芳", "roles": [], "organization": {"name": "一车间党支部"}}


async def test_roles_are_told_to_oneself_and_to_those_who_administer_them(database, ask):
    soon = now() + timedelta(hours=1)
    async with building(database) as group:
        committee = await group.organization()
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        holder = await group.member(branch)
        await group.grant(holder, Role.EDITOR, branch, expires_at=soon)
        await group.grant(holder, Role.REVIEWER, other)
        await group.grant(holder, Role.ADMIN, committee, expires_at=START)
        viewers = {}
        for name, role, on, ends in [
            ("branch admin", Role.ADMIN, branch, None),
            ("branch auditor", Role.AUDITOR, branch, None),
            ("other admin", Role.ADMIN, other, None),
            ("committee admin", Role.ADMIN, committee, None),
            ("committee editor", Role.EDITOR, committee, None),
            ("former admin", Role.ADMIN, committee, START),
        ]:
            viewers[name] = await group.member(committee)
            await group.grant(viewers[name], role, on, expires_at=ends)

    async def told(*viewer):
        return (await ask(ROLES, *viewer, id=gid(holder)))["node"]["roles"]

    editor = {"role": "EDITOR", "organization": {"id": gid(branch)}, "expiresAt": soon.isoformat()}
    reviewer = {"role": "REVIEWER", "organization": {"id": gid(other)}, "expiresAt": None}
    assert await told(holder) == [editor, reviewer]
    assert await told(viewers["committee admin"]) == [editor, reviewer]
    assert await told(viewers["branch admin"]) == [editor]
    assert await told(viewers["branch auditor"]) == [editor]
    assert await told(viewers["other admin"]) == [reviewer]
    assert await told(viewers["committee editor"]) == []
    assert await told(viewers["former admin"]) == []


async def test_a_login_answers_with_tokens_and_with_all_that_the_member_may_see(
    database, ask, platform
):
    async with building(database) as group:
        branch = await group.organization()
        member = await group.member(branch, username="wangfang", password="right password")
        await group.grant(member, Role.EDITOR, branch)
    answer = (await ask(LOGIN, username="WangFang", password="right password"))["login"]
    assert answer["errors"] == []
    assert answer["viewer"] == {
        "id": gid(member),
        "roles": [{"role": "EDITOR"}],
        "organization": {"memberCount": 1},
    }
    viewer = await platform.sessions.viewer(answer["accessToken"])
    assert (await ask("{ viewer { id } }", viewer))["viewer"] == {"id": gid(member)}

    renewed = (await ask(REFRESH, token=answer["refreshToken"]))["refreshSession"]
    assert renewed["viewer"] == {"id": gid(member)}
    again = (await ask(REFRESH, token=answer["refreshToken"]))["refreshSession"]
    assert again == {
        "accessToken": None,
        "refreshToken": None,
        "viewer": None,
        "errors": [{"code": "UNAUTHENTICATED", "message": "登录已失效，请重新登录", "path": []}],
    }


async def test_a_refused_login_says_why_in_its_payload(database, ask):
    async with building(database) as group:
        await group.member(await group.organization(), username="wangfang", password="right")

    async def errors(username, password):
        answer = (await ask(LOGIN, username=username, password=password))["login"]
        assert (answer["accessToken"], answer["refreshToken"], answer["viewer"]) == (None,) * 3
        return answer["errors"]

    wrong = {"code": "UNAUTHENTICATED", "message": "用户名或密码不正确", "path": []}
    assert await errors("wangfang", "wrong") == await errors("nobody", "right") == [wrong]
    [empty] = await errors("", "right")
    assert (empty["code"], empty["path"]) == ("INVALID", ["input", "username"])
    for _ in range(9):
        await errors("wangfang", "wrong")
    [many] = await errors("wangfang", "right")
    assert (many["code"], many["path"]) == ("RATE_LIMITED", [])


async def test_logout_ends_the_session_and_is_no_error_for_nobody(database, ask, platform):
    async with building(database) as group:
        await group.member(await group.organization(), username="wangfang", password="right")
    begun = await platform.sessions.login("wangfang", "right")
    viewer = await platform.sessions.viewer(begun.access_token)
    logout = "mutation { logout { errors { code } } }"
    assert (await ask(logout, viewer))["logout"] == {"errors": []}
    [refused] = (await ask(REFRESH, token=begun.refresh_token))["refreshSession"]["errors"]
    assert refused["code"] == "UNAUTHENTICATED"
    assert (await ask(logout))["logout"] == {"errors": []}


async def test_members_of_a_page_cost_one_statement_an_edge(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branches = [await group.organization(below=committee) for _ in range(4)]
        members = [await group.member(branch) for branch in branches for _ in range(5)]
        for member in members:
            await group.grant(member, Role.EDITOR, committee)
        admin = await group.member(committee)
        await group.grant(admin, Role.ADMIN, committee)
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Member {
      avatar { id } organization { id } roles { role organization { id } } } } }"""
    viewer = await ask.viewer(admin)
    for some in (members[:2], members):
        statements, data = await ask.statements(query, viewer, ids=[gid(each) for each in some])
        assert statements == 3
        assert [len(node["roles"]) for node in data["nodes"]] == [1] * len(some)
