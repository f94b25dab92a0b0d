"""The audit trail: what is recorded, who reads it, and that nobody changes it."""

import hashlib

import pytest
import sqlalchemy as sa
from editing import NEWS
from group import building, gid, global_id

from app.audit.actions import Actor, Origin, record
from app.audit.models import AuditEntry
from app.subjects import Subject, SubjectKind
from app.visibility import Role, Viewer

pytestmark = pytest.mark.anyio

TRAIL = """query ($organization: ID, $subject: ID, $action: String, $first: Int, $after: String) {
  auditTrail(organizationId: $organization, subjectId: $subject, action: $action, first: $first,
    after: $after) {
    nodes { action actor { id } subject { id } organization { id } requestId address
      changes { field before after } }
    pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def people(database, ask):
    async with building(database) as group:
        root = await group.organization()
        branch, beside = [await group.organization(below=root) for _ in range(2)]
        made = {}
        for name, role, on in (
            ("editor", Role.EDITOR, branch),
            ("reviewer", Role.REVIEWER, branch),
            ("auditor", Role.AUDITOR, branch),
            ("admin", Role.ADMIN, root),
            ("neighbour", Role.AUDITOR, beside),
            ("secretary", Role.SECRETARY, root),
        ):
            made[name] = await group.member(branch)
            await group.grant(made[name], role, on)
    viewers = {name: await ask.viewer(member) for name, member in made.items()}
    return viewers | {"root": gid(root), "branch": gid(branch), "beside": gid(beside)}


async def actions(ask, viewer, **narrowed):
    return [
        node["action"] for node in (await ask(TRAIL, viewer, **narrowed))["auditTrail"]["nodes"]
    ]


async def test_each_deed_is_recorded_with_who_and_what(ask, edit, people):
    editor, reviewer = people["editor"], people["reviewer"]
    made = await edit.submitted(editor)
    await edit("returnContent", reviewer, contentId=made, reason="请补充出处")
    await edit("updateNewsItem", editor, id=made, version=1, title="新的标题", body="新的正文")
    await edit("submitContent", editor, contentId=made)
    await edit("publishContent", reviewer, contentId=made)
    await edit("archiveContent", reviewer, contentId=made)
    found = (await ask(TRAIL, people["admin"]))["auditTrail"]["nodes"]
    assert [node["action"] for node in reversed(found)] == [
        "content.create",
        "content.submit",
        "content.return",
        "content.update",
        "content.submit",
        "content.publish",
        "content.archive",
    ]
    assert {node["subject"]["id"] for node in found} == {made}
    assert {node["organization"]["id"] for node in found} == {people["branch"]}
    archived, published, _, updated, returned, *_ = found
    assert archived["changes"] == [
        {"field": "status", "before": "PUBLISHED", "after": "ARCHIVED"},
    ]
    assert published["actor"] == {"id": global_id("Member", reviewer.member_id)}
    assert {
        change["field"]: (change["before"], change["after"]) for change in updated["changes"]
    } == {
        "revision": ("1", "2"),
        "title": ("检修完成", "新的标题"),
        "body": (
            f"sha256:{hashlib.sha256(NEWS['body'].encode()).hexdigest()}",
            f"sha256:{hashlib.sha256('新的正文'.encode()).hexdigest()}",
        ),
    }
    assert {"field": "reason", "before": None, "after": "请补充出处"} in returned["changes"]


async def test_the_trail_tells_where_a_deed_came_from(database, ask, people):
    editor = people["editor"]
    async with database.transaction() as session:
        record(
            session,
            Actor(editor, Origin("request-7", "203.0.113.9")),
            "content.publish",
            subject=Subject(SubjectKind.MEMBER, editor.member_id),
            organization_id=editor.organization_id,
        )
    [found] = (await ask(TRAIL, people["auditor"]))["auditTrail"]["nodes"]
    assert (found["requestId"], found["address"]) == ("request-7", "203.0.113.9")
    assert found["subject"] == {"id": global_id("Member", editor.member_id)}


async def test_auditors_and_administrators_of_the_subtree_read_it(ask, edit, people):
    await edit.news(people["editor"])
    assert await actions(ask, people["auditor"]) == ["content.create"]
    assert await actions(ask, people["admin"], organization=people["root"]) == ["content.create"]
    assert await actions(ask, people["admin"], organization=people["beside"]) == []
    assert await actions(ask, people["neighbour"]) == []
    for name in ("editor", "reviewer", "secretary"):
        assert (await ask.refusal(TRAIL, people[name]))["code"] == "FORBIDDEN"
    for name in ("neighbour", "auditor"):
        refusal = await ask.refusal(TRAIL, people[name], organization=people["root"])
        assert refusal == {"code": "FORBIDDEN", "field": ["organizationId"]}
    assert (await ask.refusal(TRAIL))["code"] == "UNAUTHENTICATED"


async def test_the_trail_narrows_and_pages_in_statements_that_do_not_grow(ask, edit, people):
    editor, admin = people["editor"], people["admin"]
    first = await edit.submitted(editor)
    for _ in range(11):
        await edit.news(editor)
    assert await actions(ask, admin, subject=first) == ["content.submit", "content.create"]
    assert await actions(ask, admin, subject=first, action="content.create") == ["content.create"]
    assert await actions(ask, admin, action="content.submit", organization=people["branch"]) == [
        "content.submit"
    ]
    assert await actions(ask, admin, subject=people["root"]) == []
    counted = [(await ask.statements(TRAIL, admin, first=size))[0] for size in (2, 12)]
    assert counted == [4, 4]
    seen, after, more = 0, None, True
    while more:
        page = (await ask(TRAIL, admin, first=5, after=after))["auditTrail"]
        seen += len(page["nodes"])
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert seen == 13
    image = global_id("Image", 1)
    assert (await ask.refusal(TRAIL, admin, subject=image))["field"] == ["subjectId"]
    assert (await ask.refusal(TRAIL, admin, action="一\0"))["field"] == ["action"]


async def _entry(database):
    async with building(database) as group:
        organization = await group.organization()
        record(
            group.session,
            Actor(Viewer()),
            "content.publish",
            subject=Subject(SubjectKind.ORGANIZATION, organization.id),
            organization_id=organization.id,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'nothing'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
async def test_the_database_itself_refuses_to_change_what_was_recorded(database, statement):
    if statement.startswith("TRUNCATE") and database.dialect == "sqlite":
        statement = "DELETE FROM audit_entry WHERE id > 0"
    await _entry(database)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        async with database.engine.begin() as connection:
            await connection.execute(sa.text(statement))
    async with database.engine.connect() as connection:
        kept = (await connection.execute(sa.select(AuditEntry.action))).all()
    assert kept == [("content.publish",)]


async def test_what_is_refused_leaves_no_entry(database, edit, people):
    await edit.refused("createNewsItem", people["reviewer"], title="题", summary="", body="正文")
    async with database.engine.connect() as connection:
        assert (await connection.execute(sa.select(AuditEntry.id))).all() == []
