"""Deeds that share a commit: what each may rely on, whatever becomes of the others."""

import asyncio
import contextlib
import random
import sqlite3
import threading
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from app.database import Database, grouping
from app.database.grouping import GROUP_DEEDS, GroupedWriter
from app.database.savepoints import WriteConnection
from app.database.statements import Statement
from app.members.models import Member
from app.organizations.actions import found
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import root

pytestmark = pytest.mark.anyio


class Writing:
    """A writer on a file of its own, what was sent to SQLite, and what came of it."""

    def __init__(self, path):
        self.path = path
        self.sent = []
        self.told = 0
        self.connection = WriteConnection(path, lambda *_: None, {})
        self.connection._raw.set_trace_callback(self.sent.append)
        self.writer = GroupedWriter(self.connection, self._tell)

    def _tell(self):
        self.told += 1

    @property
    def commits(self):
        return self.sent.count("COMMIT")

    @property
    def kept(self):
        """The names that another connection sees, in the order they were written."""
        with sqlite3.connect(self.path) as other:
            names = other.execute("SELECT name FROM organization ORDER BY id").fetchall()
        other.close()
        return [name for (name,) in names]

    async def write(self, name, *, then=None):
        async with self.writer.transaction() as session:
            await found(session, name, OrganizationKind.BRANCH)
            if then is not None:
                await then(session)

    async def write_all(self, *names):
        await asyncio.gather(*map(self.write, names))


@pytest.fixture
async def writing(sqlite_template, tmp_path, monkeypatch, anyio_backend):
    # Only a test that is about the clock looks at it.
    monkeypatch.setattr(grouping, "GROUP_SECONDS", 3600)
    path = tmp_path / "test.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    made = Writing(path)
    yield made
    await made.writer.close()


def numbered(count):
    return [f"第{number}" for number in range(count)]


async def test_fifty_at_once_share_one_commit(writing):
    await writing.write_all(*numbered(50))
    assert writing.kept == numbered(50)
    assert writing.commits == 1
    assert writing.told == 1


async def test_a_group_is_bounded_in_number(writing):
    await writing.write_all(*numbered(2 * GROUP_DEEDS + 1))
    assert writing.kept == numbered(2 * GROUP_DEEDS + 1)
    assert writing.commits == 3


async def test_a_group_is_bounded_in_time(writing, monkeypatch):
    monkeypatch.setattr(grouping, "GROUP_SECONDS", 0)
    await writing.write_all(*numbered(5))
    assert writing.kept == numbered(5)
    assert writing.commits == 5


async def test_whoever_returns_is_durable(writing):
    async def write(name):
        await writing.write(name)
        assert name in writing.kept

    await asyncio.gather(*map(write, numbered(10)))


async def test_deeds_come_one_after_another_in_the_order_of_asking(writing):
    steps = []

    async def write(name):
        async with writing.writer.transaction() as session:
            steps.append((name, "begins"))
            await asyncio.sleep(0)
            await found(session, name, OrganizationKind.BRANCH)
            await asyncio.sleep(0)
            steps.append((name, "ends"))

    await asyncio.gather(*map(write, numbered(5)))
    assert steps == [(name, step) for name in numbered(5) for step in ("begins", "ends")]


async def test_one_that_raises_loses_only_itself(writing):
    error = LookupError("其一")

    async def fail(_session):
        raise error

    results = await asyncio.gather(
        writing.write("之前"),
        writing.write("其一", then=fail),
        writing.write("之后"),
        return_exceptions=True,
    )
    assert results == [None, error, None]
    assert results[1] is error
    assert writing.kept == ["之前", "之后"]
    assert writing.commits == 1


async def test_a_broken_key_is_its_writer_s_alone(writing):
    async def add_orphan(session):
        session.add(Member(name="某", username="某", password_hash="-", organization_id=404))

    results = await asyncio.gather(
        writing.write("之前"),
        writing.write("其一", then=add_orphan),
        writing.write("之后"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), sa.exc.IntegrityError, type(None)]
    assert writing.kept == ["之前", "之后"]


async def test_where_all_raise_nobody_is_told(writing):
    async def fail(_session):
        raise LookupError

    await asyncio.gather(
        *(writing.write(name, then=fail) for name in numbered(3)), return_exceptions=True
    )
    assert writing.kept == []
    assert writing.told == 0


async def test_a_savepoint_within_a_deed_is_its_own(writing):
    async def try_more(session):
        with contextlib.suppress(LookupError):
            async with session.begin_nested():
                await found(session, "未成", OrganizationKind.BRANCH)
                raise LookupError
        async with session.begin_nested():
            await found(session, "已成", OrganizationKind.BRANCH)

    await writing.write("其一", then=try_more)
    assert writing.kept == ["其一", "已成"]


async def test_rows_may_be_gone_through_while_their_table_is_written(writing):
    await writing.write_all(*numbered(3))
    async with writing.writer.transaction() as session:
        keys = await session.execute(sa.select(Organization.id))
        for (key,) in keys:
            await found(session, f"之下{key}", OrganizationKind.BRANCH, parent_id=key)
    assert len(writing.kept) == 6


async def test_a_commit_that_fails_fails_all_of_its_group(writing):
    async def leave_an_orphan(session):
        # The only check that SQLite can be told to leave to the commit.
        await session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        session.add(Member(name="某", username="某", password_hash="-", organization_id=404))

    results = await asyncio.gather(
        writing.write("之前"),
        writing.write("其一", then=leave_an_orphan),
        writing.write("之后"),
        return_exceptions=True,
    )
    assert [str(result) for result in results] == ["FOREIGN KEY constraint failed"] * 3
    assert writing.kept == []
    assert writing.told == 0
    await writing.write("再来")
    assert writing.kept == ["再来"]


async def test_an_error_that_ends_the_transaction_fails_those_before_it(writing):
    async def lose(session):
        # As SQLite does by itself when the disk is full.
        await session.execute(sa.text("ROLLBACK"))

    results = await asyncio.gather(
        writing.write("之前"),
        writing.write("其一", then=lose),
        writing.write("之后"),
        return_exceptions=True,
    )
    assert isinstance(results[0], sqlite3.OperationalError)
    assert isinstance(results[1], sa.exc.OperationalError)
    assert results[2] is None
    assert writing.kept == ["之后"]


async def test_a_lock_held_elsewhere_refuses_everyone_who_waits(writing):
    writing.connection._raw.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(writing.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(
        writing.write("其一"), writing.write("其二"), return_exceptions=True
    )
    assert [str(result) for result in results] == ["database is locked"] * 2
    other.execute("ROLLBACK")
    other.close()
    await writing.write("其三")
    assert writing.kept == ["其三"]


async def test_cancelled_while_waiting_it_never_begins(writing):
    begun, free = asyncio.Event(), asyncio.Event()

    async def hold(_session):
        begun.set()
        await free.wait()

    first = asyncio.create_task(writing.write("其一", then=hold))
    await begun.wait()
    second = asyncio.create_task(writing.write("其二"))
    third = asyncio.create_task(writing.write("其三"))
    await asyncio.sleep(0)
    second.cancel()
    free.set()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert writing.kept == ["其一", "其三"]


async def test_cancelled_as_its_turn_comes_it_never_begins(writing, monkeypatch):
    run = grouping._Deed.run

    async def cancel_and_run(deed, durable):
        # The loop cancels it first, then wakes it: the turn is given, and nobody takes it.
        asyncio.get_running_loop().call_soon(first.cancel)
        return await run(deed, durable)

    monkeypatch.setattr(grouping._Deed, "run", cancel_and_run)
    first = asyncio.create_task(writing.write("其一"))
    await asyncio.wait([first])
    monkeypatch.undo()
    await writing.write("其二")
    assert first.cancelled()
    assert writing.kept == ["其二"]


async def test_cancelled_within_it_takes_back_what_it_wrote(writing):
    written = asyncio.Event()

    async def stay(_session):
        written.set()
        await asyncio.Event().wait()

    first = asyncio.create_task(writing.write("其一"))
    second = asyncio.create_task(writing.write("其二", then=stay))
    third = asyncio.create_task(writing.write("其三"))
    await written.wait()
    second.cancel()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert writing.kept == ["其一", "其三"]
    assert writing.commits == 1


@pytest.mark.parametrize("cancelled", [[0], [1], [0, 1]])
async def test_cancelled_while_it_commits_it_stays_whole(writing, monkeypatch, cancelled):
    committing, free = asyncio.Event(), threading.Event()
    loop, commit = asyncio.get_running_loop(), writing.connection.commit

    def commit_late():
        loop.call_soon_threadsafe(committing.set)
        free.wait()
        commit()

    monkeypatch.setattr(writing.connection, "commit", commit_late)
    deeds = [asyncio.create_task(writing.write(name)) for name in ("其一", "其二")]
    await committing.wait()
    for number in cancelled:
        deeds[number].cancel()
    later = asyncio.create_task(writing.write("其三"))
    await asyncio.sleep(0)
    free.set()
    await asyncio.gather(*deeds, return_exceptions=True)
    await later
    assert [deed.cancelled() for deed in deeds] == [number in cancelled for number in (0, 1)]
    assert writing.kept == ["其一", "其二", "其三"]


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_becomes_of_others_each_is_whole_or_not_there(writing, monkeypatch, seed):
    monkeypatch.setattr(grouping, "GROUP_SECONDS", 0.001)
    chance = random.Random(seed)
    names = numbered(200)

    async def write(name, pauses, *, fails):
        async with writing.writer.transaction() as session:
            await found(session, name, OrganizationKind.BRANCH)
            for _ in range(pauses):
                await asyncio.sleep(0)
            await found(session, name, OrganizationKind.BRANCH)
            if fails:
                raise LookupError(name)

    deeds = {}
    for name in names:
        deeds[name] = asyncio.create_task(
            write(name, chance.randrange(3), fails=chance.random() < 0.2)
        )
        if chance.random() < 0.3:
            await asyncio.sleep(0)
        if chance.random() < 0.3:
            deeds[chance.choice(list(deeds))].cancel()
    async with asyncio.timeout(30):
        await asyncio.wait(deeds.values())
    kept = writing.kept
    for name, deed in deeds.items():
        if deed.cancelled():
            assert kept.count(name) in (0, 2)
        else:
            assert kept.count(name) == (0 if deed.exception() else 2)


async def test_closing_lets_those_who_wait_finish_and_nobody_after(writing):
    deeds = [asyncio.create_task(writing.write(name)) for name in numbered(3)]
    await asyncio.sleep(0)
    await writing.writer.close()
    await asyncio.gather(*deeds)
    assert writing.kept == numbered(3)
    with pytest.raises(RuntimeError, match="after shutdown"):
        await writing.write("之后")


async def test_a_slow_transaction_is_a_group_of_its_own(sqlite_url):
    database, told, steps = Database(sqlite_url), [], []
    database.on_commit.append(lambda: told.append(len(steps)))

    async def write(name, *, slow=False):
        async with database.transaction(slow=slow) as session:
            await found(session, name, OrganizationKind.BRANCH)
            steps.append(name)

    await asyncio.gather(write("其一"), write("其二"), write("慢", slow=True), write("其三"))
    await database.close()
    assert steps == ["其一", "其二", "慢", "其三"]
    assert told == [2, 3, 4]


class _Count(NamedTuple):
    organizations: int


_SLOW = Statement(_Count, sa.select(sa.func.count()).select_from(Organization), slow=True)


@pytest.mark.parametrize("slow", [False, True])
async def test_a_reader_waits_for_no_writer(database, slow):
    async with database.transaction(slow=slow) as session, asyncio.timeout(5):
        await found(session, "集团", OrganizationKind.COMMITTEE)
        assert await root(database) is None
        assert await database.fetch(_SLOW) == [(0,)]
    assert await database.fetch(_SLOW) == [(1,)]
