"""Counters equal their rows; where they do not, reconciling says so and mends them."""

import pytest
import sqlalchemy as sa
from group import building

from app.content.models import Content
from app.engagement.reconciling import reconcile_counters

pytestmark = pytest.mark.anyio

RIGHT = {"like_count": 0, "comment_count": 0}


@pytest.fixture
async def contents(database):
    """One with three comments that stand, a held and a removed one; one with likes; one bare."""
    async with building(database) as group:
        branch = await group.organization()
        author, reader = [await group.member(branch) for _ in range(2)]
        discussed, liked, bare = [await group.news(author) for _ in range(3)]
        first = await group.comment(discussed, author)
        await group.comment(discussed, reader, reply_to=first)
        await group.comment(discussed, reader)
        await group.comment(discussed, reader, held=True)
        await group.comment(discussed, reader, removed=True)
        for member in (author, reader):
            await group.like(liked, member)
    return discussed, liked, bare


async def counters(database):
    async with database.transaction() as session:
        table = Content.__table__
        found = await session.execute(
            sa.select(table.c.comment_count, table.c.like_count).order_by(table.c.id)
        )
        return [tuple(row) for row in found]


async def test_deeds_leave_nothing_to_mend(database, contents):
    assert await counters(database) == [(3, 0), (0, 2), (0, 0)]
    assert await reconcile_counters(database) == RIGHT
    assert await counters(database) == [(3, 0), (0, 2), (0, 0)]


async def test_a_counter_that_is_off_is_told_and_mended(database, contents):
    discussed, liked, bare = contents
    async with database.transaction() as session:
        for content, wrong in (
            (discussed, {"comment_count": 7}),
            (liked, {"like_count": 0, "comment_count": -1}),
            (bare, {"like_count": 1}),
        ):
            await session.execute(sa.update(Content).where(Content.id == content.id).values(wrong))
    assert await reconcile_counters(database) == {"like_count": 2, "comment_count": 2}
    assert await counters(database) == [(3, 0), (0, 2), (0, 0)]
    assert await reconcile_counters(database) == RIGHT
