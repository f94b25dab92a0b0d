"""What a subscription looks at: what is announced, and whether the viewer may still see it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from app.content.queries import ContentRow, visible_contents
from app.database import Database
from app.database.announcements import Announcement, Listener
from app.database.columns import now
from app.engagement.queries import CommentRow, visible_comments
from app.errors import NotFound
from app.visibility import Viewer
from schema.context import Context

R = TypeVar("R")
Visible = Callable[[Database, Viewer, Sequence[int]], Awaitable[Mapping[int, R]]]

# Clocks tick a little apart: a moment after the instant, it has come for all.
_MOMENT = 0.001


async def heard(
    context: Context, listener: Listener, *, until: datetime | None = None
) -> list[Announcement]:
    """What is announced next; nothing when it is time to look anyway, or ``until`` has come.

    The context's viewer is then the one of now; UNAUTHENTICATED once the session has ended.
    """
    made = await _heard(context, listener, until)
    context.viewer = await context.platform.sessions.renewed(context.viewer)
    return made


async def _heard(
    context: Context, listener: Listener, until: datetime | None
) -> list[Announcement]:
    seconds = context.platform.settings.live_check_seconds
    if until is not None:
        seconds = min(seconds, max((until - now()).total_seconds(), 0.0) + _MOMENT)
    return await listener.heard(seconds)


@asynccontextmanager
async def watching(context: Context, content_id: int, topic: str) -> AsyncIterator["ContentWatch"]:
    """Watch a content, and hear ``topic``, until the block ends; NOT_FOUND where it is not seen."""
    async with context.database.announcements.listening([topic]) as listener:
        watch = ContentWatch(context, content_id, listener)
        await watch.look(since=asyncio.get_running_loop().time())
        yield watch


class ContentWatch:
    """One content, as the viewer of one subscription sees it at each moment.

    ``content`` is its row when it was last looked at.
    """

    content: ContentRow

    def __init__(self, context: Context, content_id: int, listener: Listener) -> None:
        self._context = context
        self._content_id = content_id
        self._listener = listener

    async def next(self, *, until: datetime | None = None) -> list[Announcement]:
        """What is :func:`heard` next, once the viewer was seen to see the content still."""
        made = await _heard(self._context, self._listener, until)
        if made:
            await self.look(since=self._listener.told_at)
        else:
            # Nothing was told: what others read a moment ago will do.
            interval = self._context.platform.settings.live_check_seconds
            await self.look(since=asyncio.get_running_loop().time() - interval)
        await self._be_who_asks_now()
        return made

    async def _be_who_asks_now(self) -> None:
        """Renew the viewer after what was read for them, and look again as whoever they became.

        Who lost their session in the transaction that changed the content is not told of it.
        """
        before = self._context.viewer
        self._context.viewer = await self._context.platform.sessions.renewed(before)
        if self._context.viewer != before:
            await self.look(since=asyncio.get_running_loop().time())

    async def look(self, *, since: float) -> None:
        """Read the content, or see it as others did after ``since`` by the loop's clock."""
        row = await seen(self._context, visible_contents, self._content_id, since=since)
        if row is None:
            raise NotFound("内容不存在或不可见", "contentId")
        self.content = row

    async def comments(self, ids: Sequence[int]) -> list[CommentRow]:
        """Those of the comments that were just announced which the viewer sees."""
        since = self._listener.told_at
        rows = [await seen(self._context, visible_comments, key, since=since) for key in ids]
        return [row for row in rows if row is not None and row.removed_at is None]


async def seen(context: Context, read: Visible[R], key: int, *, since: float) -> R | None:
    """A row as the viewer sees it, read after ``since`` by the loop's clock; None if not at all.

    Viewers of the same keys and grants see the same but for what is their own, and share the read.
    """
    viewer = context.viewer

    async def load() -> R | None:
        # Nobody's key is 0: what this viewer sees, whoever sees alike sees.
        alike = replace(viewer, member_id=0 if viewer.signed_in else None, session_id=None)
        return (await read(context.database, alike, [key])).get(key)

    shared = (read, key, viewer.keys, viewer.grants)
    row = await context.platform.shared.read(shared, load, since=since)
    if row is None and viewer.signed_in:
        row = (await read(context.database, viewer, [key])).get(key)
    return row
