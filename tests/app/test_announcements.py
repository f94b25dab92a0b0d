"""Announcements are heard once, by all, if and only if their transaction commits."""

import asyncio

import asyncpg
import pytest

from app.database import Database, notices
from app.database.announcements import MISSED, Announcement, announce, hint

pytestmark = pytest.mark.anyio


@pytest.fixture
async def elsewhere(database_url, database):
    """Another process on the same database; SQLite has but one."""
    if database.dialect == "sqlite":
        yield database
        return
    opened = Database(database_url)
    yield opened
    await opened.close()


async def heard_of(listener, count=1):
    """The next ``count`` announcements, and whatever came with them."""
    made = []
    while len(made) < count:
        made += await listener.heard(10) or pytest.fail("nothing was heard")
    return made


async def say(database, *announcements):
    async with database.transaction() as session:
        for made in announcements:
            announce(session, *made)


async def test_a_commit_is_heard_once_by_each_who_listens(database, elsewhere):
    async with (
        database.announcements.listening(["content:1"]) as here,
        elsewhere.announcements.listening(["content:1", "member:2"]) as there,
    ):
        await say(database, ("content:1", "5"), ("content:1", "5"), ("content:3",))
        await say(elsewhere, ("member:2", "6 7"), ("content:1",))
        assert await heard_of(here, 2) == [("content:1", "5"), ("content:1", "")]
        assert await heard_of(there, 3) == [
            ("content:1", "5"),
            ("member:2", "6 7"),
            ("content:1", ""),
        ]


async def test_what_is_rolled_back_is_never_heard(database, elsewhere):
    async with elsewhere.announcements.listening(["content:1"]) as listener:
        with pytest.raises(ZeroDivisionError):
            await _announce_and_fail(database)
        await say(database, ("content:1", "done"))
        assert await heard_of(listener) == [("content:1", "done")]


async def _announce_and_fail(database):
    async with database.transaction() as session:
        announce(session, "content:1", "undone")
        hint(session, "content:1")
        raise ZeroDivisionError


async def test_nothing_is_heard_before_the_commit(database):
    async with database.announcements.listening(["content:1"]) as listener:
        async with database.transaction() as session:
            announce(session, "content:1")
            assert await listener.heard(0) == []
        assert await heard_of(listener) == [("content:1", "")]


async def test_hints_are_heard_everywhere_and_a_storm_of_them_is_few(
    database, elsewhere, monkeypatch
):
    monkeypatch.setattr(notices, "_GATHER_SECONDS", 0.3)
    async with elsewhere.announcements.listening(["content:1", "content:2"]) as listener:
        for topic in ["content:1"] * 9 + ["content:2"]:
            async with database.transaction() as session:
                hint(session, topic)
        made = await heard_of(listener, 2)
        assert set(made) == {("content:1", ""), ("content:2", "")}
        assert len(made) == (10 if database.dialect == "sqlite" else 2)


async def test_who_left_hears_nothing_and_is_forgotten(database):
    async with database.announcements.listening(["content:1"]) as listener:
        assert len(database.announcements) == 1
    await say(database, ("content:1",))
    assert await listener.heard(0) == []
    assert len(database.announcements) == 0


async def test_a_slow_listener_is_told_that_it_missed_something(database):
    async with database.announcements.listening(["content:1"]) as listener:
        for number in range(102):
            database.announcements.tell(Announcement("content:1", str(number)))
        assert await listener.heard(0) == [MISSED, ("content:1", "101")]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [("", "1"), ("two words", ""), ("content:1", "x" * 7_900), ("content:1", "汉" * 2_700)],
)
async def test_only_ids_are_announced(database, topic, payload):
    with pytest.raises(ValueError, match="ids only"):
        async with database.transaction() as session:
            announce(session, topic, payload)


async def test_the_largest_announcement_arrives(database):
    async with database.announcements.listening(["t"]) as listener:
        await say(database, ("t", "x" * 7_898))
        assert await heard_of(listener) == [("t", "x" * 7_898)]


@pytest.mark.services
async def test_a_lost_connection_is_told_and_then_all_is_heard_again(postgresql_url):
    database = Database(postgresql_url)
    try:
        async with database.announcements.listening(["content:1"]) as listener:
            assert await listener.heard(0) == []
            await _break_connection(database)
            assert await heard_of(listener) == [MISSED]
            await say(database, ("content:1",))
            assert await heard_of(listener) == [("content:1", "")]
    finally:
        await database.close()


@pytest.mark.services
async def test_who_cannot_be_connected_listens_and_is_told_later(postgresql_url, monkeypatch):
    database = Database(postgresql_url)
    may_connect, connect = asyncio.Event(), asyncpg.connect

    async def refuse_at_first(*args, **named):
        if may_connect.is_set():
            return await connect(*args, **named)
        raise ConnectionRefusedError

    monkeypatch.setattr(notices, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(notices.asyncpg, "connect", refuse_at_first)
    try:
        async with database.announcements.listening(["content:1"]) as listener:
            may_connect.set()
            assert await heard_of(listener) == [MISSED]
    finally:
        await database.close()


async def _break_connection(database):
    async with database.transaction() as session:
        connection = await session.connection()
        ended = await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        assert ended.all() == [(True,)]
