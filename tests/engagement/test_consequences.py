"""What deeds on contents earn, and what becomes of it when they do not stand."""

from datetime import timedelta

import pytest
from consequences import WORD, Scene, decide, hold, say, tiers
from discussing import Doing, row_of
from group import MINUTE, building, gid
from invariants import broken
from ledger import NOON, assert_sound, balances, lines, posted
from studying import BATCH, lasting

from app.database.columns import now
from app.members.models import Member
from app.points.models import Book, Kind
from app.visibility import Role

pytestmark = pytest.mark.anyio

SHARE = """mutation ($id: ID!, $channel: ShareChannel!) {
  shareContent(input: {contentId: $id, channel: $channel}) { errors { code } } }"""


@pytest.fixture
async def scene(database) -> Scene:
    return await tiers(database)


@pytest.fixture
def do(ask):
    return Doing(ask)


async def test_a_comment_earns_two_and_a_day_at_most_four(database, scene):
    async with building(database) as group:
        for at in (NOON, NOON + MINUTE, NOON + 2 * MINUTE, NOON + timedelta(days=1)):
            await group.comment(scene.news, scene.reader, at=at)
    assert await lines(database, scene.reader) == [(2, 2), (2, 4), (2, 6)]
    assert await balances(database, scene.reader) == {Book.INTERACTION: 6}
    await assert_sound(database)


async def test_neither_own_items_nor_those_of_ones_staff_earn(database, scene, do):
    async with building(database) as group:
        editor, former = [await group.member(scene.branch) for _ in range(2)]
        await group.grant(editor, Role.EDITOR, scene.branch)
        await group.grant(former, Role.EDITOR, scene.branch, expires_at=now() - MINUTE)
        elsewhere = await group.news(scene.author, of=scene.beside)
    for member in (scene.author, scene.reviewer, scene.secretary, editor, former):
        await say(do, member, scene.news)
    for member in (scene.author, scene.reviewer, scene.secretary, scene.auditor):
        await say(do, member, elsewhere, "也很好")
    everyone = (scene.author, scene.reviewer, scene.secretary, editor, former, scene.auditor)
    earned = [await lines(database, member) for member in everyone]
    assert earned == [[], [(2, 2)], [], [], [(2, 2)], [(2, 2)]]


async def test_a_held_comment_earns_when_a_moderator_keeps_it(database, scene, do):
    await hold(do, scene)
    await say(do, scene.reader, scene.news, WORD)
    assert await lines(database, scene.reader) == []
    await decide(do, scene.reviewer, "KEEP")
    assert await lines(database, scene.reader) == [(2, 2)]


async def test_a_held_comment_that_is_removed_earns_nothing(database, scene, do):
    await hold(do, scene)
    said = await say(do, scene.reader, scene.news, WORD)
    await decide(do, scene.reviewer, "REMOVE", "广告")
    assert await lines(database, scene.reader) == []
    await do("appealRemoval", scene.reader, commentId=said, statement="在讲课")
    await decide(do, scene.secretary, "KEEP")
    assert await lines(database, scene.reader) == [(2, 2)]


async def test_a_removal_takes_the_points_back_and_an_appeal_returns_them(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0)]
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    await decide(do, scene.secretary, "KEEP")
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0), (2, 2)]
    first, second, third = await posted(database, scene.reader)
    assert [each.kind for each in (first, second, third)] == [
        *(Kind.AWARD, Kind.REVERSAL, Kind.REVERSAL)
    ]
    assert [second.reverses_id, third.reverses_id] == [first.id, second.id]
    assert [second.reason, third.reason] == ["评论已删除", "评论已恢复"]
    await assert_sound(database)


async def test_an_appeal_that_fails_returns_nothing(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    await decide(do, scene.secretary, "REMOVE", "确实跑题")
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0)]


async def test_taking_ones_words_back_takes_their_points_back(database, scene, do):
    said = await say(do, scene.reader, scene.news)
    for _ in range(2):
        await do("removeComment", scene.reader, commentId=said)
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0)]


async def test_a_change_that_holds_a_comment_takes_its_points_until_it_is_kept(database, scene, do):
    await hold(do, scene)
    said = await say(do, scene.reader, scene.news)
    await do("editComment", scene.reader, commentId=said, body=WORD)
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0)]
    await decide(do, scene.reviewer, "KEEP")
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0), (2, 2)]


async def test_what_an_administrator_took_back_is_not_returned_with_the_comment(
    database, scene, do
):
    said = await say(do, scene.reader, scene.news)
    mine = "{ viewerPoints { entries { nodes { id } } } }"
    [entry] = (await do.ask(mine, scene.reader))["viewerPoints"]["entries"]["nodes"]
    reverse = """mutation ($id: ID!) { reversePoints(input: {entryId: $id, reason: "误记",
      idempotencyKey: "once"}) { errors { code } } }"""
    assert (await do.ask(reverse, scene.admin, id=entry["id"]))["reversePoints"]["errors"] == []
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    await decide(do, scene.secretary, "KEEP")
    assert await lines(database, scene.reader) == [(2, 2), (-2, 0)]


async def test_sharing_earns_once_whatever_the_channels(database, scene, ask):
    viewers = [await ask.viewer(each) for each in (scene.reader, scene.author)]
    for viewer in viewers:
        for channel in ("WECHAT", "WECOM", "WECHAT"):
            done = await ask(SHARE, viewer, id=gid(scene.news), channel=channel)
            assert done["shareContent"]["errors"] == []
    assert await lines(database, scene.reader) == [(1, 1)]
    assert await lines(database, scene.author) == []


async def test_a_lecture_earns_three_when_it_is_completed_and_once(database, scene, ask):
    async with building(database) as group:
        lecture = await lasting(group, scene.author, 100)
    viewer = await ask.viewer(scene.reader)
    for hours, seconds, completes in ((3, 50, False), (2, 100, True), (1, 100, False)):
        ended = now() - timedelta(hours=hours)
        told = {
            "contentId": gid(lecture),
            "clientKey": f"{hours}",
            "watched": [{"from": 0, "to": seconds}],
            "startedAt": (ended - 2 * MINUTE).isoformat(),
            "endedAt": ended.isoformat(),
        }
        [report] = (await ask(BATCH, viewer, reports=[told]))["done"]["reports"]
        assert (report["completes"], report["errors"]) == (completes, [])
    assert await balances(database, scene.reader) == {Book.LEARNING: 3}
    assert await lines(database, scene.reader) == [(3, 3)]


async def test_a_member_counts_the_comments_of_theirs_that_are_held(database, scene, do):
    async def held():
        assert await broken(database) == {}
        return (await row_of(database, Member, scene.reader.id)).held_count

    await hold(do, scene)
    first = await say(do, scene.reader, scene.news, WORD)
    assert await held() == 1
    await do("editComment", scene.reader, commentId=first, body="没有了")
    assert await held() == 1
    await decide(do, scene.reviewer, "KEEP")
    assert await held() == 0
    await do("editComment", scene.reader, commentId=first, body=f"{WORD}？")
    await say(do, scene.reader, scene.news, f"{WORD}！")
    assert await held() == 2
    # What was removed unseen is seen by its author alone, as before.
    await do("removeComment", scene.reviewer, commentId=first, reason="广告")
    assert await held() == 2
    await decide(do, scene.reviewer, "KEEP")
    assert await held() == 1
    await do("appealRemoval", scene.reader, commentId=first, statement="在讲课")
    await decide(do, scene.secretary, "KEEP")
    assert await held() == 0
