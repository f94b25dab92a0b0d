"""Editors begin and change contents: what is kept, what is refused, and two at once."""

import asyncio

import pytest
from editing import NEWS
from group import building, gid, global_id

from app.visibility import Role

pytestmark = pytest.mark.anyio

_TEXT = """draft { number state author { id } text { title summary body tags sourceName sourceUrl
  cover { id } gallery { id } organization { id } audience { scope organization { id } } } }"""


@pytest.fixture
async def branch(database):
    async with building(database) as group:
        root = await group.organization()
        return await group.organization(below=root)


@pytest.fixture
async def editor(database, ask, branch):
    async with building(database) as group:
        member = await group.member(branch)
        await group.grant(member, Role.EDITOR, branch)
    return await ask.viewer(member)


async def test_a_news_item_begins_as_a_draft_with_all_that_was_written(
    database, edit, branch, editor
):
    async with building(database) as group:
        cover, first, second = [await group.image(owner_id=editor.member_id) for _ in range(3)]
    made = await edit(
        "createNewsItem",
        editor,
        **NEWS | {"title": "  检修完成 "},
        coverId=gid(cover),
        galleryIds=[gid(second), gid(first)],
        tags=["安全", "生产"],
        sourceName="厂报",
        sourceUrl="https://news.example/1",
        audience={"scope": "EVERYONE"},
    )
    assert (made["kind"], made["status"], made["publishedAt"]) == ("NEWS", "DRAFT", None)
    assert await edit.shown(made["id"], editor, fields=_TEXT) == {
        "draft": {
            "number": 1,
            "state": "WORKING",
            "author": {"id": global_id("Member", editor.member_id)},
            "text": {
                **NEWS,
                "tags": ["安全", "生产"],
                "sourceName": "厂报",
                "sourceUrl": "https://news.example/1",
                "cover": {"id": gid(cover)},
                "gallery": [{"id": gid(second)}, {"id": gid(first)}],
                "organization": {"id": gid(branch)},
                "audience": {"scope": "EVERYONE", "organization": None},
            },
        }
    }
    assert await edit.shown(made["id"]) is None


async def test_what_names_nobody_is_for_the_organization_and_all_below(edit, branch, editor):
    made = await edit("createNewsItem", editor, **NEWS)
    assert made["audience"] == {"scope": "SUBTREE", "organization": {"id": gid(branch)}}


async def test_each_kind_keeps_what_it_adds(database, edit, branch, editor):
    async with building(database) as group:
        video, column = await group.video(owner_id=editor.member_id), await group.column(branch)
    lecture = await edit(
        "createMicroLecture", editor, **NEWS, lecturer="李老师", videoId=gid(video)
    )
    fields = "... on MicroLecture { lecturer durationSeconds video { id } }"
    assert await edit.shown(lecture["id"], editor, fields=fields) == {
        "lecturer": "李老师",
        "durationSeconds": 62,
        "video": {"id": gid(video)},
    }
    times = {"startsAt": "2026-05-01T01:00:00+00:00", "endsAt": "2026-05-01T02:00:00+00:00"}
    live = await edit(
        "createLiveStream", editor, **NEWS, streamUrl="https://live.example/1", **times
    )
    fields = "... on LiveStream { streamUrl startsAt endsAt }"
    assert await edit.shown(live["id"], editor, fields=fields) == {
        "streamUrl": "https://live.example/1",
        **times,
    }
    entry = await edit("createShowcaseEntry", editor, **NEWS, columnId=gid(column))
    fields = "... on ShowcaseEntry { column { id } isPinned }"
    assert await edit.shown(entry["id"], editor, fields=fields) == {
        "column": {"id": gid(column)},
        "isPinned": False,
    }


async def test_an_update_changes_what_it_names_and_nothing_else(database, edit, editor):
    made = await edit.news(editor, tags=["安全"], sourceName="厂报")
    changed = await edit(
        "updateNewsItem", editor, id=made, version=1, title="检修提前完成", sourceName=None
    )
    assert (changed["title"], changed["draft"]["number"]) == ("检修提前完成", 2)
    text = (await edit.shown(made, editor, fields=_TEXT))["draft"]["text"]
    assert (text["title"], text["body"], text["tags"]) == ("检修提前完成", NEWS["body"], ["安全"])
    assert text["sourceName"] is None
    assert (await edit.shown(made, editor, fields="tags bodyHtml")) == {
        "tags": ["安全"],
        "bodyHtml": "<p>三号机组<strong>并网</strong>。</p>\n",
    }


async def test_an_update_that_changes_nothing_is_no_revision(edit, editor):
    made = await edit.news(editor)
    same = await edit("updateNewsItem", editor, id=made, version=1, title=NEWS["title"])
    assert same["draft"]["number"] == 1


async def test_a_stale_edit_is_a_conflict_and_loses_nothing(edit, editor):
    made = await edit.news(editor)
    await edit("updateNewsItem", editor, id=made, version=1, title="甲的标题")
    stale = {"id": made, "version": 1, "title": "乙的标题"}
    assert await edit.refused("updateNewsItem", editor, **stale) == [
        ("CONFLICT", "input", "version")
    ]
    assert (await edit.shown(made, editor))["title"] == "甲的标题"


async def test_of_two_editors_at_once_one_is_refused(edit, editor):
    made = await edit.news(editor)
    both = [
        edit("updateNewsItem", editor, id=made, version=1, title=title) for title in ("甲", "乙")
    ]
    found = await asyncio.gather(*both)
    [won] = [one for one in found if isinstance(one, dict)]
    [lost] = [one for one in found if isinstance(one, list)]
    assert lost[0]["code"] == "CONFLICT"
    assert (await edit.shown(made, editor))["title"] == won["title"]
    assert won["draft"]["number"] == 2


async def test_revisions_tell_who_changed_what(database, ask, edit, branch, editor):
    async with building(database) as group:
        other = await group.member(branch)
        await group.grant(other, Role.ADMIN, branch)
        reader = await group.member(branch)
    second = await ask.viewer(other)
    made = await edit.news(editor, audience={"scope": "ORGANIZATION"})
    await edit(
        "updateNewsItem", second, id=made, version=1, body="三号机组**停机**。", tags=["安全"]
    )
    query = """revisions(first: 5) { pageInfo { hasNextPage } nodes { number state author { id }
      changes { field before after diff } } }"""
    found = (await edit.shown(made, editor, fields=query))["revisions"]["nodes"]
    assert [(one["number"], one["state"], one["author"]["id"]) for one in found] == [
        (2, "WORKING", gid(other)),
        (1, "SUPERSEDED", global_id("Member", editor.member_id)),
    ]
    assert found[0]["changes"] == [
        {
            "field": "body",
            "before": None,
            "after": None,
            "diff": "@@ -1 +1 @@\n-三号机组**并网**。\n+三号机组**停机**。",
        },
        {"field": "tags", "before": "", "after": "安全", "diff": None},
    ]
    first = {change["field"]: change["after"] for change in found[1]["changes"]}
    assert first["audience"] == f"ORGANIZATION {gid(branch)}"
    assert first["organizationId"] == gid(branch)
    assert await edit.shown(made, reader, fields=query) is None


async def test_readers_of_a_published_content_see_none_of_its_making(database, edit, branch):
    async with building(database) as group:
        author, reader = await group.member(branch), await group.member(branch)
        news = await group.news(author)
    fields = "draft { number } revisions { nodes { number } } problems { code }"
    assert await edit.shown(news, reader, fields=fields) == {
        "draft": None,
        "revisions": {"nodes": []},
        "problems": [],
    }
    mine = await edit.shown(news, author, fields=fields)
    assert (mine["draft"], mine["revisions"]["nodes"]) == ({"number": 1}, [{"number": 1}])


async def test_revisions_page_from_the_newest_in_statements_that_do_not_grow(
    database, ask, edit, editor
):
    made = await edit.news(editor)
    for number in range(1, 12):
        await edit("updateNewsItem", editor, id=made, version=number, title=f"第{number}题")
    query = """query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Content {
      revisions(first: $first, after: $after) { nodes { number author { id } text { title }
      changes { field } } pageInfo { endCursor hasNextPage } } } } }"""
    counted = [(await ask.statements(query, editor, id=made, first=first))[0] for first in (2, 12)]
    assert counted == [4, 4]
    seen, after = [], None
    while True:
        page = (await ask(query, editor, id=made, first=5, after=after))["node"]["revisions"]
        seen += [one["number"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == list(range(12, 0, -1))


_BAD = [
    ({"title": ""}, "title"),
    ({"title": "题" * 121}, "title"),
    ({"title": "一\n二"}, "title"),
    ({"title": "一\0二"}, "title"),
    ({"title": None}, "title"),
    ({"summary": "摘" * 401}, "summary"),
    ({"body": "正" * 60_001}, "body"),
    ({"body": "一\0二"}, "body"),
    ({"body": "![" * 30_000}, "body"),
    ({"tags": ["安全", "安全"]}, "tags"),
    ({"tags": ["标" * 41]}, "tags"),
    ({"tags": [f"标签{n}" for n in range(11)]}, "tags"),
    ({"coverId": global_id("Image", 5)}, "coverId"),
    ({"coverId": global_id("Member", 5)}, "coverId"),
    ({"galleryIds": [global_id("Image", 5)]}, "galleryIds"),
    ({"sourceUrl": "javascript:alert(1)"}, "sourceUrl"),
    ({"sourceUrl": "https://"}, "sourceUrl"),
    ({"sourceUrl": "https://[bad"}, "sourceUrl"),
    ({"sourceUrl": "https://a.example/一 二"}, "sourceUrl"),
    ({"sourceName": "源" * 121}, "sourceName"),
    ({"organizationId": global_id("Organization", 5)}, "organizationId"),
    (
        {"audience": {"scope": "SUBTREE", "organizationId": global_id("Organization", 5)}},
        "audience",
    ),
]


async def test_what_cannot_be_kept_is_refused_by_name_and_changes_nothing(edit, editor):
    made = await edit.news(editor)
    for wrong, field in _BAD:
        if None not in wrong.values():
            [(code, *path)] = await edit.refused("createNewsItem", editor, **NEWS | wrong)
            assert (wrong, code, path[:2]) == (wrong, "INVALID", ["input", field])
        [(code, *path)] = await edit.refused("updateNewsItem", editor, id=made, version=1, **wrong)
        assert (wrong, code, path[:2]) == (wrong, "INVALID", ["input", field])
    mine = await edit.ask("{ myContents { nodes { id draft { number } } } }", editor)
    assert mine["myContents"]["nodes"] == [{"id": made, "draft": {"number": 1}}]


async def test_pictures_of_others_are_not_ones_own_to_use(database, edit, branch, editor):
    async with building(database) as group:
        other = await group.member(branch)
        theirs, hidden = await group.image(owner_id=other.id), await group.image()
        elsewhere = await group.organization()
        await group.news(other, of=elsewhere, cover=hidden, audience=f"org:{elsewhere.id}")
        shown = await group.image()
        await group.news(other, cover=shown)
    for image in (theirs, hidden):
        assert await edit.refused("createNewsItem", editor, **NEWS, coverId=gid(image)) == [
            ("INVALID", "input", "coverId")
        ]
    assert isinstance(await edit("createNewsItem", editor, **NEWS, coverId=gid(shown)), dict)


async def test_a_picture_that_is_there_already_may_stay(database, ask, edit, branch, editor):
    async with building(database) as group:
        colleague = await group.member(branch)
        await group.grant(colleague, Role.EDITOR, branch)
        cover = await group.image(owner_id=colleague.id)
    made = await edit.news(await ask.viewer(colleague), coverId=gid(cover))
    given = {"id": made, "version": 1, "title": "新的标题", "coverId": gid(cover)}
    assert (await edit("updateNewsItem", editor, **given))["title"] == "新的标题"


async def test_a_column_is_of_the_organization_or_above(database, edit, branch, editor):
    async with building(database) as group:
        beside = await group.organization()
        theirs, hidden = await group.column(beside), await group.column(branch, audience="org:1")
    refused = ("INVALID", "input", "columnId")
    given = {**NEWS, "columnId": gid(theirs)}
    assert await edit.refused("createShowcaseEntry", editor, **given) == [refused]
    given["columnId"] = global_id("ShowcaseColumn", 5)
    assert await edit.refused("createShowcaseEntry", editor, **given) == [refused]
    given["columnId"] = gid(hidden)
    assert isinstance(await edit("createShowcaseEntry", editor, **given), dict)


async def test_times_of_a_stream_have_a_zone_and_an_order(edit, editor):
    given = {**NEWS, "streamUrl": "https://live.example/1"}
    naive = {"startsAt": "2026-05-01T09:00:00"}
    assert await edit.refused("createLiveStream", editor, **given, **naive) == [
        ("INVALID", "input", "startsAt")
    ]
    times = {"startsAt": "2026-05-01T09:00:00Z", "endsAt": "2026-05-01T09:00:00Z"}
    assert await edit.refused("createLiveStream", editor, **given, **times) == [
        ("INVALID", "input", "endsAt")
    ]


async def test_another_kind_of_id_is_refused(database, edit, branch, editor):
    async with building(database) as group:
        live = await group.live(await group.member(branch))
    given = {"id": gid(live), "version": 1, "title": "新的标题"}
    assert await edit.refused("updateNewsItem", editor, **given) == [("INVALID", "input", "id")]


async def test_a_draft_may_move_where_its_editor_writes_a_published_item_not(
    database, ask, edit, branch
):
    async with building(database) as group:
        other = await group.organization(below=branch)
        author = await group.member(branch)
        await group.grant(author, Role.EDITOR, branch)
        news = await group.news(author)
    viewer, to = await ask.viewer(author), {"organizationId": gid(other)}
    made = await edit.news(viewer)
    moved = await edit("updateNewsItem", viewer, id=made, version=1, **to)
    assert moved["draft"]["number"] == 2
    organization = await edit.shown(made, viewer, fields="organization { id }")
    assert organization == {"organization": {"id": gid(other)}}
    assert await edit.refused("updateNewsItem", viewer, id=gid(news), version=1, **to) == [
        ("CONFLICT", "input", "organizationId")
    ]
