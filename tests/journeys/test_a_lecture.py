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
#: What the member says, and what each of their deeds pays.
REMARK = "第四件最要紧。"
PAID = {"LIKE": 1, "SHARE": 1, "COMMENT": 2, "STUDY": 3}


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


class Story:
    """A lecture's whole life, step by step; each step leaves what the next ones speak of."""

    def __init__(self, platform, person) -> None:
        self.platform = platform
        self.person = person

    async def an_editor_of_the_branch_films_and_writes(self, folder):
        self.editor = await self.person("dai-qinglan")
        data = film(folder / "lecture.mp4", *SOUND, size="320x180", seconds=2).read_bytes()
        wanted = {"filename": "微党课.mp4", "contentType": "video/mp4", "purpose": "VIDEO"}
        video = await made_ready(self.editor, await self.editor.upload(data, **wanted))
        written = {
            "title": "一堂安全微党课",
            "summary": "老班长讲作业前的确认制度。",
            "body": "## 三件小事\n\n作业前，先看、再问、后动手。",
            "lecturer": "戴晴岚",
            "videoId": video,
            "organizationId": self.editor.viewer["organization"]["id"],
            "audience": {"scope": "EVERYONE"},
        }
        self.lecture = (await self.editor.do(CREATE, input=written))["content"]["id"]
        assert await self.editor.refused(PUBLISH, id=self.lecture) == ["FORBIDDEN"]

    async def a_reviewer_returns_it_and_the_editor_hears_why(self, hear):
        self.reviewer = await self.person("reviewer")
        await self.editor.do(SUBMIT, id=self.lecture)
        [asked, *_] = (await self.reviewer.ask(TOLD))["notifications"]["nodes"]
        assert (asked["kind"], asked["subject"]) == ("REVIEW_ASKED", {"id": self.lecture})
        await self.reviewer.do(RETURN, id=self.lecture, reason="请补充第四件小事")
        told = (await hear())["notification"]
        assert told["kind"] == "RETURNED"
        assert told["message"].endswith("（请补充第四件小事）")

    async def the_editor_mends_it(self):
        draft = (await self.editor.ask(DRAFT, id=self.lecture))["node"]
        assert (draft["status"], draft["draft"]["reason"]) == ("DRAFT", "请补充第四件小事")
        assert not [each for each in draft["problems"] if each["severity"] == "ERROR"]
        mended = {
            "id": self.lecture,
            "version": draft["draft"]["number"],
            "title": "一堂安全微党课：四件小事",
        }
        await self.editor.do(UPDATE, input=mended)
        assert await self.editor.refused(UPDATE, input=mended) == ["CONFLICT"]
        await self.editor.do(SUBMIT, id=self.lecture)

    async def it_is_scheduled_and_published_at_its_time(self, hear):
        at = (now() + timedelta(seconds=1)).isoformat()
        scheduled = await self.reviewer.do(PUBLISH, id=self.lecture, at=at)
        assert scheduled["content"]["status"] == "SCHEDULED"
        assert (await hear())["notification"]["kind"] == "PUBLISHED"

    async def a_member_likes_shares_and_comments_and_others_watch_it_happen(self):
        self.member = await self.person("ling-ruochuan")
        self.before = await self.balance()
        member, lecture = self.member, self.lecture
        async with (
            self.reviewer.listening(WATCH, id=lecture) as changes,
            self.editor.listening(LISTEN, id=lecture) as comments,
        ):
            await listened_to(self.platform, 2)
            await member.do(LIKE, id=lecture)
            await member.do(LIKE, id=lecture)
            assert (await changes())["likeCount"] == 1
            await member.do(SHARE, id=lecture)
            said = await member.do(COMMENT, id=lecture, body=REMARK)
            self.comment = said["comment"]["id"]
            heard = await comments()
            assert heard == {"id": self.comment, "body": REMARK, "author": {"name": "凌若川"}}
            async with asyncio.timeout(20):
                while (await changes()) != {"likeCount": 1, "shareCount": 1, "commentCount": 1}:
                    pass

    async def they_study_it(self):
        studied = await self.member.do(STUDY, id=self.lecture, watched=[{"from": 0, "to": 2}])
        assert studied["progress"] == {"isComplete": True}

    async def points_arrive_and_each_is_explained(self):
        points = (await self.member.ask(POINTS))["viewerPoints"]
        earned = {each["action"]: each for each in points["entries"]["nodes"][:4]}
        assert {name: entry["amount"] for name, entry in earned.items()} == PAID
        assert points["balance"] == self.before + sum(PAID.values())
        self.like = earned["LIKE"]
        assert self.like["subject"] == {"__typename": "MicroLecture", "id": self.lecture}
        assert "“点赞”规则第1版" in self.like["explanation"]

    async def an_administrator_takes_one_back_and_the_member_is_told(self):
        administrator, like = await self.person("admin"), self.like
        for _ in range(2):
            taken = (await administrator.do(REVERSE, id=like["id"]))["entry"]
            assert taken == {"amount": -like["amount"], "reverses": {"id": like["id"]}}
        self.left = self.before + sum(PAID.values()) - like["amount"]
        assert await self.balance() == self.left
        [told, *_] = (await self.member.ask(TOLD))["notifications"]["nodes"]
        assert (told["kind"], told["subject"]) == ("POINTS", {"id": self.lecture})

    async def the_secretary_removes_the_comment_and_its_author_reads_why_and_appeals(self):
        self.secretary = await self.person("secretary")
        assert await self.secretary.refused(REMOVE, id=self.comment) == ["INVALID"]
        async with self.member.listening(TELL_ME) as hear:
            await listened_to(self.platform, 1)
            await self.secretary.do(REMOVE, id=self.comment, reason="与课程无关")
            assert (await hear())["notification"]["kind"] == "REMOVED"
        assert (await self.member.ask(READ, id=self.comment))["node"] == {
            "body": "",
            "isRemoved": True,
            "removalReason": "与课程无关",
        }
        assert await self.balance() == self.left - PAID["COMMENT"]
        await self.member.do(APPEAL, id=self.comment)

    async def the_tier_above_decides_and_the_comment_stands_again_with_its_points(self):
        assert all(case["text"] != REMARK for case in await _queue(self.secretary))
        [case] = [each for each in await _queue(self.reviewer) if each["text"] == REMARK]
        above = self.editor.viewer["organization"]["parent"]
        assert case["organization"] == {"id": above["id"]}
        assert case["appealOf"] == {"reason": "与课程无关"}
        await self.reviewer.do(DECIDE, id=case["id"])
        assert (await self.member.ask(READ, id=self.comment))["node"]["body"] == REMARK
        assert await self.balance() == self.left
        told = (await self.member.ask(TOLD))["notifications"]["nodes"]
        assert [each["kind"] for each in told[:3]] == ["DECIDED", "REMOVED", "POINTS"]

    async def whoever_audits_reads_it_all(self):
        auditor = await self.person("wen-jiashu")
        trail = (await auditor.ask(TRAIL, id=self.lecture))["auditTrail"]["nodes"]
        done = [(each["action"], each["actor"] and each["actor"]["name"]) for each in trail]
        assert done[::-1] == [
            ("content.create", "戴晴岚"),
            ("content.submit", "戴晴岚"),
            ("content.return", "秦以恒"),
            ("content.update", "戴晴岚"),
            ("content.submit", "戴晴岚"),
            ("content.schedule", "秦以恒"),
            ("content.publish", None),
        ]
        decided = (await auditor.ask(TRAIL, id=self.comment))["auditTrail"]["nodes"]
        assert [each["action"] for each in decided[::-1]] == [
            "moderation.decide",
            "moderation.appeal",
            "moderation.decide",
        ]

    async def the_counters_the_ledger_and_its_chain_hold(self):
        card = (await self.member.ask(CARD, id=self.lecture))["node"]
        assert card == {
            "status": "PUBLISHED",
            "likeCount": 1,
            "shareCount": 1,
            "commentCount": 1,
            "author": {"name": "戴晴岚"},
        }
        database = self.platform.database
        assert await broken(database) == {}
        await seal(database)
        assert [str(found) async for found in audit(database, now())] == []

    async def balance(self):
        """What the member has now."""
        return (await self.member.ask(POINTS))["viewerPoints"]["balance"]


async def test_from_the_first_draft_to_the_appeal(group, tmp_path):
    platform, person = group
    story = Story(platform, person)
    await story.an_editor_of_the_branch_films_and_writes(tmp_path)
    async with story.editor.listening(TELL_ME) as hear:
        await listened_to(platform, 1)
        await story.a_reviewer_returns_it_and_the_editor_hears_why(hear)
        await story.the_editor_mends_it()
        await story.it_is_scheduled_and_published_at_its_time(hear)
    await story.a_member_likes_shares_and_comments_and_others_watch_it_happen()
    await story.they_study_it()
    await story.points_arrive_and_each_is_explained()
    await story.an_administrator_takes_one_back_and_the_member_is_told()
    await story.the_secretary_removes_the_comment_and_its_author_reads_why_and_appeals()
    await story.the_tier_above_decides_and_the_comment_stands_again_with_its_points()
    await story.whoever_audits_reads_it_all()
    await story.the_counters_the_ledger_and_its_chain_hold()


async def _queue(person):
    return (await person.ask(QUEUE))["moderationQueue"]["nodes"]
