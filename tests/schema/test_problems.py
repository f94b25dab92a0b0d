"""What stands against publishing: told beforehand, and refused at publishing where it must be."""

import pytest
from editing import NEWS
from group import building, gid
from regulations import bring

from app.content.markdown import to_html
from app.content.models import ContentKind
from app.content.problems import Media, problems_of
from app.content.wording import Wording
from app.uploads.models import MediaState, VideoTrack
from app.visibility import Role

pytestmark = pytest.mark.anyio

PROBLEMS = "problems { code severity message field }"
_FINE = Wording("检修完成", "三号机组并网", "正文", 1, "public")


def found(kind=ContentKind.NEWS, **said):
    wording = _FINE._replace(**said)
    problems = problems_of(kind, wording, to_html(wording.body), Media({}, {}))
    return [
        f"{one.severity[0]} {one.code} {one.field}" for one in problems if one.field != "coverId"
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, []),
        ({"title": "题" * 60}, []),
        ({"title": "题" * 61}, ["W TITLE_TOO_LONG title"]),
        ({"summary": ""}, ["W SUMMARY_MISSING summary"]),
        ({"summary": "摘" * 201}, ["W SUMMARY_TOO_LONG summary"]),
        ({"body": " \n"}, ["E BODY_MISSING body"]),
        ({"body": "[见](https://a.example/1) [信](mailto:a@a.example)"}, []),
        ({"body": "[见](https://)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "[见](page.html)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "[见](ftp://a.example/1)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "[见](https://[1)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "![图](https://a.example/1.png) ![图](/media/image/1/640.webp)"}, []),
        ({"body": "![](https://a.example/1.png)"}, ["E ALT_MISSING body"]),
        ({"body": "![图](1.png)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "![图](/other/1.png)"}, ["E ADDRESS_INVALID body"]),
        ({"body": "`[见](https://)`"}, []),
    ],
)
def test_each_problem_has_its_severity_and_field(said, expected):
    assert found(**said) == expected


def test_kinds_miss_what_is_theirs():
    assert found(ContentKind.LIVE_STREAM, body="") == []
    assert found(ContentKind.MICRO_LECTURE, body="") == ["W VIDEO_MISSING videoId"]
    assert found(ContentKind.SHOWCASE, body="") == ["E BODY_MISSING body"]


@pytest.fixture
async def people(database, ask):
    async with building(database) as group:
        branch = await group.organization()
        editor, reviewer = [await group.member(branch) for _ in range(2)]
        await group.grant(editor, Role.EDITOR, branch)
        await group.grant(reviewer, Role.REVIEWER, branch)
    return await ask.viewer(editor), await ask.viewer(reviewer)


async def test_what_must_be_mended_is_refused_at_publishing_all_of_it(database, edit, people):
    editor, reviewer = people
    async with building(database) as group:
        blurred = await group.image(state=MediaState.PROCESSING, owner_id=editor.member_id)
    body = "![](https://a.example/1.png) [见](https://)"
    made = await edit.news(editor, coverId=gid(blurred))
    await edit("updateNewsItem", editor, id=made, version=1, body=body)
    await edit("submitContent", editor, contentId=made)
    told = (await edit.shown(made, editor, fields=PROBLEMS))["problems"]
    errors = [one for one in told if one["severity"] == "ERROR"]
    assert [(one["code"], one["field"]) for one in errors] == [
        ("MEDIA_NOT_READY", "coverId"),
        ("ADDRESS_INVALID", "body"),
        ("ALT_MISSING", "body"),
    ]
    refused = await edit("publishContent", reviewer, contentId=made)
    assert refused == [
        {"code": "INVALID", "message": one["message"], "path": [one["field"]]} for one in errors
    ]
    assert (await edit.shown(made, editor, fields="status"))["status"] == "IN_REVIEW"
    await edit("updateNewsItem", editor, id=made, version=2, body="正文", coverId=None)
    await edit("submitContent", editor, contentId=made)
    assert (await edit("publishContent", reviewer, contentId=made))["status"] == "PUBLISHED"


async def test_pictures_without_words_and_no_cover_are_but_warned_of(database, edit, people):
    editor, _ = people
    async with building(database) as group:
        mute = await group.image(alt=" ", owner_id=editor.member_id)
    bare = await edit.news(editor)
    told = (await edit.shown(bare, editor, fields=PROBLEMS))["problems"]
    assert [(one["code"], one["severity"]) for one in told] == [("COVER_MISSING", "WARNING")]
    made = await edit.news(editor, coverId=gid(mute), galleryIds=[gid(mute)])
    told = (await edit.shown(made, editor, fields=PROBLEMS))["problems"]
    assert {(one["code"], one["severity"]) for one in told} == {("ALT_MISSING", "WARNING")}


async def test_a_video_without_captions_is_warned_of(database, edit, people):
    editor, _ = people
    async with building(database) as group:
        mute, told = [await group.video(owner_id=editor.member_id) for _ in range(2)]
        track = {"language": "zh", "label": "中文", "object_name": "zh.vtt"}
        group.session.add(VideoTrack(video_id=told.id, **track))
    for video, expected in ((mute, ["CAPTIONS_MISSING"]), (told, [])):
        given = NEWS | {"lecturer": "李老师", "videoId": gid(video)}
        made = (await edit("createMicroLecture", editor, **given))["id"]
        found = (await edit.shown(made, editor, fields=PROBLEMS))["problems"]
        of_video = [one for one in found if one["field"] == "videoId"]
        assert [one["code"] for one in of_video] == expected
        assert {one["severity"] for one in of_video} <= {"WARNING"}


async def test_citations_that_lead_nowhere_are_warned_of(database, edit, people):
    editor, _ = people
    await bring(database, "伞具借用办法", "雨伞可借三日。", "按时归还。")
    await bring(database, "旧伞具办法", "雨伞可借一日。", lines=["2024年1月1日 废止"])
    body = (
        "依照《伞具借用办法》第二条和第九条、《旧伞具办法》第一条、《没有的办法》第三条办理，"
        "并读《旧伞具办法》与《红楼梦》。"
    )
    made = await edit.news(editor, body=body)
    told = (await edit.shown(made, editor, fields=PROBLEMS))["problems"]
    assert [(one["code"], one["message"], one["severity"]) for one in told[1:]] == [
        ("ARTICLE_UNKNOWN", "法规库中没有《伞具借用办法》第九条", "WARNING"),
        ("ARTICLE_REPEALED", "引用的《旧伞具办法》第一条已废止", "WARNING"),
        ("ARTICLE_UNKNOWN", "法规库中没有《没有的办法》第三条", "WARNING"),
        ("ARTICLE_REPEALED", "引用的《旧伞具办法》已废止", "WARNING"),
    ]


async def test_problems_of_many_are_statements_that_do_not_grow(database, ask, edit, people):
    editor, _ = people
    async with building(database) as group:
        cover = await group.image(owner_id=editor.member_id)
    for _ in range(5):
        await edit.news(editor, coverId=gid(cover), body="依照《伞具借用办法》第二条办理。")
    query = "query ($first: Int) { myContents(first: $first) { nodes { problems { code } } } }"
    counted = [(await ask.statements(query, editor, first=first))[0] for first in (1, 5)]
    assert counted == [5, 5]
