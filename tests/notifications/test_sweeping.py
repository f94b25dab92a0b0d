"""What members were told long ago is forgotten, and nothing else is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building
from snapshots import counted

from app.database.columns import now
from app.notifications import sweeping
from app.notifications.actions import mark_all_read, notify
from app.notifications.models import Notification, NotificationActor, NotificationKind
from app.notifications.rules import READ_STANDS, UNREAD_STANDS
from app.notifications.sweeping import sweep
from app.subjects import Subject, SubjectKind
from app.worker import Worker

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def pair(database):
    """Who is told, and of whom."""
    async with building(database) as group:
        branch = await group.organization()
        return await group.member(branch), await group.member(branch)


async def tell(session, pair, subject, ago):
    to, by = pair
    about = Subject(SubjectKind.CONTENT, subject)
    kind = NotificationKind.COMMENTED
    await notify(session, kind, [to.id], subject=about, actor_id=by.id, at=now() - ago)


async def left(database):
    """What is left, by subject."""
    async with database.transaction() as session:
        kept = sa.select(Notification.subject_id).order_by(Notification.subject_id)
        return list(await session.scalars(kept))


async def test_what_was_read_goes_after_half_a_year_and_the_rest_after_one(database, pair):
    async with database.transaction() as session:
        for subject, ago in (
            (1, UNREAD_STANDS),
            (2, READ_STANDS + MINUTE),
            (3, READ_STANDS - MINUTE),
        ):
            await tell(session, pair, subject, ago)
        await mark_all_read(session, pair[0].id)
        for subject, ago in ((4, UNREAD_STANDS + MINUTE), (5, UNREAD_STANDS - MINUTE), (6, MINUTE)):
            await tell(session, pair, subject, ago)
    async with database.transaction() as session:
        await sweep(session)
    assert await left(database) == [3, 5, 6]
    assert await counted(database, NotificationActor) == 3


async def test_what_began_long_ago_and_still_grows_stays(database, pair):
    async with database.transaction() as session:
        await tell(session, pair, 1, 2 * UNREAD_STANDS)
        await tell(session, pair, 1, MINUTE)
        await sweep(session)
    assert await left(database) == [1]


async def test_many_go_a_few_at_a_time(database, pair, monkeypatch):
    monkeypatch.setattr(sweeping, "_AT_ONCE", 2)
    async with database.transaction() as session:
        for subject in range(5):
            await tell(session, pair, subject, 2 * UNREAD_STANDS)
    async with database.transaction() as session:
        await sweep(session)
    assert await left(database) == []


async def test_the_worker_sweeps(platform, database, pair):
    async with database.transaction() as session:
        await tell(session, pair, 1, 2 * UNREAD_STANDS)
    await Worker(platform)._keep_house()
    assert await left(database) == []
