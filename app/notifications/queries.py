"""Reads of notifications: everybody's own, and nobody else's."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime
from app.database.statements import Among, AnySelect, Statement
from app.notifications.models import MutedKind, Notification, NotificationKind, QuietHours
from app.notifications.rules import Quiet
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer

#: Later than every instant that anybody will ask for.
_EVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


class NotificationRow(NamedTuple):
    """A notification as its member reads it."""

    id: int
    kind: NotificationKind
    subject_kind: SubjectKind
    subject_id: int
    times: int
    actor_count: int
    actor_ids: tuple[int, ...]
    note: str
    latest_at: datetime
    deliver_after: datetime
    read_at: datetime | None

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return Subject(self.subject_kind, self.subject_id)


class _CountRow(NamedTuple):
    unread: int


class _MutedRow(NamedTuple):
    kind: NotificationKind


class _DueRow(NamedTuple):
    deliver_after: datetime


_OWN = col(Notification.member_id) == sa.bindparam("member_id", type_=sa.BigInteger)
_UNREAD = col(Notification.read_at).is_(None)
_AT = sa.bindparam("at", type_=UtcDateTime)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_delivered = col(Notification.deliver_after)


def _rows() -> AnySelect:
    return sa.select(*(getattr(Notification, name) for name in NotificationRow._fields)).where(_OWN)


def _newest(*, unread: bool) -> Statement[NotificationRow]:
    before = sa.tuple_(col(Notification.latest_at), col(Notification.id)) < sa.tuple_(
        sa.bindparam("before_at", type_=UtcDateTime),
        sa.bindparam("before_id", type_=sa.BigInteger),
    )
    page = _rows().where(before)
    if unread:
        page = page.where(_UNREAD)
    newest = page.order_by(col(Notification.latest_at).desc(), col(Notification.id).desc())
    return Statement(NotificationRow, newest.limit(_LIMIT))


_NEWEST = {unread: _newest(unread=unread) for unread in (False, True)}
_BY_ID = Statement(NotificationRow, _rows().where(Among(col(Notification.id), "ids")))
_COUNT = Statement(
    _CountRow,
    sa.select(sa.func.count()).where(_OWN, _UNREAD).group_by(col(Notification.member_id)),
)
_MUTED = Statement(
    _MutedRow,
    sa.select(col(MutedKind.kind)).where(
        col(MutedKind.member_id) == sa.bindparam("member_id", type_=sa.BigInteger)
    ),
)
_QUIET = Statement(
    Quiet,
    sa.select(
        col(QuietHours.starts_minute), col(QuietHours.ends_minute), col(QuietHours.time_zone)
    ).where(col(QuietHours.member_id) == sa.bindparam("member_id", type_=sa.BigInteger)),
)
_PUT_OFF = Statement(
    NotificationRow,
    _rows()
    .where(
        _UNREAD,
        _delivered > col(Notification.latest_at),
        _delivered > sa.bindparam("since", type_=UtcDateTime),
        _delivered <= _AT,
    )
    .order_by(_delivered, col(Notification.id))
    .limit(_LIMIT),
)
_NEXT = Statement(
    _DueRow,
    sa.select(_delivered).where(_OWN, _UNREAD, _delivered > _AT).order_by(_delivered).limit(1),
)


async def notifications(
    database: Database,
    viewer: Viewer,
    *,
    first: int,
    before: tuple[datetime, int] | None,
    unread_only: bool,
) -> list[NotificationRow]:
    """The viewer's ``first`` latest notifications older than ``before``."""
    before_at, before_id = before or (_EVER, 0)
    return await database.fetch(
        _NEWEST[unread_only],
        member_id=viewer.member_id,
        before_at=before_at,
        before_id=before_id,
        limit=first,
    )


async def own_notifications(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, NotificationRow]:
    """Those of ``ids`` that are the viewer's."""
    if not viewer.signed_in:
        return {}
    rows = await database.fetch(_BY_ID, ids=ids, member_id=viewer.member_id)
    return {row.id: row for row in rows}


async def unread_count(database: Database, viewer: Viewer) -> int:
    """How many of the viewer's notifications are unread; nobody has none."""
    if not viewer.signed_in:
        return 0
    row = await database.first(_COUNT, member_id=viewer.member_id)
    return 0 if row is None else row.unread


async def put_off(
    database: Database, viewer: Viewer, *, since: datetime, at: datetime, first: int
) -> list[NotificationRow]:
    """What quiet hours held back, and what became due after ``since`` and by ``at``."""
    return await database.fetch(
        _PUT_OFF, member_id=viewer.member_id, since=since, at=at, limit=first
    )


async def next_due(database: Database, viewer: Viewer, at: datetime) -> datetime | None:
    """When the next of what quiet hours hold back becomes due, after ``at``."""
    row = await database.first(_NEXT, member_id=viewer.member_id, at=at)
    return None if row is None else row.deliver_after


async def muted_kinds(database: Database, viewer: Viewer) -> frozenset[NotificationKind]:
    """What the viewer does not want to be told."""
    rows = await database.fetch(_MUTED, member_id=viewer.member_id)
    return frozenset(row.kind for row in rows)


async def quiet_hours(database: Database, viewer: Viewer) -> Quiet | None:
    """When the viewer is not to be disturbed."""
    return await database.first(_QUIET, member_id=viewer.member_id)
