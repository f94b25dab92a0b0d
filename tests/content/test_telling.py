"""Who is told of a content's steps: reviewers that it waits, writers what became of it."""

from datetime import timedelta

import pytest
from consequences import key_of, told
from group import building, gid

from app.content import editorial
from app.database.columns import now
from app.visibility import Role

pytestmark = pytest.mark.anyio


class House:
    """A branch below a root, and who writes and decides there; attributes are members' names."""


@pytest.fixture
async def house(database):
    made = House()
    async with building(database) as group:
        made.root = await group.organization()
        made.branch = await group.organization(below=made.root)
        for name, role, on in (
            ("editor", Role.EDITOR, made.branch),
            ("mate", Role.EDITOR, made.branch),
            ("reviewer", Role.REVIEWER, made.branch),
            ("admin", Role.ADMIN, made.branch),
            ("secretary", Role.SECRETARY, made.branch),
            ("chief", Role.REVIEWER, made.root),
        ):
            member = await group.member(made.branch, name)
            setattr(made, name, member)
            await group.grant(member, role, on)
    return made


async def _by_two(edit, house):
    """The id of a news item that an editor began and another mended."""
    made = await edit.news(house.editor)
    await edit("updateNewsItem", house.mate, id=made, version=1, title="同事改过")
    await edit("submitContent", house.mate, contentId=made)
    return made


async def test_what_is_submitted_asks_those_of_the_nearest_tier_who_may_publish(
    database, edit, house
):
    made = await edit.submitted(house.editor)
    assert await told(database) == {
        ("reviewer", "REVIEW_ASKED", key_of(made), 1, ""),
        ("admin", "REVIEW_ASKED", key_of(made), 1, ""),
    }


async def test_nobody_is_asked_about_what_they_wrote(database, edit, house):
    made = await edit.news(house.editor)
    await edit("updateNewsItem", house.admin, id=made, version=1, title="管理员改过")
    await edit("submitContent", house.editor, contentId=made)
    assert await told(database) == {("reviewer", "REVIEW_ASKED", key_of(made), 1, "")}


async def test_where_all_deciders_of_a_tier_wrote_it_the_one_above_is_asked(database, edit, house):
    async with building(database) as group:
        await group.grant(house.reviewer, Role.EDITOR, house.branch)
    made = await edit.news(house.admin)
    await edit("updateNewsItem", house.reviewer, id=made, version=1, title="审核人改过")
    await edit("submitContent", house.admin, contentId=made)
    assert await told(database) == {("chief", "REVIEW_ASKED", key_of(made), 1, "")}


async def test_what_is_meant_for_more_asks_those_above(database, edit, house):
    wider = {"scope": "SUBTREE", "organizationId": gid(house.root)}
    made = await edit.submitted(house.editor, audience=wider)
    assert await told(database) == {("chief", "REVIEW_ASKED", key_of(made), 1, "")}


async def test_a_return_tells_all_who_wrote_and_why(database, edit, house):
    made = await _by_two(edit, house)
    before = await told(database)
    await edit("returnContent", house.reviewer, contentId=made, reason="请补充出处")
    assert await told(database) - before == {
        ("editor", "RETURNED", key_of(made), 1, "请补充出处"),
        ("mate", "RETURNED", key_of(made), 1, "请补充出处"),
    }


async def test_what_is_published_tells_all_who_wrote_it(database, edit, house):
    made = await _by_two(edit, house)
    before = await told(database)
    await edit("publishContent", house.reviewer, contentId=made)
    assert await told(database) - before == {
        ("editor", "PUBLISHED", key_of(made), 1, ""),
        ("mate", "PUBLISHED", key_of(made), 1, ""),
    }


async def test_what_is_scheduled_tells_the_same_when_its_hour_has_come_and_once(
    database, edit, house, monkeypatch
):
    made = await _by_two(edit, house)
    before = await told(database)
    at = (now() + timedelta(hours=1)).isoformat()
    await edit("publishContent", house.reviewer, contentId=made, at=at)
    assert await told(database) == before
    monkeypatch.setattr(editorial, "now", lambda: now() + timedelta(hours=2))
    for published in ([key_of(made)], []):
        async with database.transaction() as session:
            assert await editorial.publish_due(session) == published
    assert await told(database) - before == {
        ("editor", "PUBLISHED", key_of(made), 1, ""),
        ("mate", "PUBLISHED", key_of(made), 1, ""),
    }


async def test_a_recommendation_asks_those_above(database, edit, house):
    made = await edit.submitted(house.editor)
    await edit("publishContent", house.reviewer, contentId=made)
    before = await told(database)
    wider = {"scope": "SUBTREE", "organizationId": gid(house.root)}
    await edit("recommendContent", house.reviewer, contentId=made, audience=wider)
    assert await told(database) - before == {("chief", "RECOMMENDED", key_of(made), 1, "")}


async def test_what_is_refused_tells_nobody(database, edit, house):
    made = await edit.news(house.editor)
    await edit.refused("publishContent", house.reviewer, contentId=made)
    await edit.refused("submitContent", house.secretary, contentId=made)
    await edit.submitted(house.editor)
    before = await told(database)
    await edit.refused("returnContent", house.reviewer, contentId=made, reason="理由")
    assert await told(database) == before
