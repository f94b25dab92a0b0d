"""Forgetting what members were told long ago."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.columns import new_id, now
from app.notifications.models import Notification, NotificationActor
from app.notifications.rules import READ_STANDS, UNREAD_STANDS

_AT_ONCE = 500


async def sweep(session: AsyncSession) -> None:
    """Forget what was last told too long ago: sooner what was read than what was not."""
    at = now()
    while ids := await _overdue(session, at):
        actors = sa.delete(NotificationActor)
        await session.execute(actors.where(col(NotificationActor.notification_id).in_(ids)))
        await session.execute(sa.delete(Notification).where(col(Notification.id).in_(ids)))


async def _overdue(session: AsyncSession, at: datetime) -> list[int]:
    """Some of them, locked, so that none of them grows meanwhile."""
    read = sa.and_(
        col(Notification.read_at).is_not(None), col(Notification.latest_at) < at - READ_STANDS
    )
    found = await session.scalars(
        sa.select(col(Notification.id))
        # Keys are dated: whatever was told so long ago lies before this one.
        .where(col(Notification.id) < new_id(at - READ_STANDS))
        .where(sa.or_(read, col(Notification.latest_at) < at - UNREAD_STANDS))
        .order_by(col(Notification.id))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(found)
