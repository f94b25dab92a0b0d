"""The queue of a moderator: narrowed, paged, and nobody else's."""

import pytest
from group import building, gid
from moderating import CASE, QUEUE, queue, report

pytestmark = pytest.mark.anyio


async def test_the_queue_is_paged_narrowed_and_costs_the_same_however_long(do, scene, database):
    async with building(database) as group:
        away = await group.news(scene.reader, of=scene.other)
        comments = [await group.comment(scene.news, scene.author) for _ in range(12)]
        elsewhere = await group.comment(away, scene.author)
    for comment in (*comments, elsewhere):
        await report(do, scene.reader, comment)
    assert len(await queue(do, scene.admin)) == 13
    assert len(await queue(do, scene.reviewer)) == 12
    assert await queue(do, scene.reader) == []
    assert (await do.ask(QUEUE))["moderationQueue"]["nodes"] == []
    for organization, expected in ((scene.other, 1), (scene.general, 12), (scene.committee, 13)):
        found = await queue(do, scene.admin, organization=gid(organization))
        assert len(found) == expected
    page = (await do.ask(QUEUE, scene.admin, first=5))["moderationQueue"]
    assert [each["subject"]["id"] for each in page["nodes"]] == [gid(c) for c in comments[:5]]
    after = page["pageInfo"]["endCursor"]
    rest = (await do.ask(QUEUE, scene.admin, first=50, after=after))["moderationQueue"]
    found = [each["subject"]["id"] for each in rest["nodes"]]
    assert found == [gid(each) for each in (*comments[5:], elsewhere)]
    assert rest["pageInfo"]["hasNextPage"] is False
    viewer = await do.ask.viewer(scene.admin)
    counted = [(await do.ask.statements(QUEUE, viewer, first=first))[0] for first in (2, 12)]
    # Cases; their comments, authors, reports; and who reported.
    assert counted == [5, 5]


async def test_a_case_is_seen_by_its_moderators_alone(do, scene, database):
    async with building(database) as group:
        inner = await group.news(scene.reader, audience=f"org:{scene.branch.id}")
        comment = await group.comment(inner, scene.author, "内部的话")
    await report(do, scene.reader, comment)
    # A secretary above is not in the audience, and decides all the same.
    [case] = await queue(do, scene.secretary)
    assert (case["subject"], case["text"]) == (None, "内部的话")
    for viewer in (scene.author, scene.reader, scene.outsider):
        assert (await do.ask(CASE, viewer, id=case["id"]))["node"] is None
    await do("decideCase", scene.secretary, caseId=case["id"], decision="KEEP")
