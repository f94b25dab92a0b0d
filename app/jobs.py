"""The outbox: work that a change owes, committed with the change and done later by a worker."""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from app.database import Database
from app.database.columns import KEY, UtcDateTime, enum_type, instant, key, now
from app.database.statements import Among, Statement

#: A worker that has not finished by then is taken for dead, and the job is claimed anew.
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
_AT_ONCE = 500
_LONGEST_PAUSE = 300
#: An engine that is back should not wait long for what it missed.
_OUTAGE_PAUSE = 30


class JobKind(enum.StrEnum):
    """What is to be done."""

    INDEX_CONTENT = "INDEX_CONTENT"
    INDEX_REGULATION = "INDEX_REGULATION"
    LINK_CITATIONS = "LINK_CITATIONS"
    TELL_CHANGE = "TELL_CHANGE"
    PREPARE_IMAGE = "PREPARE_IMAGE"
    PREPARE_VIDEO = "PREPARE_VIDEO"


class JobState(enum.StrEnum):
    """Where a job stands; a finished one is deleted."""

    WAITING = "WAITING"
    DEAD = "DEAD"


class Job(SQLModel, table=True):
    """Something to do for ``subject_id``; doing it twice is the same as once."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_due", "state", "due_at"),)

    id: int = key()
    kind: JobKind = Field(sa_type=enum_type(JobKind))
    subject_id: int = Field(sa_type=KEY)
    state: JobState = Field(
        default=JobState.WAITING,
        sa_type=enum_type(JobState),
    )
    attempts: int = 0
    due_at: datetime = instant()
    last_error: str | None = Field(default=None, sa_type=sa.Text)


class Claim(NamedTuple):
    """A job that this worker holds until its lease ends."""

    id: int
    kind: JobKind
    subject_id: int
    attempts: int


def enqueue(session: AsyncSession, kind: JobKind, subject_id: int) -> None:
    """Owe a job; it exists if and only if the session's transaction commits."""
    session.add(Job(kind=kind, subject_id=subject_id))


class _DueRow(NamedTuple):
    id: int


_DUE = Statement(
    _DueRow,
    sa.select(col(Job.id))
    .where(
        col(Job.state) == sa.literal_column(f"'{JobState.WAITING.value}'"),
        col(Job.due_at) <= sa.bindparam("now", type_=UtcDateTime),
        Among(sa.type_coerce(col(Job.kind), sa.String), "kinds"),
    )
    .limit(1),
)


class _CountRow(NamedTuple):
    state: JobState
    jobs: int


_COUNTS = Statement(_CountRow, sa.select(col(Job.state), sa.func.count()).group_by(col(Job.state)))


async def counts(database: Database) -> dict[JobState, int]:
    """How many jobs wait, and how many were given up."""
    rows = await database.fetch(_COUNTS)
    return dict.fromkeys(JobState, 0) | {row.state: row.jobs for row in rows}


_OWED = Statement(
    _DueRow, sa.select(col(Job.id)).where(Among(sa.type_coerce(col(Job.kind), sa.String), "kinds"))
)


class DeadLetter(NamedTuple):
    """A job that was given up, when, and why."""

    id: int
    kind: JobKind
    subject_id: int
    attempts: int
    due_at: datetime
    last_error: str | None


_DEAD = Statement(
    DeadLetter,
    sa.select(
        col(Job.id),
        col(Job.kind),
        col(Job.subject_id),
        col(Job.attempts),
        col(Job.due_at),
        col(Job.last_error),
    )
    .where(col(Job.state) == sa.literal_column(f"'{JobState.DEAD.value}'"))
    .order_by(col(Job.due_at), col(Job.id))
    .limit(sa.bindparam("limit", type_=sa.Integer)),
)


async def dead_letters(database: Database, limit: int) -> list[DeadLetter]:
    """Up to ``limit`` jobs that were given up, the oldest first."""
    return await database.fetch(_DEAD, limit=limit)


async def retry(session: AsyncSession, ids: Sequence[int] | None) -> int:
    """Make dead jobs due at once, with all their attempts anew: these, or all; answers how many."""
    dead = col(Job.state) == JobState.DEAD
    chosen = dead if ids is None else sa.and_(dead, col(Job.id).in_(ids))
    done: Any = await session.execute(
        sa.update(Job).where(chosen).values(state=JobState.WAITING, attempts=0, due_at=now())
    )
    return int(done.rowcount)


async def any_due(database: Database, kinds: Sequence[JobKind] = tuple(JobKind)) -> bool:
    """Whether a job waits: a read, so that an idle worker never takes the writer's turn."""
    values = [kind.value for kind in kinds]
    return await database.first(_DUE, now=now(), kinds=values) is not None


async def claim(
    session: AsyncSession, limit: int, kinds: Sequence[JobKind] = tuple(JobKind)
) -> Sequence[Claim]:
    """Take up to ``limit`` due jobs, oldest first, by moving their due time behind a lease.

    PostgreSQL skips rows that another worker is claiming; SQLite has one writer anyway.
    """
    due = (
        sa.select(Job)
        .where(
            col(Job.state) == JobState.WAITING,
            col(Job.due_at) <= now(),
            col(Job.kind).in_(kinds),
        )
        .order_by(col(Job.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    jobs = (await session.execute(due)).scalars().all()
    for job in jobs:
        job.attempts += 1
        job.due_at = now() + LEASE
    return [Claim(job.id, job.kind, job.subject_id, job.attempts) for job in jobs]


async def renew(session: AsyncSession, one: Claim) -> bool:
    """Hold a job for another lease; False where it was lost, and somebody else may be at it."""
    done: Any = await session.execute(
        sa.update(Job)
        .where(col(Job.id) == one.id, col(Job.attempts) == one.attempts)
        .values(due_at=now() + LEASE)
    )
    return bool(done.rowcount)


async def finish(session: AsyncSession, claims: Sequence[Claim]) -> None:
    """Done: the jobs are no more, unless their lease ended and another worker claimed them."""
    for one in claims:
        await session.execute(
            sa.delete(Job).where(col(Job.id) == one.id, col(Job.attempts) == one.attempts)
        )


async def owed(database: Database, kinds: Sequence[JobKind]) -> list[int]:
    """The jobs of these kinds that are committed by now, whatever their ids say of their age."""
    return [row.id for row in await database.fetch(_OWED, kinds=[kind.value for kind in kinds])]


async def forget(session: AsyncSession, ids: Sequence[int]) -> None:
    """Drop jobs whose work was done otherwise."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        await session.execute(sa.delete(Job).where(col(Job.id).in_(some)))


async def fail(session: AsyncSession, one: Claim, error: str) -> None:
    """Not done: due again after a doubling pause, or DEAD after the last attempt."""
    state = JobState.DEAD if one.attempts >= MAX_ATTEMPTS else JobState.WAITING
    await _put_off(session, one, error, state=state, seconds=_LONGEST_PAUSE)


async def postpone(session: AsyncSession, claims: Sequence[Claim], error: str) -> None:
    """Not done, and none of the jobs' own fault (an engine is out): due again, however often."""
    for one in claims:
        await _put_off(session, one, error, state=JobState.WAITING, seconds=_OUTAGE_PAUSE)


async def _put_off(
    session: AsyncSession, one: Claim, error: str, *, state: JobState, seconds: int
) -> None:
    pause = timedelta(seconds=min(2**one.attempts, seconds))
    await session.execute(
        sa.update(Job)
        .where(col(Job.id) == one.id, col(Job.attempts) == one.attempts)
        .values(state=state, due_at=now() + pause, last_error=error[:2000])
    )
