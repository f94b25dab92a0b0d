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
    pause = timedelta(seconds=min(2**one.attempts, 300))
    state = JobState.DEAD if one.attempts >= MAX_ATTEMPTS else JobState.WAITING
    await session.execute(
        sa.update(Job)
        .where(col(Job.id) == one.id, col(Job.attempts) == one.attempts)
        .values(state=state, due_at=now() + pause, last_error=error[:2000])
    )
