"""Who is told that something waits for them, and what became of one's own; and what is recorded."""

import pytest
from consequences import WORD, Scene, decide, hold, key_of, say, tiers, told
from discussing import Doing
from group import building, gid

from app.visibility import Role

pytestmark = pytest.mark.anyio

TRAIL = """{ auditTrail { nodes { action actor { id } organization { id } subject { id }
  changes { field after } } } }"""


@pytest.fixture
async def scene(database) -> Scene:
    return await tiers(database)


@pytest.fixture
def do(ask):
    return Doing(ask)


async def report(do, who, comment, reason="ABUSE"):
    await do("reportComment", who, commentId=comment, reason=reason)


async def test_a_report_tells_the_moderators_of_the_nearest_tier_once(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    before = await told(database)
    for member in (scene.friend, scene.third):
        await report(do, member, said)
    assert await told(database) - before == {("reviewer", "REPORTED", key_of(said), 1, "")}
    query = "{ notifications { nodes { kind actors { id } message } } }"
    [shown] = (await do.ask(query, scene.reviewer))["notifications"]["nodes"]
    # Neither who reported nor whose words they are.
    assert shown["actors"] == []
    assert not {"friend", "third", "reader"} & set(shown["message"].split())


async def test_where_the_branch_has_no_moderator_the_tier_above_is_told(database, scene, do):
    async with building(database) as group:
        away = await group.news(scene.author, of=scene.beside)
    said = await say(do, scene.reader, away)
    before = await told(database)
    await report(do, scene.friend, said)
    assert await told(database) - before == {("secretary", "REPORTED", key_of(said), 1, "")}


async def test_a_moderator_is_not_asked_about_their_own_words(database, scene, do):
    said = await say(do, scene.reviewer, scene.news)
    before = await told(database)
    await report(do, scene.friend, said)
    assert await told(database) - before == {("secretary", "REPORTED", key_of(said), 1, "")}


async def test_a_reported_content_tells_moderators_and_its_author_when_it_is_taken_down(
    database, scene, do
):
    await do("reportContent", scene.friend, contentId=gid(scene.news), reason="FALSEHOOD")
    asked = {("reviewer", "REPORTED", scene.news.id, 1, "")}
    assert await told(database) == asked
    await decide(do, scene.reviewer, "REMOVE", "数字有误")
    assert await told(database) == asked | {("author", "REMOVED", scene.news.id, 1, "数字有误")}


async def test_a_removal_tells_its_author_why_and_an_appeal_the_next_tier(database, scene, do):
    async with building(database) as group:
        # Who decides first moderates the next tier as well, and is not asked again.
        await group.grant(scene.reviewer, Role.ADMIN, scene.general)
    said = await say(do, scene.reader, scene.news)
    key, before = key_of(said), await told(database)
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    assert {each for each in await told(database) - before if each[1] != "REPORTED"} == {
        ("reader", "REMOVED", key, 1, "跑题")
    }
    before = await told(database)
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    assert await told(database) - before == {("secretary", "REPORTED", key, 1, "")}
    before = await told(database)
    await decide(do, scene.secretary, "KEEP", "属于讨论")
    assert await told(database) - before == {("reader", "DECIDED", key, 1, "属于讨论")}


async def test_an_appeal_that_fails_is_decided_and_not_another_removal(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    before = await told(database)
    await decide(do, scene.secretary, "REMOVE", "确实跑题")
    assert await told(database) - before == {("reader", "DECIDED", key_of(said), 1, "确实跑题")}


async def test_a_report_that_comes_to_nothing_is_not_told(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    await report(do, scene.friend, said)
    before = await told(database)
    await decide(do, scene.reviewer, "KEEP", "没有问题")
    assert await told(database) == before


async def test_who_takes_their_words_back_is_not_told_of_it(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    await report(do, scene.friend, said)
    before = await told(database)
    await do("removeComment", scene.reader, commentId=said)
    assert await told(database) == before


async def test_decisions_appeals_and_held_words_are_recorded_for_auditors_of_the_subtree(
    database, scene, do
):
    word = await hold(do, scene)
    said = await say(do, scene.reader, scene.news, WORD)
    await decide(do, scene.reviewer, "REMOVE", "广告")
    await do("appealRemoval", scene.reader, commentId=said, statement="在讲课")
    await decide(do, scene.secretary, "KEEP")
    await do("removeHeldWord", scene.admin, heldWordId=word)
    found = (await do.ask(TRAIL, scene.auditor))["auditTrail"]["nodes"]
    branch, general = gid(scene.branch), gid(scene.general)
    # A held word is told of by its organization; the rest by the comment, which readers see.
    assert [
        (node["action"], node["actor"]["id"], node["organization"]["id"], node["subject"]["id"])
        for node in reversed(found)
    ] == [
        ("moderation.hold_word", gid(scene.admin), branch, branch),
        ("moderation.decide", gid(scene.reviewer), branch, said),
        ("moderation.appeal", gid(scene.reader), branch, said),
        ("moderation.decide", gid(scene.secretary), general, said),
        ("moderation.release_word", gid(scene.admin), branch, branch),
    ]
    told_of = [{each["field"]: each["after"] for each in node["changes"]} for node in found]
    assert [each.get("reason") for each in told_of] == [None, None, None, "广告", None]
    assert [each.get("decision") for each in told_of] == [None, "KEEP", None, "REMOVE", None]
    assert told_of[2]["statement"] == "在讲课"
    assert told_of[4]["held_word"] == WORD
    assert (await do.ask(TRAIL, scene.admin))["auditTrail"]["nodes"] == found
    assert (await do.ask(TRAIL, scene.neighbour))["auditTrail"]["nodes"] == []
    for member in (scene.reader, scene.author, scene.reviewer, scene.secretary):
        assert (await do.ask.refusal(TRAIL, member))["code"] == "FORBIDDEN"
