"""Who is told of what, and what becomes one."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from group import MINUTE, START, building, viewer_of

from app.notifications.actions import keep_quiet, mark_all_read, member_topic, notify, prefer
from app.notifications.models import NotificationKind as Kind
from app.notifications.queries import notifications, unread_count
from app.notifications.rules import Quiet
from app.subjects import Subject, SubjectKind

pytestmark = pytest.mark.anyio

SUBJECT = Subject(SubjectKind.CONTENT, 7)
OTHER = Subject(SubjectKind.COMMENT, 7)


@pytest.fixture
async def people(database):
    """Four members; the first is told."""
    async with building(database) as group:
        branch = await group.organization()
        return [await group.member(branch, name) for name in "王张李赵"]


async def tell(database, people, actor, kind=Kind.REPLY, *, subject=SUBJECT, at=START, **more):
    async with database.transaction() as session:
        actor_id = None if actor is None else people[actor].id
        to = [people[0].id, people[0].id]
        await notify(session, kind, to, subject=subject, actor_id=actor_id, at=at, **more)


async def told(database, member):
    viewer = await viewer_of(database, member)
    return await notifications(database, viewer, first=100, before=None, unread_only=False)


async def test_replies_to_one_subject_become_one_that_counts_members_and_times(database, people):
    for step, actor in enumerate([1, 2, 1, 3, 2]):
        await tell(database, people, actor, at=START + step * MINUTE, note=f"第{step}次")
    [row] = await told(database, people[0])
    assert (row.times, row.actor_count, row.note) == (5, 3, "第4次")
    assert row.actor_ids == tuple(people[actor].id for actor in (2, 3, 1))
    assert row.latest_at == row.deliver_after == START + 4 * MINUTE
    assert row.subject == SUBJECT


async def test_what_was_read_does_not_grow(database, people):
    await tell(database, people, 1)
    async with database.transaction() as session:
        assert await mark_all_read(session, people[0].id) == 1
    await tell(database, people, 2, at=START + MINUTE)
    new, old = await told(database, people[0])
    assert (new.times, new.actor_ids, new.read_at) == (1, (people[2].id,), None)
    assert (old.times, old.actor_ids) == (1, (people[1].id,))
    assert old.read_at is not None


async def test_kinds_and_subjects_stay_apart(database, people):
    await tell(database, people, 1)
    await tell(database, people, 1, Kind.MENTION)
    await tell(database, people, 1, subject=OTHER)
    assert [row.times for row in await told(database, people[0])] == [1, 1, 1]


async def test_nobody_is_told_of_oneself(database, people):
    await tell(database, people, 0)
    assert await told(database, people[0]) == []


async def test_who_reported_is_not_kept(database, people):
    await tell(database, people, 1, Kind.REPORTED)
    [row] = await told(database, people[0])
    assert (row.actor_ids, row.actor_count, row.times) == ((), 0, 1)


async def test_a_muted_kind_is_not_told_until_it_is_wanted_again(database, people):
    for enabled, expected in [(False, 0), (False, 0), (True, 1)]:
        async with database.transaction() as session:
            await prefer(session, people[0].id, Kind.REPLY, enabled=enabled)
        await tell(database, people, 1)
        assert len(await told(database, people[0])) == expected
    await tell(database, people, 1, Kind.MENTION)
    assert len(await told(database, people[0])) == 2


async def test_quiet_hours_put_delivery_off_and_nothing_else(database, people):
    async with database.transaction() as session:
        await keep_quiet(session, people[0].id, Quiet(0, 60, "Asia/Shanghai"))
        await keep_quiet(session, people[0].id, Quiet(22 * 60, 7 * 60, "Asia/Shanghai"))
    night = datetime(2026, 3, 1, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
    await tell(database, people, 1, at=night)
    [row] = await told(database, people[0])
    assert (row.latest_at, row.deliver_after) == (night, night + timedelta(hours=8))
    async with database.transaction() as session:
        await keep_quiet(session, people[0].id, None)
    await tell(database, people, 2, at=night)
    [row] = await told(database, people[0])
    assert (row.times, row.deliver_after) == (2, night)


async def test_many_at_once_are_one_and_none_is_lost(database, people):
    await asyncio.gather(*(tell(database, people, 1 + n % 3) for n in range(12)))
    [row] = await told(database, people[0])
    assert (row.times, row.actor_count) == (12, 3)
    assert set(row.actor_ids) == {person.id for person in people[1:]}


async def test_many_are_told_in_few_statements(database):
    async with building(database) as group:
        branch = await group.organization()
        everybody = [await group.member(branch) for _ in range(40)]
    before = database.statements
    async with database.transaction() as session:
        ids = [member.id for member in everybody]
        await notify(session, Kind.PUBLISHED, ids, subject=SUBJECT, actor_id=None)
    # Who wants it, and the rows; PostgreSQL is told whom to wake.
    assert database.statements - before == 2 + (database.dialect == "postgresql")
    for member in (everybody[0], everybody[-1]):
        assert await unread_count(database, await viewer_of(database, member)) == 1


async def test_the_member_is_told_at_once_and_only_after_the_commit(database, people):
    topic = member_topic(people[0].id)
    async with database.announcements.listening([topic]) as listener:
        await tell(database, people, 1)
        [row] = await told(database, people[0])
        assert await listener.heard(10) == [(topic, str(row.id))]
        async with database.transaction() as session:
            await mark_all_read(session, people[0].id)
        assert await listener.heard(10) == [(topic, "")]
        async with database.transaction() as session:
            await mark_all_read(session, people[0].id)
        assert await listener.heard(0) == []


async def test_a_long_note_is_cut(database, people):
    await tell(database, people, 1, note="长" * 500)
    [row] = await told(database, people[0])
    assert row.note == "长" * 200
