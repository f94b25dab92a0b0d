"""A like through its door: it counts and pays, in one transaction of few statements."""

import pytest
from group import building, gid
from ledger import assert_sound, balances, lines

from app.points.models import Book
from app.visibility import Role

pytestmark = pytest.mark.anyio

LIKE = """mutation ($id: ID!) { likeContent(input: {contentId: $id}) {
  content { likeCount viewerHasLiked } errors { code } } }"""
UNLIKE = LIKE.replace("likeContent", "unlikeContent")


@pytest.fixture
async def people(database):
    async with building(database) as group:
        committee = await group.organization()
        branch = await group.organization(below=committee)
        author, fan = await group.member(branch), await group.member(branch)
        secretary = await group.member(branch)
        await group.grant(secretary, Role.SECRETARY, committee)
        items = [await group.news(author) for _ in range(5)]
    return author, fan, secretary, items


async def test_a_like_pays_once_however_often_it_is_taken_back(database, ask, people):
    _, fan, _, [item, *_] = people
    for query in (LIKE, LIKE, UNLIKE, LIKE):
        [payload] = (await ask(query, fan, id=gid(item))).values()
        assert payload["errors"] == []
    assert await lines(database, fan) == [(1, 1)]
    await assert_sound(database)


async def test_likes_pay_up_to_the_cap_and_count_beyond_it(database, ask, people):
    _, fan, _, items = people
    for item in items:
        done = (await ask(LIKE, fan, id=gid(item)))["likeContent"]
        assert done["content"] == {"likeCount": 1, "viewerHasLiked": True}
    assert await balances(database, fan) == {Book.INTERACTION: 3}


async def test_ones_own_item_and_that_of_ones_work_pay_nothing(database, ask, people):
    author, _, secretary, [item, *_] = people
    for who in (author, secretary):
        done = (await ask(LIKE, who, id=gid(item)))["likeContent"]
        assert done["content"]["viewerHasLiked"]
        assert await balances(database, who) == {}


async def test_a_like_takes_few_statements(database, ask, people):
    _, fan, secretary, [item, *_] = people
    lock = database.dialect == "postgresql"
    # Seen before and after, `viewerHasLiked`, the like itself, whom it pays, and the counter.
    unpaid = 6
    for who, statements in ((secretary, unpaid), (fan, unpaid + 3 + lock), (fan, unpaid - 2)):
        viewer = await ask.viewer(who)
        assert (await ask.statements(LIKE, viewer, id=gid(item)))[0] == statements
