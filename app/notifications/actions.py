"""Writes on notifications: notify, mark as read, choose what to be told and when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.announcements import announce
from app.database.columns import new_id, now
from app.database.writing import add_once, insert, take_away
from app.errors import NotFound
from app.members.models import Member
from app.notifications.models import (
    MAX_NOTE,
    MutedKind,
    Notification,
    NotificationActor,
    NotificationKind,
    QuietHours,
)
from app.notifications.rules import ANONYMOUS, NAMED, Quiet, deliver_after
from app.subjects import Subject

_AT_ONCE = 200
#: What makes a group, while it is unread.
_GROUP = ["member_id", "kind", "subject_kind", "subject_id"]
_UNREAD = sa.text("read_at IS NULL")


def member_topic(member_id: int) -> str:
    """What is announced when a member's notifications change.

    The payload is the id of the notification that was added or grew, or empty.
    """
    return f"member:{member_id}"


async def notify(
    session: AsyncSession,
    kind: NotificationKind,
    to: Sequence[int],
    *,
    subject: Subject,
    actor_id: int | None,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Tell members that ``kind`` happened to ``subject``; who did it is not told of oneself.

    What is still unread of the kind about the subject grows by it. ``note`` is a reason or a sum,
    cut to 200 characters. Who does not want the kind is left out.
    """
    told = at or now()
    others = sorted({member_id for member_id in to if member_id != actor_id})
    for start in range(0, len(others), _AT_ONCE):
        wanting = await _who_wants(session, kind, others[start : start + _AT_ONCE])
        if not wanting:
            continue
        rows = [
            {
                "id": new_id(told),
                "member_id": member_id,
                "kind": kind,
                "subject_kind": subject.kind,
                "subject_id": subject.id,
                "note": note[:MAX_NOTE],
                "latest_at": told,
                "deliver_after": deliver_after(told, quiet),
            }
            for member_id, quiet in wanting.items()
        ]
        groups = await _add_or_grow(session, rows)
        if actor_id is not None and kind not in ANONYMOUS:
            await _name(session, groups, actor_id)
        for group in groups:
            announce(session, member_topic(group.member_id), str(group.id))


async def already_told(
    session: AsyncSession, kind: NotificationKind, among: Collection[int], *, subject: Subject
) -> set[int]:
    """Those ``among`` members who were told of ``kind`` about ``subject``, read or not."""
    found = await session.scalars(
        sa.select(col(Notification.member_id)).where(
            col(Notification.member_id).in_(among),
            col(Notification.kind) == kind,
            col(Notification.subject_kind) == subject.kind,
            col(Notification.subject_id) == subject.id,
        )
    )
    return set(found)


async def mark_read(session: AsyncSession, member_id: int, ids: Sequence[int]) -> int:
    """Mark notifications as read; NOT_FOUND where one is none of the member's."""
    own = sa.select(sa.func.count()).where(
        col(Notification.member_id) == member_id, col(Notification.id).in_(set(ids))
    )
    if await session.scalar(own) != len(set(ids)):
        raise NotFound("通知不存在", "input", "ids")
    return await _mark(session, member_id, col(Notification.id).in_(set(ids)))


async def mark_all_read(session: AsyncSession, member_id: int, up_to: int | None = None) -> int:
    """Mark everything as read, or ``up_to`` a notification and whatever came before it."""
    if up_to is None:
        return await _mark(session, member_id, sa.true())
    found = await session.execute(
        sa.select(col(Notification.latest_at)).where(
            col(Notification.member_id) == member_id, col(Notification.id) == up_to
        )
    )
    latest_at = found.scalar_one_or_none()
    if latest_at is None:
        raise NotFound("通知不存在", "input", "upTo")
    before = sa.tuple_(col(Notification.latest_at), col(Notification.id)) <= sa.tuple_(
        sa.literal(latest_at, Notification.__table__.c.latest_at.type),  # type: ignore[attr-defined]
        sa.literal(up_to),
    )
    return await _mark(session, member_id, before)


async def prefer(
    session: AsyncSession, member_id: int, kind: NotificationKind, *, enabled: bool
) -> None:
    """Want to be told of a kind, or not."""
    key: dict[str, Any] = {"member_id": member_id, "kind": kind}
    await (take_away if enabled else add_once)(session, MutedKind, **key)


async def keep_quiet(session: AsyncSession, member_id: int, quiet: Quiet | None) -> None:
    """Set a member's quiet hours, or end them; what waits keeps its time."""
    if quiet is None:
        await take_away(session, QuietHours, member_id=member_id)
        return
    hours = quiet._asdict()
    added = insert(session, QuietHours).values(member_id=member_id, **hours)
    await session.execute(added.on_conflict_do_update(index_elements=["member_id"], set_=hours))


async def _who_wants(
    session: AsyncSession, kind: NotificationKind, ids: Sequence[int]
) -> Mapping[int, Quiet | None]:
    """Those of ``ids`` who are told, in order, each with the quiet hours it has."""
    muted = sa.and_(
        col(MutedKind.member_id) == col(Member.id), col(MutedKind.kind) == sa.literal(kind)
    )
    found = await session.execute(
        sa.select(
            col(Member.id),
            col(QuietHours.starts_minute),
            col(QuietHours.ends_minute),
            col(QuietHours.time_zone),
        )
        .outerjoin(QuietHours, col(QuietHours.member_id) == col(Member.id))
        .where(col(Member.id).in_(ids), ~sa.exists().where(muted))
        # Two who tell the same members lock their groups in one order.
        .order_by(col(Member.id))
    )
    return {
        member_id: None if starts is None else Quiet(starts, ends, zone)
        for member_id, starts, ends, zone in found
    }


async def _add_or_grow(session: AsyncSession, rows: list[dict[str, Any]]) -> Sequence[Any]:
    """Each member's group as it is now: its id, member and the actors named until now."""
    added = insert(session, Notification).values(rows)
    grown = {name: added.excluded[name] for name in ("note", "latest_at", "deliver_after")}
    done = await session.execute(
        added.on_conflict_do_update(
            index_elements=_GROUP,
            index_where=_UNREAD,
            set_=grown | {"times": Notification.times + 1},
        ).returning(col(Notification.id), col(Notification.member_id), col(Notification.actor_ids))
    )
    return done.all()


async def _name(session: AsyncSession, groups: Sequence[Any], actor_id: int) -> None:
    """Put the actor first of those named, counted once a group."""
    added = insert(session, NotificationActor).values(
        [{"notification_id": group.id, "actor_id": actor_id} for group in groups]
    )
    new = await session.execute(
        added.on_conflict_do_nothing().returning(col(NotificationActor.notification_id))
    )
    first_time = set(new.scalars())
    for group in groups:
        others = [other for other in group.actor_ids if other != actor_id]
        await session.execute(
            sa.update(Notification)
            .where(col(Notification.id) == group.id)
            .values(
                actor_ids=(actor_id, *others)[:NAMED],
                actor_count=Notification.actor_count + int(group.id in first_time),
            )
        )


async def _mark(session: AsyncSession, member_id: int, which: sa.ColumnElement[bool]) -> int:
    done: Any = await session.execute(
        sa.update(Notification)
        .where(col(Notification.member_id) == member_id, col(Notification.read_at).is_(None), which)
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        announce(session, member_topic(member_id))
    return int(done.rowcount)
