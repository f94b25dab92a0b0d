"""What a member's subscription tells: notifications as they come, or when quiet hours end."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from app.database.announcements import MISSED, Announcement, Listener
from app.database.columns import now
from app.errors import Unauthenticated
from app.notifications.actions import member_topic
from app.notifications.queries import (
    NotificationRow,
    next_due,
    notifications,
    own_notifications,
    put_off,
)
from resolvers.watching import heard
from schema.context import Context
from schema.notifications import NotificationEventRow

#: At most so many at once; whoever wants all of them has a list.
_AT_ONCE = 100


@asynccontextmanager
async def watching_notifications(context: Context) -> AsyncIterator["NotificationWatch"]:
    """Watch the viewer's own notifications until the block ends."""
    if context.viewer.member_id is None:
        raise Unauthenticated("请先登录")
    topic = member_topic(context.viewer.member_id)
    async with context.database.announcements.listening([topic]) as listener:
        watch = NotificationWatch(context, listener)
        await watch.look_ahead(now())
        yield watch


class NotificationWatch:
    """The notifications of one member: what was told until now, and what is due next."""

    def __init__(self, context: Context, listener: Listener) -> None:
        self._context = context
        self._listener = listener
        self._begun = self._looked_at = now()
        self._due: datetime | None = None
        self._told: deque[tuple[int, int]] = deque(maxlen=2 * _AT_ONCE)

    async def next(self) -> list[NotificationEventRow]:
        """What is to be told after some time of waiting, which may be nothing."""
        made = await heard(self._context, self._listener, until=self._due)
        at = now()
        rows = await self._announced(made, at)
        if made or (self._due is not None and self._due <= at):
            rows |= await self._put_off(at)
            await self.look_ahead(at)
        self._told.extend((row.id, row.times) for row in rows.values())
        if not rows and any(not one.payload for one in made if one != MISSED):
            return [NotificationEventRow(None)]  # some were read elsewhere
        return [NotificationEventRow(row) for row in rows.values()]

    async def look_ahead(self, at: datetime) -> None:
        """Learn when the next that quiet hours hold back is due, after ``at``."""
        self._looked_at = at
        self._due = await next_due(self._context.database, self._context.viewer, at)

    async def _announced(
        self, made: list[Announcement], at: datetime
    ) -> dict[int, NotificationRow]:
        """What has come and may disturb at ``at``."""
        if MISSED in made:
            found = await self._newest()
        else:
            ids = [int(one.payload) for one in made if one.payload]
            found = await self._own(ids) if ids else {}
        return {
            key: row
            for key, row in found.items()
            if row.read_at is None and row.deliver_after <= at
        }

    async def _own(self, ids: list[int]) -> dict[int, NotificationRow]:
        return await own_notifications(self._context.database, self._context.viewer, ids)

    async def _newest(self) -> dict[int, NotificationRow]:
        """What came since the subscription began and was not told."""
        rows = await notifications(
            self._context.database,
            self._context.viewer,
            first=_AT_ONCE,
            before=None,
            unread_only=True,
        )
        return {
            row.id: row
            for row in reversed(rows)
            if row.latest_at >= self._begun and (row.id, row.times) not in self._told
        }

    async def _put_off(self, at: datetime) -> dict[int, NotificationRow]:
        rows = await put_off(
            self._context.database,
            self._context.viewer,
            since=self._looked_at,
            at=at,
            first=_AT_ONCE,
        )
        return {row.id: row for row in rows}
