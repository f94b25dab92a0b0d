"""Notifications by GraphQL: what one was told, marks, preferences."""

import pytest
from group import MINUTE, START, building, gid

from app.content.actions import archive
from app.notifications.actions import notify
from app.notifications.models import NotificationKind as Kind
from app.subjects import Subject, SubjectKind

pytestmark = pytest.mark.anyio

PAGE = """query ($first: Int, $after: String, $unread: Boolean = false) {
  unreadNotificationCount
  notifications(first: $first, after: $after, unreadOnly: $unread) {
    pageInfo { hasNextPage endCursor }
    nodes { id kind message count actorCount note readAt actors { name } subject { __typename id } }
  }
}"""
MARK = """mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
  markedCount unreadNotificationCount errors { code path } } }"""
PREFER = """mutation ($kind: NotificationKind!, $enabled: Boolean!) {
  setNotificationPreference(input: {kind: $kind, enabled: $enabled}) {
    preferences { kinds { kind enabled } } errors { code } } }"""
QUIET = """mutation ($from: String, $to: String) {
  setQuietHours(input: {startsAt: $from, endsAt: $to}) {
    preferences { quietHours { startsAt endsAt timeZone } } errors { code path } } }"""


class Told:
    """A reader, who was told three things a minute apart, and the writer who did them."""

    def __init__(self, reader, writer, content, comment):
        self.reader, self.writer, self.content, self.comment = reader, writer, content, comment


@pytest.fixture
async def told(database):
    async with building(database) as group:
        branch, other = [await group.organization() for _ in range(2)]
        reader, writer = await group.member(branch, "王五"), await group.member(other, "张三")
        third = await group.member(other, "李四")
        content = await group.news(writer, "安全生产", audience="everyone")
        comment = await group.comment(content, reader, "字" * 31)
        about = Subject(SubjectKind.COMMENT, comment.id)
        for minute, actor in enumerate([third, writer]):
            await notify(
                group.session,
                Kind.REPLY,
                [reader.id],
                subject=about,
                actor_id=actor.id,
                at=START + minute * MINUTE,
            )
        for minute, kind in [(2, Kind.MENTION), (3, Kind.DECIDED)]:
            await notify(
                group.session,
                kind,
                [reader.id],
                subject=Subject(SubjectKind.CONTENT, content.id),
                actor_id=writer.id,
                note="维持原状" if kind is Kind.DECIDED else "",
                at=START + minute * MINUTE,
            )
    return Told(reader, writer, content, comment)


async def test_the_latest_comes_first_and_says_what_happened(ask, told):
    page = await ask(PAGE, told.reader)
    assert page["unreadNotificationCount"] == 3
    decided, mention, reply = page["notifications"]["nodes"]
    assert decided["message"] == "《安全生产》的处理结果已出（维持原状）"
    assert decided["actors"] == []
    assert mention["message"] == "张三提到了你：《安全生产》"
    assert mention["subject"] == {"__typename": "NewsItem", "id": gid(told.content)}
    assert reply["message"] == f"张三等2人回复了你：“{'字' * 30}…”"
    assert [actor["name"] for actor in reply["actors"]] == ["张三", "李四"]
    assert (reply["count"], reply["actorCount"]) == (2, 2)
    assert reply["subject"] == {"__typename": "Comment", "id": gid(told.comment)}


async def test_what_is_no_longer_visible_is_not_named(ask, told):
    async with ask.database.transaction() as session:
        await archive(session, await session.merge(told.content))
    decided, mention, reply = (await ask(PAGE, told.reader))["notifications"]["nodes"]
    assert [one["subject"] for one in (decided, mention, reply)] == [None] * 3
    assert decided["message"] == "已不可见的内容的处理结果已出（维持原状）"
    assert mention["message"] == "张三提到了你：已不可见的内容"
    assert reply["message"] == "张三等2人回复了你：已不可见的内容"


async def test_pages_follow_one_another(ask, told):
    first = (await ask(PAGE, told.reader, first=2))["notifications"]
    assert [node["kind"] for node in first["nodes"]] == ["DECIDED", "MENTION"]
    assert first["pageInfo"]["hasNextPage"]
    second = await ask(PAGE, told.reader, first=2, after=first["pageInfo"]["endCursor"])
    assert [node["kind"] for node in second["notifications"]["nodes"]] == ["REPLY"]
    assert not second["notifications"]["pageInfo"]["hasNextPage"]


async def test_statements_do_not_grow_with_the_page(ask, told):
    viewer = await ask.viewer(told.reader)
    few, _ = await ask.statements(PAGE, viewer, first=2)
    async with ask.database.transaction() as session:
        for key in range(20):
            subject = Subject(SubjectKind.CONTENT, key)
            await notify(
                session, Kind.POINTS, [told.reader.id], subject=subject, actor_id=told.writer.id
            )
    many, page = await ask.statements(PAGE, viewer, first=100)
    assert len(page["notifications"]["nodes"]) == 23
    assert many <= few + 2  # the first page has no comment: one read a kind of subject, twice


async def test_everybody_has_their_own(ask, told):
    page = await ask(PAGE, told.reader)
    key = page["notifications"]["nodes"][0]["id"]
    others = await ask(PAGE, told.writer)
    theirs = [node["kind"] for node in others["notifications"]["nodes"]]
    assert (others["unreadNotificationCount"], theirs) == (1, ["COMMENTED"])
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await ask(node, told.reader, id=key))["node"] == {"id": key}
    assert (await ask(node, told.writer, id=key))["node"] is None
    assert (await ask(node, id=key))["node"] is None
    marked = (await ask(MARK, told.writer, input={"ids": [key]}))["markNotificationsRead"]
    assert marked["errors"] == [{"code": "NOT_FOUND", "path": ["input", "ids"]}]
    marked = (await ask(MARK, told.writer, input={"upTo": key}))["markNotificationsRead"]
    assert marked["errors"] == [{"code": "NOT_FOUND", "path": ["input", "upTo"]}]
    assert await ask(PAGE, told.reader) == page


@pytest.mark.parametrize(
    ("input", "marked", "left"),
    [
        ({"ids": [1]}, 1, ["DECIDED", "REPLY"]),
        ({"ids": [1, 1, 2]}, 2, ["DECIDED"]),
        ({"ids": []}, 0, ["DECIDED", "MENTION", "REPLY"]),
        ({"upTo": 1}, 2, ["DECIDED"]),
        ({"all": True}, 3, []),
    ],
)
async def test_marking_is_exact(ask, told, input, marked, left):
    nodes = (await ask(PAGE, told.reader))["notifications"]["nodes"]
    named = dict(input)
    if "ids" in input:
        named["ids"] = [nodes[index]["id"] for index in input["ids"]]
    if "upTo" in input:
        named["upTo"] = nodes[input["upTo"]]["id"]
    for times in range(2):
        payload = (await ask(MARK, told.reader, input=named))["markNotificationsRead"]
        expected = marked if times == 0 else 0
        assert (payload["markedCount"], payload["errors"]) == (expected, [])
        assert payload["unreadNotificationCount"] == len(left)
    page = await ask(PAGE, told.reader, unread=True)
    assert [node["kind"] for node in page["notifications"]["nodes"]] == left


async def test_a_mark_that_says_nothing_clear_is_refused(ask, told):
    comment, unknown = "Q29tbWVudDox", "Tm90aWZpY2F0aW9uOjE="
    for given, code in [
        ({}, "INVALID"),
        ({"all": False}, "INVALID"),
        ({"all": True, "ids": []}, "INVALID"),
        ({"ids": ["x"]}, "INVALID"),
        ({"ids": [comment]}, "INVALID"),
        ({"upTo": comment}, "INVALID"),
        ({"ids": [unknown] * 101}, "TOO_LARGE"),
    ]:
        payload = (await ask(MARK, told.reader, input=given))["markNotificationsRead"]
        assert [error["code"] for error in payload["errors"]] == [code], given
    assert (await ask(PAGE, told.reader))["unreadNotificationCount"] == 3


async def test_preferences_are_kept(ask, told):
    for enabled in (False, True):
        payload = await ask(PREFER, told.reader, kind="REPLY", enabled=enabled)
        kinds = payload["setNotificationPreference"]["preferences"]["kinds"]
        assert kinds[0] == {"kind": "REPLY", "enabled": enabled}
        assert all(kind["enabled"] for kind in kinds[1:])


async def test_quiet_hours_are_kept_and_ended(ask, told):
    kept = await ask(QUIET, told.reader, **{"from": "22:00", "to": "07:30"})
    hours = {"startsAt": "22:00", "endsAt": "07:30", "timeZone": "Asia/Shanghai"}
    assert kept["setQuietHours"]["preferences"]["quietHours"] == hours
    refused = await ask(QUIET, told.reader, to="07:30")
    assert refused["setQuietHours"] == {
        "preferences": None,
        "errors": [{"code": "INVALID", "path": ["input", "startsAt"]}],
    }
    asked = "{ notificationPreferences { quietHours { startsAt endsAt timeZone } } }"
    assert (await ask(asked, told.reader))["notificationPreferences"]["quietHours"] == hours
    ended = await ask(QUIET, told.reader)
    assert ended["setQuietHours"]["preferences"]["quietHours"] is None


async def test_nobody_is_told_nothing(ask, told):
    assert (await ask("{ unreadNotificationCount }"))["unreadNotificationCount"] == 0
    for query in (
        "{ notifications { nodes { id } } }",
        "{ notificationPreferences { __typename } }",
    ):
        assert (await ask.refusal(query))["code"] == "UNAUTHENTICATED"
    payload = (await ask(MARK, input={"all": True}))["markNotificationsRead"]
    assert payload["errors"] == [{"code": "UNAUTHENTICATED", "path": []}]
    payload = (await ask(PREFER, kind="REPLY", enabled=False))["setNotificationPreference"]
    assert payload["errors"] == [{"code": "UNAUTHENTICATED"}]
