"""Review: a draft's way to its readers, and back; who decides; recommending upward."""

import asyncio
from datetime import timedelta

import pytest
from group import START, building, gid, global_id

from app.content.models import ContentStatus
from app.database.columns import now
from app.jobs import JobState, counts
from app.visibility import Role

pytestmark = pytest.mark.anyio

QUEUE = """query ($first: Int, $after: String) { reviewQueue(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""


class House:
    """A branch below a root, and viewers by what they are: roles of the branch, or of the root."""

    def __init__(self, root, branch, viewers):
        self.root, self.branch = root, branch
        self.__dict__.update(viewers)


@pytest.fixture
async def house(database, ask):
    async with building(database) as group:
        root = await group.organization()
        branch = await group.organization(below=root)
        members = {
            name: await group.member(branch)
            for name in ("editor", "reviewer", "admin", "chief", "top_editor", "reader")
        }
        outside = {"stranger": await group.member(await group.organization(below=root))}
        for name, role, on in (
            ("editor", Role.EDITOR, branch),
            ("reviewer", Role.REVIEWER, branch),
            ("admin", Role.ADMIN, branch),
            ("chief", Role.REVIEWER, root),
            ("top_editor", Role.EDITOR, root),
        ):
            await group.grant(members[name], role, on)
    viewers = {name: await ask.viewer(member) for name, member in (members | outside).items()}
    return House(root, branch, viewers)


async def queue(ask, viewer, first=20):
    return [node["id"] for node in (await ask(QUEUE, viewer, first=first))["reviewQueue"]["nodes"]]


async def test_a_draft_is_submitted_returned_mended_and_published(database, ask, edit, house):
    made = await edit.news(house.editor)
    assert await edit.shown(made, house.reader) is None
    submitted = await edit("submitContent", house.editor, contentId=made)
    assert (submitted["status"], submitted["draft"]["state"]) == ("IN_REVIEW", "IN_REVIEW")
    assert await queue(ask, house.reviewer) == [made]
    returned = await edit("returnContent", house.reviewer, contentId=made, reason=" 请补充出处 ")
    assert (returned["status"], returned["draft"]["state"]) == ("DRAFT", "RETURNED")
    mine = await edit.shown(made, house.editor, fields="draft { reason reviewer { id } }")
    assert mine["draft"] == {
        "reason": "请补充出处",
        "reviewer": {"id": global_id("Member", house.reviewer.member_id)},
    }
    assert await queue(ask, house.reviewer) == []
    await edit("updateNewsItem", house.editor, id=made, version=1, sourceName="厂报")
    await edit("submitContent", house.editor, contentId=made)
    published = await edit("publishContent", house.reviewer, contentId=made, version=2)
    assert (published["status"], published["draft"]["state"]) == ("PUBLISHED", "PUBLISHED")
    assert await edit.shown(made, house.reader, fields="status title") == {
        "status": "PUBLISHED",
        "title": "检修完成",
    }
    assert (await counts(database))[JobState.WAITING] == 1


async def test_what_is_published_is_shown_until_its_next_revision_is(database, edit, house):
    made = await edit.submitted(house.editor, tags=["安全"])
    first = await edit("publishContent", house.reviewer, contentId=made)
    await edit.ask(
        "mutation ($id: ID!) { likeContent(input: {contentId: $id}) { errors { code } } }",
        house.reader,
        id=made,
    )
    fields = "title bodyHtml tags likeCount publishedAt status"
    shown = await edit.shown(made, house.reader, fields=fields)
    change = {"title": "新的标题", "body": "新的正文", "tags": ["生产"]}
    await edit("updateNewsItem", house.editor, id=made, version=1, **change)
    assert await edit.shown(made, house.reader, fields=fields) == shown
    waiting = await edit("submitContent", house.editor, contentId=made)
    assert (waiting["status"], waiting["draft"]["state"]) == ("PUBLISHED", "IN_REVIEW")
    assert await edit.shown(made, house.reader, fields=fields) == shown
    await edit("publishContent", house.reviewer, contentId=made)
    assert await edit.shown(made, house.reader, fields=fields) == {
        "title": "新的标题",
        "bodyHtml": "<p>新的正文</p>\n",
        "tags": ["生产"],
        "likeCount": 1,
        "publishedAt": first["publishedAt"],
        "status": "PUBLISHED",
    }
    feed = "query ($tag: String) { feed(tag: $tag) { nodes { id } } }"
    for tag, found in (("安全", []), ("生产", [{"id": made}])):
        assert (await edit.ask(feed, house.reader, tag=tag))["feed"]["nodes"] == found


async def test_a_change_withdraws_what_waits(ask, edit, house):
    made = await edit.submitted(house.editor)
    changed = await edit("updateNewsItem", house.editor, id=made, version=1, title="又改了")
    assert changed["status"] == "DRAFT"
    assert await queue(ask, house.reviewer) == []
    assert await edit.refused("publishContent", house.reviewer, contentId=made) == [("CONFLICT",)]


async def test_a_reviewer_publishes_what_they_read_and_nothing_later(edit, house):
    made = await edit.submitted(house.editor)
    await edit("updateNewsItem", house.editor, id=made, version=1, title="又改了")
    await edit("submitContent", house.editor, contentId=made)
    given = {"contentId": made, "version": 1}
    assert await edit.refused("publishContent", house.reviewer, **given) == [
        ("CONFLICT", "input", "version")
    ]


async def test_two_reviewers_at_once_publish_once(database, edit, house):
    made = await edit.submitted(house.editor)
    found = await asyncio.gather(
        *(edit("publishContent", one, contentId=made) for one in (house.reviewer, house.admin))
    )
    assert sorted(type(one).__name__ for one in found) == ["dict", "list"]
    assert (await counts(database))[JobState.WAITING] == 1


async def test_nobody_publishes_their_own_work_while_another_may(ask, edit, house):
    own = await edit.submitted(house.admin)
    assert await edit.refused("publishContent", house.admin, contentId=own) == [("FORBIDDEN",)]
    permissions = "viewerPermissions { canPublish }"
    mine = await edit.shown(own, house.admin, fields=permissions)
    assert mine == {"viewerPermissions": {"canPublish": False}}
    assert await queue(ask, house.admin) == []
    assert await queue(ask, house.reviewer) == [own]
    assert isinstance(await edit("publishContent", house.reviewer, contentId=own), dict)


async def test_words_added_by_a_reviewer_are_their_own_work_as_well(edit, house):
    made = await edit.news(house.editor)
    await edit("updateNewsItem", house.admin, id=made, version=1, title="管理员改过")
    await edit("updateNewsItem", house.editor, id=made, version=2, summary="编辑又改过")
    await edit("submitContent", house.editor, contentId=made)
    assert await edit.refused("publishContent", house.admin, contentId=made) == [("FORBIDDEN",)]
    assert isinstance(await edit("publishContent", house.reviewer, contentId=made), dict)
    await edit("updateNewsItem", house.editor, id=made, version=3, title="只有编辑改过")
    await edit("submitContent", house.editor, contentId=made)
    assert isinstance(await edit("publishContent", house.admin, contentId=made), dict)


async def test_who_is_alone_publishes_their_own(database, ask, edit):
    async with building(database) as group:
        branch = await group.organization()
        member, suspended, late = [await group.member(branch) for _ in range(3)]
        await group.grant(member, Role.ADMIN, branch)
        await group.grant(suspended, Role.REVIEWER, branch)
        suspended.status = "SUSPENDED"
        await group.grant(late, Role.ADMIN, branch, expires_at=START)
    alone = await ask.viewer(member)
    made = await edit.submitted(alone)
    assert await queue(ask, alone) == [made]
    assert (await edit("publishContent", alone, contentId=made))["status"] == "PUBLISHED"


async def test_the_setting_lets_everybody_publish_their_own(ask, edit, house, platform):
    platform.settings.second_person_publishes = False
    own = await edit.submitted(house.admin)
    assert await queue(ask, house.admin) == [own]
    assert (await edit("publishContent", house.admin, contentId=own))["status"] == "PUBLISHED"


async def test_an_audience_beyond_the_reviewers_reach_waits_for_who_reaches_it(ask, edit, house):
    made = await edit.submitted(house.editor, audience={"scope": "EVERYONE"})
    problems = await edit.shown(made, house.editor, fields="problems { code field severity }")
    assert {
        "code": "AUDIENCE_BEYOND_REACH",
        "field": "audience",
        "severity": "WARNING",
    } in problems["problems"]
    for reviewer in (house.reviewer, house.admin):
        assert await edit.refused("publishContent", reviewer, contentId=made) == [
            ("FORBIDDEN", "audience")
        ]
        assert await queue(ask, reviewer) == []
    assert await queue(ask, house.chief) == [made]
    await edit("publishContent", house.chief, contentId=made)
    assert await edit.shown(made, house.stranger) == {"title": "检修完成"}


async def test_good_work_is_recommended_upward_and_keeps_its_author(ask, edit, house):
    made = await edit.submitted(house.editor)
    await edit("publishContent", house.reviewer, contentId=made)
    wider = {"scope": "SUBTREE", "organizationId": gid(house.root)}
    asked = await edit("recommendContent", house.reviewer, contentId=made, audience=wider)
    assert (asked["status"], asked["draft"]["state"]) == ("PUBLISHED", "IN_REVIEW")
    assert await edit.shown(made, house.stranger) is None
    assert await edit.shown(made, house.reader) == {"title": "检修完成"}
    assert await queue(ask, house.reviewer) == []
    assert await queue(ask, house.chief) == [made]
    again = {"contentId": made, "audience": wider}
    assert await edit.refused("recommendContent", house.editor, **again) == [("CONFLICT",)]
    await edit("publishContent", house.chief, contentId=made)
    fields = "author { id } organization { id } audience { scope organization { id } }"
    assert await edit.shown(made, house.stranger, fields=fields) == {
        "author": {"id": global_id("Member", house.editor.member_id)},
        "organization": {"id": gid(house.branch)},
        "audience": {"scope": "SUBTREE", "organization": {"id": gid(house.root)}},
    }


async def test_a_recommendation_that_is_returned_leaves_things_as_they_were(edit, house):
    made = await edit.submitted(house.editor)
    await edit("publishContent", house.reviewer, contentId=made)
    await edit("recommendContent", house.reviewer, contentId=made, audience={"scope": "PUBLIC"})
    back = await edit("returnContent", house.chief, contentId=made, reason="暂不需要")
    assert (back["status"], back["draft"]["state"]) == ("PUBLISHED", "RETURNED")
    assert await edit.shown(made) is None
    changed = await edit("updateNewsItem", house.editor, id=made, version=2, title="新的标题")
    text = await edit.shown(made, house.editor, fields="draft { text { audience { scope } } }")
    assert (changed["draft"]["number"], text["draft"]["text"]["audience"]["scope"]) == (
        3,
        "SUBTREE",
    )
    await edit("submitContent", house.editor, contentId=made)
    # Who but asked for a wider audience wrote nothing of this.
    assert isinstance(await edit("publishContent", house.reviewer, contentId=made), dict)


async def test_only_a_wider_audience_can_be_recommended(edit, house):
    made = await edit.submitted(house.editor)
    await edit("publishContent", house.reviewer, contentId=made)
    for audience in (
        {"scope": "SUBTREE", "organizationId": gid(house.branch)},
        {"scope": "ORGANIZATION", "organizationId": gid(house.root)},
    ):
        assert await edit.refused(
            "recommendContent", house.editor, contentId=made, audience=audience
        ) == [("INVALID", "input", "audience")]
    for audience in (
        {"scope": "SUBTREE"},
        {"scope": "SUBTREE", "organizationId": "T3JnYW5pemF0aW9uOjU="},
    ):
        [(code, *path)] = await edit.refused(
            "recommendContent", house.editor, contentId=made, audience=audience
        )
        assert (code, path) == ("INVALID", ["input", "audience", "organizationId"])


async def test_a_time_must_be_to_come_and_not_too_far(edit, house):
    made = await edit.submitted(house.editor)
    for at in (now() - timedelta(seconds=1), now() + timedelta(days=367)):
        given = {"contentId": made, "at": at.isoformat()}
        assert await edit.refused("publishContent", house.reviewer, **given) == [
            ("INVALID", "input", "at")
        ]
    naive = {"contentId": made, "at": "2031-01-01T00:00:00"}
    assert await edit.refused("publishContent", house.reviewer, **naive) == [
        ("INVALID", "input", "at")
    ]
    at = (now() + timedelta(hours=1)).isoformat()
    planned = await edit("publishContent", house.reviewer, contentId=made, at=at)
    assert (planned["status"], planned["publishedAt"]) == ("SCHEDULED", None)
    assert await edit.shown(made, house.reader) is None
    sooner = await edit("publishContent", house.reviewer, contentId=made)
    assert sooner["status"] == "PUBLISHED"


async def test_what_is_archived_is_gone_and_done_with(ask, edit, house):
    made = await edit.submitted(house.editor)
    await edit("publishContent", house.reviewer, contentId=made)
    await edit("updateNewsItem", house.editor, id=made, version=1, title="新的标题")
    await edit("submitContent", house.editor, contentId=made)
    gone = await edit("archiveContent", house.reviewer, contentId=made)
    assert gone["status"] == "ARCHIVED"
    assert await edit.shown(made, house.reader) is None
    assert await queue(ask, house.reviewer) == []
    for name, more in (
        ("archiveContent", {}),
        ("publishContent", {}),
        ("returnContent", {"reason": "…"}),
        ("recommendContent", {"audience": {"scope": "PUBLIC"}}),
    ):
        assert await edit.refused(name, house.reviewer, contentId=made, **more) == [("CONFLICT",)]
    change = {"id": made, "version": 2, "title": "再改"}
    assert await edit.refused("updateNewsItem", house.editor, **change) == [("CONFLICT",)]
    assert await edit.refused("submitContent", house.editor, contentId=made) == [("CONFLICT",)]


async def test_a_return_says_why(edit, house):
    made = await edit.submitted(house.editor)
    for reason in ("", "  ", "理" * 401, "一\0二"):
        given = {"contentId": made, "reason": reason}
        assert await edit.refused("returnContent", house.reviewer, **given) == [
            ("INVALID", "input", "reason")
        ]


async def test_the_queue_pages_from_the_oldest_in_two_statements(database, ask, house):
    async with building(database) as group:
        author = await group.member(house.branch)
        waiting = [
            gid(await group.news(author, status=ContentStatus.IN_REVIEW, audience="everyone"))
            for _ in range(12)
        ]
    seen, after, more = [], None, True
    while more:
        counted, data = await ask.statements(QUEUE, house.chief, first=5, after=after)
        assert counted == 2
        page = data["reviewQueue"]
        seen += [node["id"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert seen == waiting
    assert await queue(ask, house.reader) == []
    assert (await ask.refusal(QUEUE))["code"] == "UNAUTHENTICATED"


async def test_my_contents_are_those_i_began_by_status(database, ask, edit, house):
    drafted, waiting = await edit.news(house.editor), await edit.submitted(house.editor)
    await edit.news(house.admin)
    query = """query ($status: ContentStatus, $first: Int, $after: String) {
      myContents(status: $status, first: $first, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    counted, data = await ask.statements(query, house.editor)
    assert (counted, [node["id"] for node in data["myContents"]["nodes"]]) == (
        1,
        [waiting, drafted],
    )
    only = await ask(query, house.editor, status="DRAFT")
    assert [node["id"] for node in only["myContents"]["nodes"]] == [drafted]
    page = (await ask(query, house.editor, first=1))["myContents"]
    rest = (await ask(query, house.editor, after=page["pageInfo"]["endCursor"]))["myContents"]
    assert [node["id"] for node in rest["nodes"]] == [drafted]
    assert (await ask.refusal(query))["code"] == "UNAUTHENTICATED"


LIVE = "... on LiveStream { state replay { id } }"


async def test_a_live_stream_is_called_off_at_once_but_not_when_over(database, edit, house):
    async with building(database) as group:
        author = await group.member(house.branch)
        soon = now() + timedelta(hours=1)
        coming = gid(await group.live(author, starts_at=soon))
        over = gid(await group.live(author, ends_at=START + timedelta(hours=1)))
    for _ in range(2):
        assert isinstance(await edit("cancelLiveStream", house.reviewer, contentId=coming), dict)
    assert (await edit.shown(coming, fields=LIVE))["state"] == "CANCELLED"
    assert await edit.refused("cancelLiveStream", house.editor, contentId=over) == [("CONFLICT",)]
    news = {"contentId": global_id("NewsItem", 5)}
    assert await edit.refused("cancelLiveStream", house.editor, **news) == [
        ("INVALID", "input", "contentId")
    ]


async def test_a_stream_that_ended_gets_its_recording(database, edit, house):
    async with building(database) as group:
        author = await group.member(house.branch)
        over = gid(await group.live(author, ends_at=START + timedelta(hours=1)))
        open_end = gid(await group.live(author))
        own = await group.video(owner_id=house.editor.member_id)
        other = await group.video()
    refused = {"contentId": over, "videoId": gid(other)}
    assert await edit.refused("setLiveReplay", house.editor, **refused) == [
        ("INVALID", "input", "videoId")
    ]
    early = {"contentId": open_end, "videoId": gid(own)}
    assert await edit.refused("setLiveReplay", house.editor, **early) == [("CONFLICT",)]
    await edit("setLiveReplay", house.editor, contentId=over, videoId=gid(own))
    assert await edit.shown(over, fields=LIVE) == {"state": "REPLAY", "replay": {"id": gid(own)}}
    await edit("updateLiveStream", house.editor, id=over, version=1, title="改了标题")
    await edit("submitContent", house.editor, contentId=over)
    await edit("publishContent", house.chief, contentId=over)
    assert (await edit.shown(over, fields=LIVE))["state"] == "REPLAY"
    await edit("setLiveReplay", house.editor, contentId=over)
    assert await edit.shown(over, fields=LIVE) == {"state": "ENDED", "replay": None}
