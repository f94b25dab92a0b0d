"""Reports and held words open cases; moderators claim and decide them, tier by tier."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from discussing import Doing, comment_count, row_of
from group import building, gid, global_id

from app.content.models import Content, ContentStatus
from app.database.columns import now
from app.jobs import Job
from app.moderation import held_words
from app.moderation.models import ModerationCase
from app.visibility import Role

pytestmark = pytest.mark.anyio

QUEUE = """query ($first: Int, $after: String, $organization: ID) {
  moderationQueue(first: $first, after: $after, organizationId: $organization) {
    nodes { id state text heldWords reportCount viewerCanDecide statement
      subject { id } author { id } organization { id } claimedBy { id } claimedUntil
      appealOf { id reason decidedBy { id } }
      reports { nodes { reason note quote reporter { id } } } }
    pageInfo { hasNextPage endCursor } } }"""
WORDS = """query ($organization: ID) { heldWords(organizationId: $organization) {
  nodes { word organization { id } addedBy { id } } } }"""
READ = """query ($id: ID!) { node(id: $id) { ... on Comment { body isHeld isRemoved } } }"""
CASE = """query ($id: ID!) { node(id: $id) { ... on ModerationCase {
  state decision decidedAt reason viewerCanDecide claimedBy { id } } } }"""


class Scene:
    """Three tiers; moderators at each, a comment by a member of the lowest."""


@pytest.fixture
async def scene(database):
    made = Scene()
    async with building(database) as group:
        made.committee = await group.organization("集团党委")
        made.general = await group.organization("党总支", below=made.committee)
        made.branch = await group.organization("党支部", below=made.general)
        made.other = await group.organization("别处", below=made.committee)
        made.author, made.reader, made.reviewer = [
            await group.member(made.branch) for _ in range(3)
        ]
        made.secretary, made.admin = (
            await group.member(made.general),
            await group.member(made.committee),
        )
        made.second = await group.member(made.committee)
        made.outsider = await group.member(made.other)
        await group.grant(made.reviewer, Role.REVIEWER, made.branch)
        await group.grant(made.secretary, Role.SECRETARY, made.general)
        await group.grant(made.admin, Role.ADMIN, made.committee)
        await group.grant(made.second, Role.REVIEWER, made.committee)
        await group.grant(made.outsider, Role.ADMIN, made.other)
        made.news = await group.news(made.reader)
        made.comment = await group.comment(made.news, made.author, "胡说八道")
    return made


@pytest.fixture
def do(ask):
    return Doing(ask)


async def queue(do, viewer, **variables):
    return (await do.ask(QUEUE, viewer, **variables))["moderationQueue"]["nodes"]


async def report(do, viewer, comment, reason="ABUSE", note=""):
    given = {"commentId": gid(comment), "reason": reason, "note": note}
    return await do("reportComment", viewer, **given)


# ---- reports


async def test_reports_of_one_subject_join_one_case(do, scene):
    shown = await report(do, scene.reader, scene.comment, note=" 辱骂同事 ")
    assert shown == {
        "reason": "ABUSE",
        "note": "辱骂同事",
        "quote": "胡说八道",
        "reporter": {"id": gid(scene.reader)},
    }
    await report(do, scene.outsider, scene.comment, "SPAM")
    [case] = await queue(do, scene.reviewer)
    assert case == {
        "id": case["id"],
        "state": "OPEN",
        "text": "胡说八道",
        "heldWords": [],
        "reportCount": 2,
        "viewerCanDecide": True,
        "statement": None,
        "subject": {"id": gid(scene.comment)},
        "author": {"id": gid(scene.author)},
        "organization": {"id": gid(scene.branch)},
        "claimedBy": None,
        "claimedUntil": None,
        "appealOf": None,
        "reports": {
            "nodes": [
                {"reason": "ABUSE", "note": "辱骂同事", "quote": "胡说八道", "reporter": None},
                {"reason": "SPAM", "note": "", "quote": "胡说八道", "reporter": None},
            ]
        },
    }
    [seen] = await queue(do, scene.admin)
    reporters = [each["reporter"] for each in seen["reports"]["nodes"]]
    assert reporters == [{"id": gid(scene.reader)}, {"id": gid(scene.outsider)}]


async def test_reporting_at_once_opens_one_case(do, scene, database):
    async with building(database) as group:
        members = [await group.member(scene.branch) for _ in range(8)]
    viewers = [await do.ask.viewer(member) for member in members]
    await asyncio.gather(*(report(do, viewer, scene.comment) for viewer in viewers))
    [case] = await queue(do, scene.reviewer)
    assert case["reportCount"] == 8


async def test_a_report_keeps_the_words_that_were_reported(do, scene):
    await report(do, scene.reader, scene.comment)
    await do("editComment", scene.author, commentId=gid(scene.comment), body="开个玩笑")
    [case] = await queue(do, scene.reviewer)
    assert (case["text"], case["reports"]["nodes"][0]["quote"]) == ("开个玩笑", "胡说八道")


async def test_a_member_reports_once_what_they_see_and_is_not_theirs(do, scene, database):
    async with building(database) as group:
        inner = await group.news(scene.reader, audience=f"org:{scene.branch.id}")
        hidden = await group.comment(inner, scene.author)
        held = await group.comment(scene.news, scene.author, held=True)
        removed = await group.comment(scene.news, scene.author, removed=True)
        archived = await group.news(scene.reader, status=ContentStatus.ARCHIVED)
    await report(do, scene.reader, scene.comment)
    for viewer, comment, refusal in (
        (None, scene.comment, ("UNAUTHENTICATED", [])),
        (scene.outsider, hidden, ("NOT_FOUND", ["input", "commentId"])),
        (scene.reader, held, ("NOT_FOUND", ["input", "commentId"])),
        (scene.author, scene.comment, ("FORBIDDEN", ["input", "commentId"])),
        (scene.reader, removed, ("CONFLICT", ["input", "commentId"])),
        (scene.reader, scene.comment, ("CONFLICT", ["input"])),
    ):
        given = {"commentId": gid(comment), "reason": "ABUSE"}
        assert await do.refused("reportComment", viewer, **given) == refusal
    for viewer, content, refusal in (
        (scene.outsider, inner, ("NOT_FOUND", ["input", "contentId"])),
        (scene.reader, scene.news, ("FORBIDDEN", ["input", "contentId"])),
        (scene.reader, archived, ("CONFLICT", ["input", "contentId"])),
    ):
        given = {"contentId": gid(content), "reason": "FALSEHOOD"}
        assert await do.refused("reportContent", viewer, **given) == refusal
    for given in (
        {"reason": "OTHER"},
        {"reason": "OTHER", "note": " "},
        {"reason": "ABUSE", "note": "字" * 501},
    ):
        given |= {"commentId": gid(scene.comment)}
        refused = await do.refused("reportComment", scene.outsider, **given)
        assert refused == ("INVALID", ["input", "note"])


# ---- claiming and deciding


async def test_of_two_who_claim_at_once_one_gets_the_case(do, scene):
    await report(do, scene.reader, scene.comment)
    [case] = await queue(do, scene.reviewer)
    viewers = [await do.ask.viewer(who) for who in (scene.reviewer, scene.secretary)]
    payloads = await asyncio.gather(
        *(do.payload("claimCase", viewer, caseId=case["id"]) for viewer in viewers)
    )
    codes = [error["code"] for payload in payloads for error in payload["errors"]]
    assert codes == ["CONFLICT"]
    [claimed] = [payload["case"] for payload in payloads if payload["case"]]
    assert claimed["state"] == "CLAIMED"
    keeper, other = viewers if payloads[0]["case"] else reversed(viewers)
    assert claimed["claimedBy"] == {"id": global_id("Member", keeper.member_id)}
    assert [each["viewerCanDecide"] for each in await queue(do, keeper)] == [True]
    assert [each["viewerCanDecide"] for each in await queue(do, other)] == [False]
    given = {"caseId": case["id"], "decision": "KEEP"}
    refused = await do.refused("decideCase", other, **given)
    assert refused == ("CONFLICT", ["input", "caseId"])
    await do("claimCase", keeper, caseId=case["id"])
    assert (await do("decideCase", keeper, **given))["state"] == "DECIDED"


async def test_a_lease_ends_after_fifteen_minutes(do, scene, database):
    await report(do, scene.reader, scene.comment)
    [case] = await queue(do, scene.reviewer)
    await do("claimCase", scene.reviewer, caseId=case["id"])
    [claimed] = await queue(do, scene.secretary)
    assert (claimed["state"], claimed["viewerCanDecide"]) == ("CLAIMED", False)
    async with database.transaction() as session:
        await session.execute(sa.update(ModerationCase).values(claimed_until=now()))
    [free] = await queue(do, scene.secretary)
    assert (free["state"], free["claimedBy"], free["claimedUntil"]) == ("OPEN", None, None)
    taken = await do("claimCase", scene.secretary, caseId=case["id"])
    assert taken["claimedBy"] == {"id": gid(scene.secretary)}


async def test_of_two_who_decide_at_once_one_does(do, scene, database):
    await report(do, scene.reader, scene.comment)
    [case] = await queue(do, scene.reviewer)
    viewers = [await do.ask.viewer(who) for who in (scene.reviewer, scene.secretary)]
    given = [
        {"caseId": case["id"], "decision": "REMOVE", "reason": "辱骂"},
        {"caseId": case["id"], "decision": "KEEP"},
    ]
    payloads = await asyncio.gather(
        *(
            do.payload("decideCase", viewer, **each)
            for viewer, each in zip(viewers, given, strict=True)
        )
    )
    codes = [error["code"] for payload in payloads for error in payload["errors"]]
    assert codes == ["CONFLICT"]
    kept = payloads[0]["case"] is None
    assert await comment_count(database, scene.news) == int(kept)


async def test_removing_a_reported_comment_takes_it_away_and_keeping_leaves_it(do, scene, database):
    async with building(database) as group:
        fine = await group.comment(scene.news, scene.author, "有理有据")
    for comment in (scene.comment, fine):
        await report(do, scene.reader, comment)
    bad, good = await queue(do, scene.reviewer)
    refused = await do.refused("decideCase", scene.reviewer, caseId=bad["id"], decision="REMOVE")
    assert refused == ("INVALID", ["input", "reason"])
    given = {"caseId": bad["id"], "decision": "REMOVE", "reason": "辱骂同事"}
    decided = await do("decideCase", scene.reviewer, **given)
    assert decided == {
        "id": bad["id"],
        "state": "DECIDED",
        "decision": "REMOVE",
        "reason": "辱骂同事",
        "text": "胡说八道",
        "organization": {"id": gid(scene.branch)},
        "decidedBy": {"id": gid(scene.reviewer)},
        "claimedBy": None,
    }
    await do("decideCase", scene.reviewer, caseId=good["id"], decision="KEEP")
    gone = {"body": "", "isHeld": False, "isRemoved": True}
    stays = {"body": "有理有据", "isHeld": False, "isRemoved": False}
    assert (await do.ask(READ, id=gid(scene.comment)))["node"] == gone
    assert (await do.ask(READ, id=gid(fine)))["node"] == stays
    assert await comment_count(database, scene.news) == 1
    assert await queue(do, scene.reviewer) == []
    for case in (bad, good):
        given = {"caseId": case["id"], "decision": "KEEP"}
        refused = await do.refused("decideCase", scene.secretary, **given)
        assert refused == ("CONFLICT", ["input", "caseId"])


async def test_removing_directly_decides_the_case_that_waits(do, scene):
    await report(do, scene.reader, scene.comment)
    [case] = await queue(do, scene.reviewer)
    await do("removeComment", scene.secretary, commentId=gid(scene.comment), reason="辱骂")
    assert await queue(do, scene.reviewer) == []
    shown = (await do.ask(CASE, scene.reviewer, id=case["id"]))["node"]
    assert (shown["state"], shown["decision"], shown["reason"]) == ("DECIDED", "REMOVE", "辱骂")


async def test_who_takes_their_words_back_leaves_nothing_to_decide(do, scene):
    await report(do, scene.reader, scene.comment)
    await do("removeComment", scene.author, commentId=gid(scene.comment))
    assert await queue(do, scene.reviewer) == []


async def test_what_was_kept_can_be_reported_by_another(do, scene):
    await report(do, scene.reader, scene.comment)
    [first] = await queue(do, scene.reviewer)
    await do("decideCase", scene.reviewer, caseId=first["id"], decision="KEEP")
    await report(do, scene.outsider, scene.comment)
    [second] = await queue(do, scene.reviewer)
    assert (second["id"] != first["id"], second["reportCount"]) == (True, 1)


async def test_removing_a_reported_content_archives_it(do, scene, database):
    given = {"contentId": gid(scene.news), "reason": "FALSEHOOD", "note": "数字有误"}
    shown = await do("reportContent", scene.author, **given)
    assert shown["quote"] == scene.news.title
    [case] = await queue(do, scene.reviewer)
    assert (case["text"], case["subject"]) == (scene.news.title, {"id": gid(scene.news)})
    await do("decideCase", scene.reviewer, caseId=case["id"], decision="REMOVE", reason="数字有误")
    assert (await row_of(database, Content, scene.news.id)).status is ContentStatus.ARCHIVED
    async with database.transaction() as session:
        owed = (await session.scalars(sa.select(Job.subject_id))).all()
    assert owed.count(scene.news.id) == 2  # published, archived


async def test_nobody_decides_about_their_own_words(do, scene, database):
    async with building(database) as group:
        own = await group.comment(scene.news, scene.reviewer, "我说的")
    await report(do, scene.reader, own)
    [case] = await queue(do, scene.reviewer)
    assert case["viewerCanDecide"] is False
    refused = await do.refused("claimCase", scene.reviewer, caseId=case["id"])
    assert refused == ("FORBIDDEN", ["input", "caseId"])
    given = {"caseId": case["id"], "decision": "KEEP"}
    refused = await do.refused("decideCase", scene.reviewer, **given)
    assert refused == ("FORBIDDEN", ["input", "caseId"])


# ---- appeals


async def removed(do, scene, by):
    await do("removeComment", by, commentId=gid(scene.comment), reason="辱骂同事")


async def appeal(do, scene, statement="是引用原文"):
    given = {"commentId": gid(scene.comment), "statement": statement}
    return await do("appealRemoval", scene.author, **given)


async def test_an_appeal_goes_to_the_next_tier_and_can_restore_the_comment(do, scene, database):
    await removed(do, scene, scene.reviewer)
    shown = await appeal(do, scene)
    assert (shown["isRemoved"], shown["removalReason"]) == (True, "辱骂同事")
    assert await queue(do, scene.reviewer) == []
    [case] = await queue(do, scene.secretary)
    assert case["organization"] == {"id": gid(scene.general)}
    assert case["statement"] == "是引用原文"
    assert case["appealOf"]["decidedBy"] == {"id": gid(scene.reviewer)}
    before = (await do.ask(CASE, scene.reviewer, id=case["appealOf"]["id"]))["node"]
    assert (before["state"], before["decision"]) == ("APPEALED", "REMOVE")
    refused = await do.refused("claimCase", scene.reviewer, caseId=case["id"])
    assert refused == ("NOT_FOUND", ["input", "caseId"])
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP", reason="确为引用")
    restored = {"body": "胡说八道", "isHeld": False, "isRemoved": False}
    assert (await do.ask(READ, id=gid(scene.comment)))["node"] == restored
    assert await comment_count(database, scene.news) == 1


async def test_an_appeal_that_fails_is_the_last(do, scene, database):
    await removed(do, scene, scene.reviewer)
    await appeal(do, scene)
    [case] = await queue(do, scene.secretary)
    given = {"caseId": case["id"], "decision": "REMOVE", "reason": "维持原决定"}
    await do("decideCase", scene.secretary, **given)
    query = "query ($id: ID!) { node(id: $id) { ... on Comment { removalReason removedBody } } }"
    told = (await do.ask(query, scene.author, id=gid(scene.comment)))["node"]
    assert told == {"removalReason": "维持原决定", "removedBody": "胡说八道"}
    assert await comment_count(database, scene.news) == 0
    given = {"commentId": gid(scene.comment), "statement": "再看看"}
    refused = await do.refused("appealRemoval", scene.author, **given)
    assert refused == ("CONFLICT", ["input", "commentId"])


async def test_who_decided_first_does_not_decide_the_appeal(do, scene):
    await removed(do, scene, scene.admin)
    await appeal(do, scene)
    [case] = await queue(do, scene.admin)
    assert case["viewerCanDecide"] is False
    for name, more in (("claimCase", {}), ("decideCase", {"decision": "KEEP"})):
        refused = await do.refused(name, scene.admin, caseId=case["id"], **more)
        assert refused == ("FORBIDDEN", ["input", "caseId"])
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")


async def test_at_the_top_another_person_decides_the_appeal(do, scene, database):
    async with building(database) as group:
        news = await group.news(scene.reader, of=scene.committee)
        scene.comment = await group.comment(news, scene.author, "胡说八道")
    await removed(do, scene, scene.admin)
    await appeal(do, scene)
    [case] = await queue(do, scene.second)
    assert case["organization"] == {"id": gid(scene.committee)}
    given = {"caseId": case["id"], "decision": "KEEP"}
    assert (await do.refused("decideCase", scene.admin, **given))[0] == "FORBIDDEN"
    await do("decideCase", scene.second, **given)
    assert await comment_count(database, news) == 1


async def test_each_removal_can_be_appealed_once_by_its_author(do, scene):
    given = {"commentId": gid(scene.comment), "statement": "请再看看"}
    field = ["input", "commentId"]
    assert await do.refused("appealRemoval", scene.author, **given) == ("CONFLICT", field)
    await removed(do, scene, scene.reviewer)
    assert await do.refused("appealRemoval", None, **given) == ("UNAUTHENTICATED", [])
    assert await do.refused("appealRemoval", scene.reader, **given) == ("FORBIDDEN", field)
    for statement in ("", "字" * 501):
        refused = await do.refused(
            "appealRemoval", scene.author, commentId=gid(scene.comment), statement=statement
        )
        assert refused == ("INVALID", ["input", "statement"])
    await appeal(do, scene)
    assert await do.refused("appealRemoval", scene.author, **given) == ("CONFLICT", field)
    [case] = await queue(do, scene.secretary)
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")
    await removed(do, scene, scene.second)
    assert (await appeal(do, scene))["isRemoved"] is True


async def test_what_one_took_back_oneself_is_not_appealed(do, scene):
    await do("removeComment", scene.author, commentId=gid(scene.comment))
    given = {"commentId": gid(scene.comment), "statement": "请恢复"}
    refused = await do.refused("appealRemoval", scene.author, **given)
    assert refused == ("CONFLICT", ["input", "commentId"])


# ---- held words


async def word(do, viewer, organization, text):
    return await do("addHeldWord", viewer, organizationId=gid(organization), word=text)


async def say(do, viewer, content, body):
    return await do("addComment", viewer, contentId=gid(content), body=body)


LISTS = """query ($id: ID!) { node(id: $id) { ... on Content { commentCount
  comments { nodes { id isHeld } } threads: comments(threads: true) { nodes { id } } } } }"""


async def listed(do, content, *viewer):
    node = (await do.ask(LISTS, *viewer, id=gid(content)))["node"]
    shown = [each["id"] for each in node["comments"]["nodes"]]
    assert [each["id"] for each in node["threads"]["nodes"]] == shown
    return shown


async def test_a_held_word_holds_a_comment_until_a_moderator_keeps_it(do, scene, database):
    await word(do, scene.admin, scene.committee, "代开发票")
    said = await say(do, scene.author, scene.news, "代 開-发＊票，加 VX")
    assert said["isHeld"] is True
    assert said["content"] == {"commentCount": 1}
    assert await comment_count(database, scene.news) == 1
    first = gid(scene.comment)
    for viewer in ((), (scene.reader,), (scene.outsider,)):
        assert await listed(do, scene.news, *viewer) == [first]
        assert (await do.ask(READ, *viewer, id=said["id"]))["node"] is None
    for viewer in (scene.author, scene.reviewer, scene.secretary, scene.admin):
        assert await listed(do, scene.news, viewer) == [said["id"], first]
    [case] = await queue(do, scene.reviewer)
    assert (case["heldWords"], case["text"]) == (["代开发票"], "代 開-发＊票，加 VX")
    await do("decideCase", scene.reviewer, caseId=case["id"], decision="KEEP")
    assert await listed(do, scene.news) == [said["id"], first]
    assert await comment_count(database, scene.news) == 2


async def test_a_held_comment_that_is_removed_is_never_shown(do, scene, database):
    await word(do, scene.admin, scene.branch, "代开发票")
    said = await say(do, scene.author, scene.news, "代开发票")
    [case] = await queue(do, scene.reviewer)
    await do("decideCase", scene.reviewer, caseId=case["id"], decision="REMOVE", reason="广告")
    assert await listed(do, scene.news) == [gid(scene.comment)]
    given = {"commentId": said["id"], "statement": "在讲课"}
    await do("appealRemoval", scene.author, **given)
    [case] = await queue(do, scene.secretary)
    assert await comment_count(database, scene.news) == 1
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")
    assert await listed(do, scene.news) == [said["id"], gid(scene.comment)]
    assert await comment_count(database, scene.news) == 2


async def test_a_change_that_brings_a_held_word_holds_the_comment(do, scene, database):
    await word(do, scene.admin, scene.general, "刷单")
    given = {"commentId": gid(scene.comment)}
    held = await do("editComment", scene.author, **given, body="刷 单")
    assert (held["isHeld"], held["content"]) == (True, {"commentCount": 0})
    mended = await do("editComment", scene.author, **given, body="没有了")
    assert (mended["isHeld"], mended["content"]) == (True, {"commentCount": 0})
    [case] = await queue(do, scene.reviewer)
    assert (case["heldWords"], case["text"]) == (["刷单"], "没有了")
    await do("decideCase", scene.reviewer, caseId=case["id"], decision="KEEP")
    assert await comment_count(database, scene.news) == 1


async def test_a_word_holds_nothing_that_was_said_before_it(do, scene):
    await word(do, scene.admin, scene.branch, "胡说八道")
    same = await do("editComment", scene.author, commentId=gid(scene.comment), body="胡说八道")
    assert (same["isHeld"], same["editedAt"]) == (False, None)
    assert await queue(do, scene.reviewer) == []


async def test_a_word_holds_where_it_was_added_and_below(do, scene, database):
    await word(do, scene.outsider, scene.other, "刷单")
    assert (await say(do, scene.author, scene.news, "刷单"))["isHeld"] is False
    added = await word(do, scene.secretary, scene.general, "代购")
    assert (await say(do, scene.author, scene.news, "代购"))["isHeld"] is True
    async with building(database) as group:
        above = await group.news(scene.reader, of=scene.committee)
    assert (await say(do, scene.author, above, "代购"))["isHeld"] is False
    await do("removeHeldWord", scene.admin, heldWordId=added["id"])
    assert (await say(do, scene.author, scene.news, "还是代购"))["isHeld"] is False


async def test_words_are_kept_by_secretaries_and_administrators_of_the_subtree(do, scene):
    added = await word(do, scene.secretary, scene.branch, " 刷单 ")
    assert (added["word"], added["organization"]) == ("刷单", {"id": gid(scene.branch)})
    assert await word(do, scene.admin, scene.branch, "刷－单") == added
    await word(do, scene.admin, scene.committee, "代购")

    async def words(viewer, organization=None):
        variables = {"organization": organization and gid(organization)}
        found = (await do.ask(WORDS, viewer, **variables))["heldWords"]["nodes"]
        return [each["word"] for each in found]

    assert await words(scene.admin) == ["刷单", "代购"]
    assert await words(scene.admin, scene.committee) == ["代购"]
    assert await words(scene.secretary) == ["刷单"]
    for viewer in (scene.reviewer, scene.author, scene.outsider):
        assert await words(viewer) == []
    for text in ("", "字", "。！", "字" * 41, "a\0bc"):
        given = {"organizationId": gid(scene.committee), "word": text}
        refused = await do.refused("addHeldWord", scene.admin, **given)
        assert refused == ("INVALID", ["input", "word"])
    given = {"organizationId": global_id("Organization", 1), "word": "代购"}
    refused = await do.refused("addHeldWord", scene.admin, **given)
    assert refused == ("NOT_FOUND", ["input", "organizationId"])


async def test_the_same_word_at_once_is_one_word(do, scene):
    viewer = await do.ask.viewer(scene.admin)
    added = await asyncio.gather(*(word(do, viewer, scene.branch, "刷单") for _ in range(8)))
    assert len({each["id"] for each in added}) == 1


async def test_an_organization_keeps_so_many_words(do, scene, monkeypatch):
    monkeypatch.setattr(held_words, "MAX_WORDS", 1)
    first = await word(do, scene.admin, scene.branch, "刷单")
    given = {"organizationId": gid(scene.branch), "word": "代购"}
    refused = await do.refused("addHeldWord", scene.admin, **given)
    assert refused == ("CONFLICT", ["input", "word"])
    assert await word(do, scene.admin, scene.branch, "刷单") == first
    await word(do, scene.admin, scene.committee, "代购")


# ---- the queue


async def test_the_queue_is_paged_narrowed_and_costs_the_same_however_long(do, scene, database):
    async with building(database) as group:
        away = await group.news(scene.reader, of=scene.other)
        comments = [await group.comment(scene.news, scene.author) for _ in range(12)]
        elsewhere = await group.comment(away, scene.author)
    for comment in (*comments, elsewhere):
        await report(do, scene.reader, comment)
    assert len(await queue(do, scene.admin)) == 13
    assert len(await queue(do, scene.reviewer)) == 12
    assert await queue(do, scene.reader) == []
    assert (await do.ask(QUEUE))["moderationQueue"]["nodes"] == []
    for organization, expected in ((scene.other, 1), (scene.general, 12), (scene.committee, 13)):
        found = await queue(do, scene.admin, organization=gid(organization))
        assert len(found) == expected
    page = (await do.ask(QUEUE, scene.admin, first=5))["moderationQueue"]
    assert [each["subject"]["id"] for each in page["nodes"]] == [gid(c) for c in comments[:5]]
    after = page["pageInfo"]["endCursor"]
    rest = (await do.ask(QUEUE, scene.admin, first=50, after=after))["moderationQueue"]
    found = [each["subject"]["id"] for each in rest["nodes"]]
    assert found == [gid(each) for each in (*comments[5:], elsewhere)]
    assert rest["pageInfo"]["hasNextPage"] is False
    viewer = await do.ask.viewer(scene.admin)
    counted = [(await do.ask.statements(QUEUE, viewer, first=first))[0] for first in (2, 12)]
    # Cases; their comments, authors, reports; and who reported.
    assert counted == [5, 5]


async def test_a_case_is_seen_by_its_moderators_alone(do, scene, database):
    async with building(database) as group:
        inner = await group.news(scene.reader, audience=f"org:{scene.branch.id}")
        comment = await group.comment(inner, scene.author, "内部的话")
    await report(do, scene.reader, comment)
    # A secretary above is not in the audience, and decides all the same.
    [case] = await queue(do, scene.secretary)
    assert (case["subject"], case["text"]) == (None, "内部的话")
    for viewer in (scene.author, scene.reader, scene.outsider):
        assert (await do.ask(CASE, viewer, id=case["id"]))["node"] is None
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")


async def test_a_restored_comment_can_be_changed_within_its_time_only(do, scene, database):
    await removed(do, scene, scene.reviewer)
    await appeal(do, scene)
    [case] = await queue(do, scene.secretary)
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")
    await do("editComment", scene.author, commentId=gid(scene.comment), body="引用：胡说八道")
    async with database.transaction() as session:
        comment = await session.get(type(scene.comment), scene.comment.id)
        comment.created_at = now() - timedelta(minutes=11)
    given = {"commentId": gid(scene.comment), "body": "改"}
    assert (await do.refused("editComment", scene.author, **given))[0] == "CONFLICT"
