"""Notification tables: what members are told, and how they want it."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference
from app.subjects import SubjectKind

MAX_NOTE = 200


class NotificationKind(enum.StrEnum):
    """What happened, seen by the member who is told."""

    REPLY = "REPLY"
    MENTION = "MENTION"
    COMMENTED = "COMMENTED"
    REVIEW_ASKED = "REVIEW_ASKED"
    RETURNED = "RETURNED"
    PUBLISHED = "PUBLISHED"
    RECOMMENDED = "RECOMMENDED"
    REMOVED = "REMOVED"
    REPORTED = "REPORTED"
    DECIDED = "DECIDED"
    POINTS = "POINTS"
    REGULATION_CHANGED = "REGULATION_CHANGED"
    SEARCH_ANSWERED = "SEARCH_ANSWERED"


class Notification(SQLModel, table=True):
    """All of one kind about one subject since the member last read it.

    ``times`` is how often it happened, ``actor_count`` by how many members, ``actor_ids`` the
    latest of them. It is pushed after ``deliver_after``, and listed at once.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index("ix_notification_member", "member_id", "latest_at", "id"),
        # Of two at once one adds the group, and the other joins it.
        sa.Index(
            "uq_notification_unread",
            *("member_id", "kind", "subject_kind", "subject_id"),
            unique=True,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index(
            "ix_notification_unread",
            *("member_id", "latest_at", "id"),
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    id: int = key()
    member_id: int = reference("member.id")
    kind: NotificationKind = Field(sa_type=enum_type(NotificationKind))
    subject_kind: SubjectKind = Field(sa_type=enum_type(SubjectKind))
    subject_id: int = Field(sa_type=KEY)
    times: int = 1
    actor_count: int = 0
    actor_ids: tuple[int, ...] = Field(default=(), sa_type=JsonList)
    note: str = Field(default="", max_length=MAX_NOTE)
    latest_at: datetime = instant()
    deliver_after: datetime = instant()
    read_at: datetime | None = instant(optional=True)


class NotificationActor(SQLModel, table=True):
    """That a member had a part in a notification; the key counts each once."""

    __tablename__ = "notification_actor"

    notification_id: int = Field(primary_key=True, foreign_key="notification.id", sa_type=KEY)
    actor_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)


class MutedKind(SQLModel, table=True):
    """That a member does not want to be told of a kind."""

    __tablename__ = "muted_notification_kind"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    kind: NotificationKind = Field(primary_key=True, sa_type=enum_type(NotificationKind))


class QuietHours(SQLModel, table=True):
    """When a member is not to be disturbed: minutes of the day in ``time_zone``."""

    __tablename__ = "quiet_hours"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    starts_minute: int
    ends_minute: int
    time_zone: str = Field(max_length=60)
