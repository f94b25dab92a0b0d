"""Study tables: progress, the time it took, and the reports that were taken."""

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, instant
from app.study.spans import Spans

#: Characters of the key that a client gives a report.
MAX_KEY = 64


class SpanList(sa.types.TypeDecorator[Spans]):
    """Disjoint spans in order, as compact JSON: long, and hardly ever the same twice."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Spans | None, _dialect: sa.Dialect) -> str:
        """``[[from,to],…]``."""
        return orjson.dumps(value or ()).decode()

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> Spans:
        """Spans as :mod:`app.study.spans` reckons with them."""
        return tuple((start, end) for start, end in orjson.loads(value or "[]"))


def _member() -> Any:
    return Field(primary_key=True, foreign_key="member.id", sa_type=KEY)


class StudyProgress(SQLModel, table=True):
    """How far a member has come with a content, in milliseconds of its video.

    ``watched`` are disjoint spans ``[from, to]`` in order, ``watched_ms`` is their length;
    ``played_ms`` is when (since 1970) the playing ended that ``resume_at_ms`` comes from.
    """

    __tablename__ = "study_progress"

    member_id: int = _member()
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    watched: Spans = Field(default=(), sa_type=SpanList)
    watched_ms: int = 0
    resume_at_ms: int = 0
    played_ms: int = Field(default=0, sa_type=KEY)
    completed_at: datetime | None = instant(optional=True)


class StudyClock(SQLModel, table=True):
    """The real time that a member's study has used up, whatever was watched; one row to lock.

    All in milliseconds since 1970: ``opened_ms`` is where the time of the running sitting begins,
    ``reported_ms`` its newest report, ``occupied`` disjoint spans ``[from, to]`` in order.
    """

    __tablename__ = "study_clock"

    member_id: int = _member()
    opened_ms: int = Field(default=0, sa_type=KEY)
    reported_ms: int = Field(default=0, sa_type=KEY)
    occupied: Spans = Field(default=(), sa_type=SpanList)


class StudyReport(SQLModel, table=True):
    """A report that was taken; the same key with another digest is another report."""

    __tablename__ = "study_report"
    __table_args__ = (sa.Index("ix_study_report_taken_at", "taken_at"),)

    member_id: int = _member()
    client_key: str = Field(primary_key=True, max_length=MAX_KEY)
    digest: str = Field(max_length=64)
    taken_at: datetime = instant()
