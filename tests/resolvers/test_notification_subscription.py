"""A member's subscription tells what comes, what grows, and what quiet hours held back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building
from live import Clock, impatient, platform_on, subscribed

from app.database import Database
from app.database.columns import now
from app.members import sessions as sessions_module
from app.members.models import LoginSession
from app.notifications import actions as notification_actions
from app.notifications.actions import mark_all_read, notify
from app.notifications.models import NotificationKind as Kind
from app.subjects import Subject, SubjectKind
from resolvers import notification_watch, watching

pytestmark = pytest.mark.anyio

ON_NOTIFICATION = """subscription { notificationAdded {
  notification { id kind message count } unreadNotificationCount } }"""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Nothing is believed for long."""
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)


@pytest.fixture
def platform(platform):
    return impatient(platform)


@pytest.fixture
async def reader(database):
    async with building(database) as group:
        return await group.member(await group.organization(), "李四")


def code(answer):
    [error] = answer["errors"]
    return error["extensions"]["code"]


async def tell(database, member, kind=Kind.REPLY, key=1):
    async with database.transaction() as session:
        await notify(
            session, kind, [member.id], subject=Subject(SubjectKind.CONTENT, key), actor_id=None
        )


def event(answer):
    told = answer["data"]["notificationAdded"]
    notification = told["notification"]
    return notification and (notification["kind"], notification["count"]), told[
        "unreadNotificationCount"
    ]


async def test_a_member_is_told_what_comes_grows_and_is_read_elsewhere(database, platform, reader):
    async with building(database) as group:
        stranger = await group.member(await group.organization())
    async with subscribed(platform, ON_NOTIFICATION, reader) as stream:
        await tell(database, stranger)
        await tell(database, reader)
        assert event(await stream()) == (("REPLY", 1), 1)
        await tell(database, reader)
        assert event(await stream()) == (("REPLY", 2), 1)
        await tell(database, reader, Kind.MENTION)
        assert event(await stream()) == (("MENTION", 1), 2)
        async with database.transaction() as session:
            await mark_all_read(session, reader.id)
        assert event(await stream()) == (None, 0)
        assert await stream.is_silent()


async def test_quiet_hours_hold_back_until_they_end(database, platform, reader, monkeypatch):
    clock = Clock()
    for module in (notification_watch, watching):
        monkeypatch.setattr(module, "now", clock)
    ends = clock.start + timedelta(seconds=0.5)
    monkeypatch.setattr(notification_actions, "deliver_after", lambda at, _quiet: max(at, ends))
    monkeypatch.setattr(notification_actions, "now", lambda: clock.start)
    await tell(database, reader)
    patient = impatient(platform, 60)
    async with subscribed(patient, ON_NOTIFICATION, reader) as stream:
        await tell(database, reader, Kind.MENTION)
        assert event(await stream()) == (("REPLY", 1), 2)
        assert event(await stream()) == (("MENTION", 1), 2)
        assert clock() >= ends
        assert await stream.is_silent()


async def test_notifications_that_were_missed_are_caught_up(
    database, platform, reader, monkeypatch
):
    await tell(database, reader, key=1)
    async with subscribed(platform, ON_NOTIFICATION, reader) as stream:
        await tell(database, reader, key=2)
        assert event(await stream()) == (("REPLY", 1), 2)
        monkeypatch.setattr(notification_actions, "announce", lambda *_: None)
        await tell(database, reader, key=3)
        database.announcements.tell_missed()
        assert event(await stream()) == (("REPLY", 1), 3)
        database.announcements.tell_missed()
        assert await stream.is_silent()


async def test_nobody_has_no_notifications(platform):
    async with subscribed(platform, ON_NOTIFICATION) as stream:
        assert code(await stream()) == "UNAUTHENTICATED"


async def test_a_session_that_ends_ends_its_notifications(database, platform, reader):
    async with subscribed(platform, ON_NOTIFICATION, reader) as stream:
        async with database.transaction() as session:
            await session.execute(sa.update(LoginSession).values(ended_at=now()))
        assert code(await stream()) == "UNAUTHENTICATED"


@pytest.mark.services
async def test_what_another_process_tells_arrives(postgresql_url, empty_search, tmp_path):
    here, elsewhere = Database(postgresql_url), Database(postgresql_url)
    try:
        async with building(elsewhere) as group:
            reader = await group.member(await group.organization())
        platform = impatient(platform_on(here, empty_search, tmp_path), 60)
        async with subscribed(platform, ON_NOTIFICATION, reader) as stream:
            await tell(elsewhere, reader)
            assert event(await stream()) == (("REPLY", 1), 1)
    finally:
        await here.close()
        await elsewhere.close()
