"""Counters equal their rows; where they do not, reconciling says so and mends them."""

import pytest
import sqlalchemy as sa
from group import building, viewer_of

from app.content.models import Content
from app.engagement.views import view
from app.reconciling import reconcile_counters
from app.sharing.actions import share
from app.sharing.models import ShareChannel

pytestmark = pytest.mark.anyio

RIGHT = {"like_count": 0, "comment_count": 0, "share_count": 0, "view_count": 0}
COUNTERS = ("comment_count", "like_count", "share_count", "view_count")
KEPT = [(3, 0, 0, 0), (0, 2, 1, 1), (0, 0, 0, 0)]


@pytest.fixture
async def contents(database):
    """One with three comments that stand, a held and a removed one; one with likes, opened once
    and shared by one member twice; one bare."""
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
    viewer = await viewer_of(database, reader)
    async with database.transaction() as session:
        await view(session, viewer, liked.id)
        for channel in (ShareChannel.WECHAT, ShareChannel.EMAIL):
            await share(session, viewer, liked.id, channel)
    return discussed, liked, bare


async def counters(database):
    async with database.transaction() as session:
        table = Content.__table__
        found = await session.execute(
            sa.select(*(table.c[name] for name in COUNTERS)).order_by(table.c.id)
        )
        return [tuple(row) for row in found]


async def test_deeds_leave_nothing_to_mend(database, contents):
    assert await counters(database) == KEPT
    assert await reconcile_counters(database) == RIGHT
    assert await counters(database) == KEPT


async def test_a_counter_that_is_off_is_told_and_mended(database, contents):
    discussed, liked, bare = contents
    async with database.transaction() as session:
        for content, wrong in (
            (discussed, {"comment_count": 7}),
            (liked, {"like_count": 0, "comment_count": -1}),
            (bare, {"like_count": 1, "share_count": 2, "view_count": 3}),
        ):
            await session.execute(sa.update(Content).where(Content.id == content.id).values(wrong))
    wrong = {"like_count": 2, "comment_count": 2, "share_count": 1, "view_count": 1}
    assert await reconcile_counters(database) == wrong
    assert await counters(database) == KEPT
    assert await reconcile_counters(database) == RIGHT
