"""Removals are appealed once, to the next tier and another person."""

from datetime import timedelta

import pytest
from discussing import comment_count
from group import building, gid
from moderating import CASE, READ, appeal, queue, removed

from app.database.columns import now

pytestmark = pytest.mark.anyio


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
