"""A lecture's life in the demo group, by GraphQL alone over HTTP and WebSocket.

It is written, returned, mended and scheduled; liked, shared, discussed and studied; what that pays
is explained, one point is taken back, a comment is removed, and its author appeals.
"""

import asyncio
from datetime import timedelta

import pytest
from films import SOUND, film
from invariants import broken
from people import Person, made_ready, served, until

from app.database.columns import now
from app.demo import seeding
from app.demo.seeding import seed_demo
from app.main import create_app
from app.points.auditing import audit
from app.points.sealing import seal
from app.settings import Settings

pytestmark = pytest.mark.anyio

CREATE = """mutation ($input: CreateMicroLectureInput!) { createMicroLecture(input: $input)
  { content { id status } errors { code message path } } }"""
UPDATE = """mutation ($input: UpdateMicroLectureInput!) { updateMicroLecture(input: $input)
  { content { id status } errors { code message path } } }"""
SUBMIT = """mutation ($id: ID!) { submitContent(input: {contentId: $id}) { content { id
  status } errors { code message path } } }"""
RETURN = """mutation ($id: ID!, $reason: String!) { returnContent(input: {contentId: $id,
  reason: $reason}) { content { id status } errors { code message path } } }"""
PUBLISH = """mutation ($id: ID!, $at: DateTime) { publishContent(input: {contentId: $id, at:
  $at}) { content { id status } errors { code message path } } }"""
DRAFT = """query ($id: ID!) { node(id: $id) { ... on Content { status problems { severity
  code } draft { number reason } } } }"""
CARD = """query ($id: ID!) { node(id: $id) { ... on Content { status likeCount shareCount
  commentCount author { name } } } }"""
LIKE = """mutation ($id: ID!) { likeContent(input: {contentId: $id}) { content { id status
  } errors { code message path } } }"""
SHARE = """mutation ($id: ID!) { shareContent(input: {contentId: $id, channel: WECOM}) {
  url errors { code message path } } }"""
COMMENT = """mutation ($id: ID!, $body: String!) { addComment(input: {contentId: $id, body:
  $body}) { comment { id } errors { code message path } } }"""
STUDY = """mutation ($id: ID!, $watched: [WatchedInterval!]!) { recordStudy(input:
  {contentId: $id, watched: $watched}) { progress { isComplete } errors { code
  message path } } }"""
POINTS = """{ viewerPoints { balance
  entries(first: 20) { nodes { id action amount balanceAfter explanation reverses
  { id } subject { __typename id } } } } }"""
REVERSE = """mutation ($id: ID!) { reversePoints(input: {entryId: $id, reason: "误点",
  idempotencyKey: "first"}) { entry { amount reverses { id } } errors { code
  message path } } }"""
REMOVE = """mutation ($id: ID!, $reason: String) { removeComment(input: {commentId: $id,
  reason: $reason}) { comment { isRemoved } errors { code message path } } }"""
READ = "query ($id: ID!) { node(id: $id) { ... on Comment { body isRemoved removalReason } } }"
APPEAL = """mutation ($id: ID!) { appealRemoval(input: {commentId: $id, statement:
  "这是对课程的正常讨论。"}) { comment { id } errors { code message path } } }"""
QUEUE = """{ moderationQueue { nodes { id text statement organization { id } appealOf {
  reason } } } }"""
DECIDE = """mutation ($id: ID!) { decideCase(input: {caseId: $id, decision: KEEP, reason:
  "属于正常讨论"}) { errors { code message path } } }"""
TOLD = "{ notifications { nodes { kind message subject { id } } } unreadNotificationCount }"
TRAIL = """query ($id: ID!) { auditTrail(subjectId: $id, first: 50) { nodes { action actor
  { name } } } }"""
TELL_ME = "subscription { notificationAdded { notification { kind message } } }"
WATCH = """subscription ($id: ID!) { contentChanged(contentId: $id) { likeCount shareCount
  commentCount } }"""
LISTEN = "subscription ($id: ID!) { commentAdded(contentId: $id) { id body author { name } } }"


@pytest.fixture
async def group(plain_pictures, tmp_path, anyio_backend, monkeypatch):
    """The demo group's platform two days on, and how its people sign in."""
    monkeypatch.setattr(seeding, "now", lambda: now() - timedelta(days=2))
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    async with served(app) as address:
        assert await seed_demo(app.state.platform)
        people = []

        async def person(name):
            people.append(Person(address))
            return await people[-1].sign_in(name)

        yield app.state.platform, person
        for each in people:
            await each.http.aclose()


async def listened_to(platform, topics):
    """Wait until so many topics are listened to: a subscription begins soon after it is asked."""
    await until(lambda: _some(len(platform.database.announcements._listeners) >= topics))


async def _some(value):
    return value


async def test_from_the_first_draft_to_the_appeal(group, tmp_path):
    platform, person = group
    editor, reviewer = await person("dai-qinglan"), await person("reviewer")
    rail = editor.viewer["organization"]["id"]

    # An editor of the branch films and writes.
    data = film(tmp_path / "lecture.mp4", *SOUND, size="320x180", seconds=2).read_bytes()
    wanted = {"filename": "微党课.mp4", "contentType": "video/mp4", "purpose": "VIDEO"}
    video = await made_ready(editor, await editor.upload(data, **wanted))
    written = {
        "title": "一堂安全微党课",
        "summary": "老班长讲作业前的确认制度。",
        "body": "## 三件小事\n\n作业前，先看、再问、后动手。",
        "lecturer": "戴晴岚",
        "videoId": video,
        "organizationId": rail,
        "audience": {"scope": "EVERYONE"},
    }
    lecture = (await editor.do(CREATE, input=written))["content"]["id"]
    assert await editor.refused(PUBLISH, id=lecture) == ["FORBIDDEN"]

    # A reviewer returns it; the editor hears why, mends it, and it is scheduled.
    await editor.do(SUBMIT, id=lecture)
    [asked, *_] = (await reviewer.ask(TOLD))["notifications"]["nodes"]
    assert (asked["kind"], asked["subject"]) == ("REVIEW_ASKED", {"id": lecture})
    async with editor.listening(TELL_ME) as hear:
        await listened_to(platform, 1)
        await reviewer.do(RETURN, id=lecture, reason="请补充第四件小事")
        told = (await hear())["notification"]
        assert told["kind"] == "RETURNED"
        assert told["message"].endswith("（请补充第四件小事）")
        draft = (await editor.ask(DRAFT, id=lecture))["node"]
        assert (draft["status"], draft["draft"]["reason"]) == ("DRAFT", "请补充第四件小事")
        assert not [each for each in draft["problems"] if each["severity"] == "ERROR"]
        mended = {
            "id": lecture,
            "version": draft["draft"]["number"],
            "title": "一堂安全微党课：四件小事",
        }
        await editor.do(UPDATE, input=mended)
        assert await editor.refused(UPDATE, input=mended) == ["CONFLICT"]
        await editor.do(SUBMIT, id=lecture)
        at = (now() + timedelta(seconds=1)).isoformat()
        scheduled = await reviewer.do(PUBLISH, id=lecture, at=at)
        assert scheduled["content"]["status"] == "SCHEDULED"
        assert (await hear())["notification"]["kind"] == "PUBLISHED"

    # A member likes, shares, comments and studies, and others watch it happen.
    member = await person("ling-ruochuan")
    before = (await member.ask(POINTS))["viewerPoints"]["balance"]
    async with (
        reviewer.listening(WATCH, id=lecture) as changes,
        editor.listening(LISTEN, id=lecture) as comments,
    ):
        await listened_to(platform, 2)
        await member.do(LIKE, id=lecture)
        await member.do(LIKE, id=lecture)
        assert (await changes())["likeCount"] == 1
        await member.do(SHARE, id=lecture)
        comment = (await member.do(COMMENT, id=lecture, body="第四件最要紧。"))["comment"]["id"]
        heard = await comments()
        assert heard == {"id": comment, "body": "第四件最要紧。", "author": {"name": "凌若川"}}
        async with asyncio.timeout(20):
            while (await changes()) != {"likeCount": 1, "shareCount": 1, "commentCount": 1}:
                pass
    studied = await member.do(STUDY, id=lecture, watched=[{"from": 0, "to": 2}])
    assert studied["progress"] == {"isComplete": True}

    # Points arrive, and each is explained.
    points = (await member.ask(POINTS))["viewerPoints"]
    earned = {each["action"]: each for each in points["entries"]["nodes"][:4]}
    paid = {"LIKE": 1, "SHARE": 1, "COMMENT": 2, "STUDY": 3}
    assert {name: entry["amount"] for name, entry in earned.items()} == paid
    assert points["balance"] == before + sum(paid.values())
    assert earned["LIKE"]["subject"] == {"__typename": "MicroLecture", "id": lecture}
    assert "“点赞”规则第1版" in earned["LIKE"]["explanation"]

    # An administrator takes one back.
    administrator = await person("admin")
    like = earned["LIKE"]
    for _ in range(2):
        taken = (await administrator.do(REVERSE, id=like["id"]))["entry"]
        assert taken == {"amount": -like["amount"], "reverses": {"id": like["id"]}}
    points = (await member.ask(POINTS))["viewerPoints"]
    assert points["balance"] == before + sum(paid.values()) - like["amount"]

    # The branch's secretary removes the comment: its points go, its author reads why, and appeals.
    secretary = await person("secretary")
    assert await secretary.refused(REMOVE, id=comment) == ["INVALID"]
    async with member.listening(TELL_ME) as hear:
        await listened_to(platform, 1)
        await secretary.do(REMOVE, id=comment, reason="与课程无关")
        assert (await hear())["notification"]["kind"] == "REMOVED"
    assert (await member.ask(READ, id=comment))["node"] == {
        "body": "",
        "isRemoved": True,
        "removalReason": "与课程无关",
    }
    removed = (await member.ask(POINTS))["viewerPoints"]["balance"]
    assert removed == points["balance"] - paid["COMMENT"]
    await member.do(APPEAL, id=comment)

    # The tier above decides: the comment stands again, and so do its points.
    assert all(case["text"] != "第四件最要紧。" for case in await _queue(secretary))
    [case] = [each for each in await _queue(reviewer) if each["text"] == "第四件最要紧。"]
    assert case["organization"] == {"id": editor.viewer["organization"]["parent"]["id"]}
    assert case["appealOf"] == {"reason": "与课程无关"}
    await reviewer.do(DECIDE, id=case["id"])
    assert (await member.ask(READ, id=comment))["node"]["body"] == "第四件最要紧。"
    assert (await member.ask(POINTS))["viewerPoints"]["balance"] == points["balance"]
    kinds = [each["kind"] for each in (await member.ask(TOLD))["notifications"]["nodes"]]
    assert kinds[:2] == ["DECIDED", "REMOVED"]

    # Whoever audits reads it all; the counters, the ledger and its chain hold.
    auditor = await person("wen-jiashu")
    trail = (await auditor.ask(TRAIL, id=lecture))["auditTrail"]["nodes"]
    assert [(each["action"], each["actor"] and each["actor"]["name"]) for each in trail[::-1]] == [
        ("content.create", "戴晴岚"),
        ("content.submit", "戴晴岚"),
        ("content.return", "秦以恒"),
        ("content.update", "戴晴岚"),
        ("content.submit", "戴晴岚"),
        ("content.schedule", "秦以恒"),
        ("content.publish", None),
    ]
    decided = (await auditor.ask(TRAIL, id=comment))["auditTrail"]["nodes"]
    assert [each["action"] for each in decided[::-1]] == [
        "moderation.decide",
        "moderation.appeal",
        "moderation.decide",
    ]
    card = (await auditor.ask(CARD, id=lecture))["node"]
    assert card == {
        "status": "PUBLISHED",
        "likeCount": 1,
        "shareCount": 1,
        "commentCount": 1,
        "author": {"name": "戴晴岚"},
    }
    assert await broken(platform.database) == {}
    await seal(platform.database)
    assert [str(found) async for found in audit(platform.database, now())] == []


async def _queue(person):
    return (await person.ask(QUEUE))["moderationQueue"]["nodes"]
