"""kill -9 amid the deeds of many: what was acknowledged is there, once, and everything adds up."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import mortal
import pytest
import sqlalchemy as sa
from group import building
from invariants import broken

from app.database import Database
from app.engagement.models import Comment, ContentLike
from app.points.models import Action, PointsTransaction

pytestmark = pytest.mark.anyio

ROUNDS = 60
_MEMBERS, _CONTENTS = 100, 50
#: A round ends after so many acknowledged deeds, wherever the commits behind them are by then.
_MOST_DEEDS = 15
_MOST_SECONDS = 0.01


class Parent:
    """The process of :mod:`mortal`, which begets a child a round."""

    def __init__(self, process):
        self._process = process

    def live_and_die(self, path, deeds, seconds):
        """What a child told of that was killed ``seconds`` after so many deeds."""
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        _, pid = self._hear()
        try:
            told = [self._hear() for _ in range(deeds)]
            time.sleep(seconds)
        finally:
            os.kill(int(pid), signal.SIGKILL)
        while (words := self._hear()) != ("over",):
            told.append(words)
        return told

    def _hear(self):
        words = tuple(self._process.stdout.readline().split())
        assert words, "the process has ended by itself"
        return words


@contextmanager
def parent():
    with subprocess.Popen(
        [sys.executable, mortal.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        yield Parent(process)


async def _fill(path):
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with building(database) as group:
        branch = await group.organization()
        members = [await group.member(branch) for _ in range(_MEMBERS)]
        for _ in range(_CONTENTS):
            await group.news(members[0])
    await database.close()


async def _read(path):
    """What is kept, told as a child tells it; every invariant holds."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    assert await broken(database) == {}
    async with database.transaction() as session:
        likes = await session.execute(sa.select(ContentLike.member_id, ContentLike.content_id))
        bodies = await session.scalars(sa.select(Comment.body))
        kept = Counter(("like", *map(str, like)) for like in likes)
        kept.update(("comment", body) for body in bodies)
    await database.close()
    return kept


async def _paid(path):
    """The kinds of deeds that earned points."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with database.transaction() as session:
        actions = set(await session.scalars(sa.select(PointsTransaction.action)))
    await database.close()
    return actions


async def test_no_acknowledged_deed_is_lost_or_doubled(sqlite_template, tmp_path):
    path = tmp_path / "test.sqlite3"
    shutil.copy(sqlite_template, path)
    await _fill(path)
    acknowledged = set()
    with parent() as process:
        for number in range(1, ROUNDS + 1):
            deeds, seconds = random.randint(1, _MOST_DEEDS), random.uniform(0, _MOST_SECONDS)
            acknowledged.update(process.live_and_die(path, deeds, seconds))
            kept = await _read(path)
            assert acknowledged <= kept.keys()
            assert set(kept.values()) == {1}
            # One of each member may have been durable, and the member not told yet.
            assert len(kept) <= len(acknowledged) + number * mortal.MEMBERS_AT_ONCE
    # The invariants of the ledger were about something.
    assert await _paid(path) == {Action.LIKE, Action.COMMENT}
