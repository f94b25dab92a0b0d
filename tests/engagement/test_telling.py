"""Whom a comment tells: who is named, who is answered, whose item it is; each once."""

import pytest
from consequences import WORD, Scene, decide, hold, key_of, say, tiers, told
from discussing import Doing
from group import gid

from app.notifications.actions import mark_all_read

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(database) -> Scene:
    return await tiers(database)


@pytest.fixture
def do(ask):
    return Doing(ask)


async def test_a_comment_tells_the_contents_author(database, scene, do):
    await say(do, scene.reader, scene.news)
    await say(do, scene.author, scene.news)
    assert await told(database) == {("author", "COMMENTED", scene.news.id, 1, "")}


async def test_three_answers_tell_who_is_answered_once(database, scene, do):
    first = await say(do, scene.reader, scene.news)
    await say(do, scene.reader, scene.news, "自己补充", replyToId=first)
    for member in (scene.friend, scene.third, scene.secretary):
        await say(do, member, scene.news, "同意", replyToId=first)
    assert await told(database) == {
        ("author", "COMMENTED", scene.news.id, 5, ""),
        ("reader", "REPLY", key_of(first), 3, ""),
    }
    query = "{ notifications { nodes { kind count message subject { id } } } }"
    [shown] = (await do.ask(query, scene.reader))["notifications"]["nodes"]
    assert (shown["kind"], shown["count"], shown["subject"]) == ("REPLY", 3, {"id": first})
    assert shown["message"].startswith("secretary等3人")


async def test_each_member_is_told_once_of_a_comment_the_most_personal_first(database, scene, do):
    mine = await say(do, scene.author, scene.news)
    named = [gid(each) for each in (scene.author, scene.friend, scene.reader)]
    answer = await say(
        do, scene.reader, scene.news, "请看", replyToId=mine, mentionIds=[*named, named[1]]
    )
    assert await told(database) == {
        ("author", "MENTION", key_of(answer), 1, ""),
        ("friend", "MENTION", key_of(answer), 1, ""),
    }
    before = await told(database)
    await say(do, scene.reader, scene.news, "再看", replyToId=mine)
    assert await told(database) - before == {("author", "REPLY", key_of(mine), 1, "")}


async def test_a_mention_that_a_change_adds_tells_the_new_one_alone(database, scene, do):
    said = await say(do, scene.reader, scene.news, mentionIds=[gid(scene.friend)])
    before = await told(database)
    assert before == {
        ("friend", "MENTION", key_of(said), 1, ""),
        ("author", "COMMENTED", scene.news.id, 1, ""),
    }
    everyone = [gid(each) for each in (scene.friend, scene.third, scene.reader)]
    for names in (everyone, [], everyone):
        await do("editComment", scene.reader, commentId=said, body="很好", mentionIds=names)
    assert await told(database) - before == {("third", "MENTION", key_of(said), 1, "")}
    assert before < await told(database)


async def test_a_held_comment_tells_nobody_until_it_is_kept(database, scene, do):
    await hold(do, scene)
    first = await say(do, scene.friend, scene.news)
    before = await told(database)
    given = {"replyToId": first, "mentionIds": [gid(scene.third)]}
    said = await say(do, scene.reader, scene.news, WORD, **given)
    await do("editComment", scene.reader, commentId=said, body="没有了")
    asked = {("reviewer", "REPORTED", key_of(said), 1, "")}
    assert await told(database) == before | asked
    await decide(do, scene.reviewer, "KEEP")
    assert await told(database) == asked | {
        ("author", "COMMENTED", scene.news.id, 2, ""),
        ("friend", "REPLY", key_of(first), 1, ""),
        ("third", "MENTION", key_of(said), 1, ""),
        ("reader", "DECIDED", key_of(said), 1, ""),
    }


async def test_what_is_removed_unseen_tells_when_an_appeal_restores_it(database, scene, do):
    await hold(do, scene)
    said = await say(do, scene.reader, scene.news, WORD, mentionIds=[gid(scene.third)])
    await decide(do, scene.reviewer, "REMOVE", "广告")
    await do("appealRemoval", scene.reader, commentId=said, statement="在讲课")
    before = await told(database)
    await decide(do, scene.secretary, "KEEP")
    assert await told(database) - before == {
        ("author", "COMMENTED", scene.news.id, 1, ""),
        ("third", "MENTION", key_of(said), 1, ""),
        ("reader", "DECIDED", key_of(said), 1, ""),
    }


async def test_a_restored_comment_tells_nobody_again(database, scene, do):
    names = [gid(scene.third)]
    said = await say(do, scene.reader, scene.news, mentionIds=names)
    async with database.transaction() as session:
        await mark_all_read(session, scene.third.id)
    await do("removeComment", scene.reviewer, commentId=said, reason="跑题")
    await do("appealRemoval", scene.reader, commentId=said, statement="没有跑题")
    before = await told(database)
    await decide(do, scene.secretary, "KEEP")
    assert await told(database) - before == {("reader", "DECIDED", key_of(said), 1, "")}


async def test_what_stood_before_it_was_held_tells_those_alone_whom_the_change_names(
    database, scene, do
):
    await hold(do, scene)
    said = await say(do, scene.reader, scene.news, mentionIds=[gid(scene.third)])
    names = [gid(scene.third), gid(scene.friend)]
    await do("editComment", scene.reader, commentId=said, body=WORD, mentionIds=names)
    before = await told(database)
    assert ("friend", "MENTION", key_of(said), 1, "") not in before
    await decide(do, scene.reviewer, "KEEP")
    assert await told(database) - before == {
        ("friend", "MENTION", key_of(said), 1, ""),
        ("reader", "DECIDED", key_of(said), 1, ""),
    }
