"""Held words hold what is said from then on, where they were added and below."""

import asyncio

import pytest
from discussing import comment_count
from group import building, gid, global_id
from moderating import READ, queue

from app.moderation import held_words

pytestmark = pytest.mark.anyio

WORDS = """query ($organization: ID) { heldWords(organizationId: $organization) {
  nodes { word organization { id } addedBy { id } } } }"""
LISTS = """query ($id: ID!) { node(id: $id) { ... on Content { commentCount
  comments { nodes { id isHeld } } threads: comments(threads: true) { nodes { id } } } } }"""


async def word(do, viewer, organization, text):
    return await do("addHeldWord", viewer, organizationId=gid(organization), word=text)


async def say(do, viewer, content, body):
    return await do("addComment", viewer, contentId=gid(content), body=body)


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
