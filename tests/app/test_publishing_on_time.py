"""What is scheduled is published by the worker: at its time, once, and found."""

import asyncio
from datetime import timedelta

import pytest
from group import building, gid

from app.content import editorial, revisions
from app.content.models import Content, ContentStatus
from app.database.columns import now
from app.jobs import JobState, counts
from app.visibility import Role
from app.worker import Worker

pytestmark = pytest.mark.anyio


@pytest.fixture
async def planned(database, ask, edit):
    """A news item that is to be published in an hour, and who may read it."""
    async with building(database) as group:
        branch = await group.organization()
        author, reviewer = [await group.member(branch) for _ in range(2)]
        await group.grant(reviewer, Role.REVIEWER, branch)
        news = await group.news(author, status=ContentStatus.IN_REVIEW)
    at = (now() + timedelta(hours=1)).isoformat()
    done = await edit("publishContent", await ask.viewer(reviewer), contentId=gid(news), at=at)
    assert done["status"] == "SCHEDULED"
    return news, await ask.viewer(reviewer)


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock of what is due."""

    def set_to(later):
        for module in (editorial, revisions):
            monkeypatch.setattr(module, "now", lambda: now() + later)

    return set_to


async def _status(database, news):
    async with database.transaction() as session:
        return (await session.get_one(Content, news.id)).status


async def test_nothing_is_published_before_its_time_and_all_of_it_then(
    database, platform, planned, clock
):
    news, _ = planned
    worker = Worker(platform)
    await worker._publish_due()
    assert await _status(database, news) is ContentStatus.SCHEDULED
    clock(timedelta(minutes=59, seconds=59))
    await worker._publish_due()
    assert await _status(database, news) is ContentStatus.SCHEDULED
    clock(timedelta(hours=1, seconds=1))
    await worker._publish_due()
    assert await _status(database, news) is ContentStatus.PUBLISHED
    assert (await counts(database))[JobState.WAITING] == 1


async def test_two_workers_publish_once(database, platform, planned, clock, ask):
    news, _ = planned
    clock(timedelta(hours=2))
    await asyncio.gather(*(Worker(platform)._publish_due() for _ in range(2)))
    await Worker(platform)._publish_due()
    assert await _status(database, news) is ContentStatus.PUBLISHED
    assert (await counts(database))[JobState.WAITING] == 1


async def test_a_change_or_a_return_takes_it_off_the_plan(database, platform, planned, clock, edit):
    news, reviewer = planned
    await edit("returnContent", reviewer, contentId=gid(news), reason="时机不合适")
    clock(timedelta(hours=2))
    await Worker(platform)._publish_due()
    assert await _status(database, news) is ContentStatus.DRAFT


async def test_a_step_of_the_worker_publishes_what_is_due(database, platform, planned, clock):
    news, _ = planned
    clock(timedelta(hours=2))
    worker = Worker(platform)
    worker._woken.set()
    await worker._step()
    assert await _status(database, news) is ContentStatus.PUBLISHED


async def test_an_idle_worker_asks_once_and_writes_nothing(database, platform):
    before = database.statements
    await Worker(platform)._publish_due()
    assert database.statements - before == 1
