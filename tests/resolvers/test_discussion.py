"""Comments are said once, changed in time, counted while they stand, and removed with a reason."""

import asyncio
import base64
from datetime import timedelta

import pytest
import sqlalchemy as sa
from discussing import Doing, comment_count, row_of
from group import building, gid, global_id

from app.content.models import ContentStatus
from app.database.columns import now
from app.engagement.models import Comment, CommentMention
from app.members.actions import suspend
from app.visibility import Role

pytestmark = pytest.mark.anyio

SAID = {
    "body": "很好！",
    "isRemoved": False,
    "isHeld": False,
    "removedBody": None,
    "removalReason": None,
    "editedAt": None,
    "mentions": [],
    "replyTo": None,
}


@pytest.fixture
def do(ask):
    return Doing(ask)


class Scene:
    """A committee with two branches: an author's news in one, a reader and an outsider."""


@pytest.fixture
async def scene(database):
    made = Scene()
    async with building(database) as group:
        made.committee = await group.organization("集团党委")
        made.branch, made.other = [await group.organization(below=made.committee) for _ in range(2)]
        made.author, made.reader, made.reviewer = [
            await group.member(made.branch) for _ in range(3)
        ]
        made.outsider = await group.member(made.other)
        await group.grant(made.reviewer, Role.REVIEWER, made.branch)
        made.news = await group.news(made.author)
        made.inner = await group.news(made.author, audience=f"tree:{made.branch.id}")
        made.draft = await group.news(made.author, status=ContentStatus.DRAFT)
    return made


def key_of(shown) -> int:
    return int(base64.b64decode(shown["id"]).decode().partition(":")[2])


async def older(database, comment_id, age: timedelta) -> None:
    """Let a comment have been written that long ago."""
    async with database.transaction() as session:
        await session.execute(
            sa.update(Comment).where(Comment.id == comment_id).values(created_at=now() - age)
        )


async def test_a_comment_is_written_and_counted(do, scene):
    said = await do("addComment", scene.reader, contentId=gid(scene.news), body=" 很好！\n")
    assert said == SAID | {"id": said["id"], "content": {"commentCount": 1}}
    answer = await do(
        "addComment",
        scene.outsider,
        contentId=gid(scene.news),
        body="同意",
        replyToId=said["id"],
    )
    assert answer["replyTo"] == {"id": said["id"]}
    assert answer["content"] == {"commentCount": 2}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"body": " "}, ("INVALID", ["input", "body"])),
        ({"body": "字" * 2001}, ("INVALID", ["input", "body"])),
        ({"body": "a\0"}, ("INVALID", ["input", "body"])),
        ({"contentId": "x"}, ("INVALID", ["input", "contentId"])),
        ({"contentId": global_id("Member", 1)}, ("INVALID", ["input", "contentId"])),
        ({"contentId": global_id("NewsItem", 1)}, ("NOT_FOUND", ["input", "contentId"])),
        ({"replyToId": global_id("Comment", 1)}, ("NOT_FOUND", ["input", "replyToId"])),
        ({"replyToId": global_id("Member", 1)}, ("INVALID", ["input", "replyToId"])),
        ({"mentionIds": [global_id("Member", 1)]}, ("INVALID", ["input", "mentionIds"])),
        ({"mentionIds": [global_id("Image", 1)]}, ("INVALID", ["input", "mentionIds"])),
        ({"mentionIds": [global_id("Member", 1)] * 11}, ("INVALID", ["input", "mentionIds"])),
        ({"clientKey": ""}, ("INVALID", ["input", "clientKey"])),
        ({"clientKey": "k" * 65}, ("INVALID", ["input", "clientKey"])),
        ({"clientKey": "a\0"}, ("INVALID", ["input", "clientKey"])),
    ],
)
async def test_a_comment_out_of_bounds_is_refused(do, scene, given, refusal):
    whole = {"contentId": gid(scene.news), "body": "很好！"} | given
    assert await do.refused("addComment", scene.reader, **whole) == refusal


async def test_only_who_sees_what_is_published_comments_on_it(do, scene):
    for viewer, content, code in (
        (None, scene.news, "UNAUTHENTICATED"),
        (scene.outsider, scene.inner, "NOT_FOUND"),
        (scene.reader, scene.draft, "NOT_FOUND"),
        (scene.author, scene.draft, "CONFLICT"),
    ):
        found = await do.refused("addComment", viewer, contentId=gid(content), body="很好！")
        assert found[0] == code


async def test_an_answer_is_about_the_same_content_and_to_what_stands(do, scene, database):
    async with building(database) as group:
        elsewhere = await group.comment(scene.inner, scene.author)
        held = await group.comment(scene.news, scene.author, held=True)
        removed = await group.comment(scene.news, scene.author, removed=True)
    for viewer, answered, code in (
        (scene.reader, elsewhere, "NOT_FOUND"),
        (scene.reader, held, "NOT_FOUND"),
        (scene.author, held, "CONFLICT"),
        (scene.reader, removed, "CONFLICT"),
    ):
        given = {"contentId": gid(scene.news), "body": "很好！", "replyToId": gid(answered)}
        assert await do.refused("addComment", viewer, **given) == (code, ["input", "replyToId"])


async def test_a_thread_keeps_any_depth_below_its_first_comment(do, scene, database):
    parent, said = None, []
    for number in range(4):
        given = {"contentId": gid(scene.news), "body": f"第{number}层", "replyToId": parent}
        said.append(await do("addComment", scene.reader, **given))
        parent = said[-1]["id"]
    rows = [await row_of(database, Comment, key_of(each)) for each in said]
    assert [row.thread_id for row in rows] == [None, *[rows[0].id] * 3]
    assert [row.reply_to_id for row in rows] == [None, *(row.id for row in rows[:3])]


async def test_the_same_sent_again_is_the_comment_that_was_written(do, scene):
    given = {"contentId": gid(scene.news), "body": "很好！"}
    first = await do("addComment", scene.reader, **given)
    assert await do("addComment", scene.reader, **given) == first
    keyed = await do("addComment", scene.reader, **given, clientKey="手机-1")
    assert keyed["id"] != first["id"]
    assert await do("addComment", scene.reader, **given, clientKey="手机-1") == keyed
    others = await do("addComment", scene.outsider, **given, clientKey="手机-1")
    assert others["content"] == {"commentCount": 3}


async def test_the_same_words_a_minute_later_are_another_comment(do, scene, database):
    given = {"contentId": gid(scene.news), "body": "很好！"}
    first = await do("addComment", scene.reader, **given)
    await older(database, key_of(first), timedelta(seconds=61))
    assert (await do("addComment", scene.reader, **given))["id"] != first["id"]


async def test_what_was_taken_back_can_be_said_again(do, scene):
    given = {"contentId": gid(scene.news), "body": "很好！"}
    first = await do("addComment", scene.reader, **given)
    await do("removeComment", scene.reader, commentId=first["id"])
    again = await do("addComment", scene.reader, **given)
    assert again["id"] != first["id"]
    assert again["content"] == {"commentCount": 1}


async def test_a_key_is_good_for_one_comment(do, scene):
    given = {"contentId": gid(scene.news), "body": "很好！", "clientKey": "k"}
    await do("addComment", scene.reader, **given)
    for other in ({"body": "不好"}, {"contentId": gid(scene.inner)}):
        refused = await do.refused("addComment", scene.reader, **(given | other))
        assert refused == ("CONFLICT", ["input", "clientKey"])


async def test_fifty_at_once_with_one_key_are_one_comment(do, scene, database):
    viewer = await do.ask.viewer(scene.reader)
    given = {"contentId": gid(scene.news), "body": "很好！", "clientKey": "k"}
    said = await asyncio.gather(*(do("addComment", viewer, **given) for _ in range(50)))
    assert len({each["id"] for each in said}) == 1
    assert await comment_count(database, scene.news) == 1


async def test_ten_a_minute_are_heard_and_no_more(do, scene, database):
    viewer = await do.ask.viewer(scene.reader)

    async def say(number: int):
        given = {"contentId": gid(scene.news), "body": f"第{number}条"}
        payload = await do.payload("addComment", viewer, **given)
        return payload["errors"][0]["code"] if payload["errors"] else None

    heard = await asyncio.gather(*(say(number) for number in range(15)))
    assert sorted(filter(None, heard)) == ["RATE_LIMITED"] * 5
    assert await comment_count(database, scene.news) == 10
    refused = await do.refused("addComment", viewer, contentId=gid(scene.inner), body="又一条")
    assert refused == ("RATE_LIMITED", [])
    await do("addComment", scene.outsider, contentId=gid(scene.news), body="另一人")
    async with database.transaction() as session:
        await session.execute(sa.update(Comment).values(created_at=now() - timedelta(minutes=1)))
    assert await say(16) is None


async def test_a_member_who_was_suspended_meanwhile_says_nothing(do, scene, database):
    viewer = await do.ask.viewer(scene.reader)
    async with database.transaction() as session:
        await suspend(session, scene.reader.id)
    given = {"contentId": gid(scene.news), "body": "很好！"}
    assert await do.refused("addComment", viewer, **given) == ("UNAUTHENTICATED", [])


async def test_a_comment_names_members_who_see_its_content(do, scene, database):
    async with building(database) as group:
        editor, expired = [await group.member(scene.other) for _ in range(2)]
        await group.grant(editor, Role.EDITOR, scene.committee)
        ended = now() - timedelta(days=1)
        await group.grant(expired, Role.EDITOR, scene.committee, expires_at=ended)
        suspended = await group.member(scene.branch)
        await suspend(group.session, suspended.id)
    named = [gid(member) for member in (scene.author, editor)]
    given = {"contentId": gid(scene.inner), "body": "请看"}
    said = await do("addComment", scene.reader, **given, mentionIds=[*named, named[0]])
    assert [each["id"] for each in said["mentions"]] == named
    for other in (scene.outsider, expired, suspended):
        given = {"contentId": gid(scene.inner), "body": "也请看"}
        given |= {"mentionIds": [named[0], gid(other)]}
        refused = await do.refused("addComment", scene.reader, **given)
        assert refused == ("INVALID", ["input", "mentionIds"])


async def test_an_author_changes_words_and_names_within_ten_minutes(do, scene, database):
    names = [gid(member) for member in (scene.author, scene.outsider)]
    given = {"contentId": gid(scene.news), "body": "很好！", "mentionIds": names[:1]}
    said = await do("addComment", scene.reader, **given)
    same = await do("editComment", scene.reader, commentId=said["id"], body=" 很好！")
    assert same == said
    edited = await do("editComment", scene.reader, commentId=said["id"], body="非常好！")
    assert (edited["body"], edited["mentions"]) == ("非常好！", said["mentions"])
    assert edited["editedAt"] is not None
    assert edited["content"] == {"commentCount": 1}
    given = {"commentId": said["id"], "body": "非常好！", "mentionIds": names[1:]}
    renamed = await do("editComment", scene.reader, **given)
    assert [each["id"] for each in renamed["mentions"]] == names[1:]
    assert (await do("editComment", scene.reader, **(given | {"mentionIds": []})))["mentions"] == []
    await older(database, key_of(said), timedelta(minutes=9, seconds=50))
    await do("editComment", scene.reader, commentId=said["id"], body="很好")
    await older(database, key_of(said), timedelta(minutes=10))
    refused = await do.refused("editComment", scene.reader, commentId=said["id"], body="不好")
    assert refused == ("CONFLICT", ["input", "commentId"])


async def test_only_the_author_changes_a_comment_and_none_that_is_removed(do, scene):
    said = await do("addComment", scene.reader, contentId=gid(scene.news), body="很好！")
    for viewer, code in (
        (None, "UNAUTHENTICATED"),
        (scene.author, "FORBIDDEN"),
        (scene.reviewer, "FORBIDDEN"),
    ):
        refused = await do.refused("editComment", viewer, commentId=said["id"], body="不好")
        assert refused[0] == code
    bad = await do.refused("editComment", scene.reader, commentId=said["id"], body="\x07")
    assert bad == ("INVALID", ["input", "body"])
    given = {"commentId": said["id"], "body": "好", "mentionIds": [global_id("Member", 1)]}
    refused = await do.refused("editComment", scene.reader, **given)
    assert refused == ("INVALID", ["input", "mentionIds"])
    await do("removeComment", scene.reader, commentId=said["id"])
    refused = await do.refused("editComment", scene.reader, commentId=said["id"], body="不好")
    assert refused == ("CONFLICT", ["input", "commentId"])


async def test_an_author_takes_a_comment_back_without_a_reason(do, scene, database):
    names = [gid(scene.author)]
    given = {"contentId": gid(scene.news), "body": "很好！", "mentionIds": names}
    said = await do("addComment", scene.reader, **given)
    gone = await do("removeComment", scene.reader, commentId=said["id"], reason="不算数")
    assert gone == SAID | {
        "id": said["id"],
        "body": "",
        "isRemoved": True,
        "removedBody": "很好！",
        "content": {"commentCount": 0},
    }
    assert await do("removeComment", scene.reader, commentId=said["id"]) == gone
    assert await comment_count(database, scene.news) == 0
    refused = await do.refused("removeComment", scene.reviewer, commentId=said["id"], reason="重复")
    assert refused == ("CONFLICT", ["input", "commentId"])
    async with database.transaction() as session:
        assert len((await session.scalars(sa.select(CommentMention))).all()) == 1


READ = """query ($id: ID!) { node(id: $id) { ... on Comment {
  body isRemoved removedBody removalReason mentions { id } } } }"""


async def test_a_moderator_removes_with_a_reason_that_the_author_reads(do, scene, database):
    said = await do("addComment", scene.reader, contentId=gid(scene.news), body="胡说")
    for reason in (None, " ", "字" * 201, "a\0"):
        given = {"commentId": said["id"], "reason": reason}
        refused = await do.refused("removeComment", scene.reviewer, **given)
        assert refused == ("INVALID", ["input", "reason"])
    gone = await do("removeComment", scene.reviewer, commentId=said["id"], reason="与主题无关")
    assert gone["content"] == {"commentCount": 0}
    told = {"body": "", "isRemoved": True, "mentions": []}
    for viewer, words in (
        (scene.reader, {"removedBody": "胡说", "removalReason": "与主题无关"}),
        (scene.reviewer, {"removedBody": "胡说", "removalReason": "与主题无关"}),
        (scene.author, {"removedBody": None, "removalReason": None}),
    ):
        assert (await do.ask(READ, viewer, id=said["id"]))["node"] == told | words
    nobodys = (await do.ask(READ, id=said["id"]))["node"]
    assert nobodys == told | {"removedBody": None, "removalReason": None}
    refused = await do.refused("removeComment", scene.reader, commentId=said["id"])
    assert refused == ("CONFLICT", ["input", "commentId"])


async def test_removing_at_once_counts_once(do, scene, database):
    async with building(database) as group:
        kept = await group.comment(scene.news, scene.reader)
        comment = await group.comment(scene.news, scene.reader)
    own, moderator = [await do.ask.viewer(who) for who in (scene.reader, scene.reviewer)]
    given = {"commentId": gid(comment)}
    await asyncio.gather(
        *(do.payload("removeComment", own, **given) for _ in range(5)),
        *(do.payload("removeComment", moderator, **given, reason="无关") for _ in range(5)),
    )
    assert await comment_count(database, scene.news) == 1
    assert (await row_of(database, Comment, kept.id)).removed_at is None
