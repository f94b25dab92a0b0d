"""Reports of one subject join one case, which keeps the words that were reported."""

import asyncio

import pytest
from group import building, gid
from moderating import queue, report

from app.content.models import ContentStatus

pytestmark = pytest.mark.anyio


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
