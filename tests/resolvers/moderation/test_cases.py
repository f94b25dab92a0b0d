"""Moderators claim and decide cases, of two at once one."""

import asyncio

import pytest
import sqlalchemy as sa
from discussing import comment_count, row_of
from group import building, gid, global_id
from moderating import CASE, READ, queue, report

from app.content.models import Content, ContentStatus
from app.database.columns import now
from app.jobs import Job
from app.moderation.models import ModerationCase

pytestmark = pytest.mark.anyio


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
