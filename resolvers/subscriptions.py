"""Doors that stay open: commentAdded, contentChanged, notificationAdded."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Any

import strawberry

from app.content.announcing import card_topic, comments_topic
from app.content.rules import live_state, next_live_change
from app.database.announcements import MISSED
from app.database.columns import now
from app.engagement.queries import CommentRow, comments
from resolvers.notification_watch import watching_notifications
from resolvers.watching import ContentWatch, watching
from schema.comments import Comment
from schema.content import Content, content_key
from schema.context import Context
from schema.notifications import NotificationEvent
from schema.paging import LAST_ID

Info = strawberry.Info[Context]
ContentId = Annotated[strawberry.ID, strawberry.argument(description="The content's id.")]

#: A card in a storm of likes is told at most so often; its last state always is.
_PAUSE_SECONDS = 1.0
#: How far back a subscriber who missed something is helped.
_CAUGHT_UP = 100


@strawberry.type
class LiveSubscriptions:
    """Root fields of subscriptions; each ends when its viewer may no longer see what it tells."""

    @strawberry.subscription(
        description="Comments on a content as they are written, while the viewer sees it.",
        graphql_type=Comment,
    )
    async def comment_added(self, info: Info, content_id: ContentId) -> AsyncGenerator[Any, None]:
        """Each new comment once."""
        key = content_key(content_id, "contentId")
        async with watching(info.context, key, comments_topic(key)) as watch:
            new = _NewComments(info.context, key)
            while True:
                for row in await new.after(watch):
                    yield row

    @strawberry.subscription(
        description="A content whenever its card changes: text, counters, how a live stream stands."
        " At most once a second; the last state always.",
        graphql_type=Content,
    )
    async def content_changed(self, info: Info, content_id: ContentId) -> AsyncGenerator[Any, None]:
        """The card each time that it differs from the one before."""
        key = content_key(content_id, "contentId")
        async with watching(info.context, key, card_topic(key)) as watch:
            shown, has_told = _shown(watch), False
            while True:
                made = await watch.next(until=next_live_change(watch.content, now()))
                # What was announced before the first look is no difference, and yet new.
                if _shown(watch) != shown or (made and not has_told):
                    shown, has_told = _shown(watch), True
                    yield watch.content
                    await asyncio.sleep(_PAUSE_SECONDS)

    @strawberry.subscription(
        description="What the viewer is told as it happens, or when quiet hours end;"
        " UNAUTHENTICATED when signed out.",
        graphql_type=NotificationEvent,
    )
    async def notification_added(self, info: Info) -> AsyncGenerator[Any, None]:
        """Each notification that comes or grows, and when some were read elsewhere."""
        async with watching_notifications(info.context) as watch:
            while True:
                for event in await watch.next():
                    yield event


class _NewComments:
    """The comments on one content that were not told yet."""

    def __init__(self, context: Context, content_id: int) -> None:
        self._context = context
        self._content_id = content_id
        self._begun = now()
        self._told: deque[int] = deque(maxlen=2 * _CAUGHT_UP)

    async def after(self, watch: ContentWatch) -> Sequence[CommentRow]:
        """What is new after some time of waiting, oldest first; may be nothing."""
        made = await watch.next()
        if MISSED in made:
            ids = await self._newest()
        else:
            ids = [int(one.payload) for one in made if one.payload]
        rows = await watch.comments([key for key in ids if key not in self._told])
        self._told.extend(row.id for row in rows)
        return rows

    async def _newest(self) -> list[int]:
        """The latest that were written since the subscription began, oldest first."""
        context, ids = self._context, [self._content_id]
        found = await comments(
            context.database, context.viewer, ids, first=_CAUGHT_UP, before=LAST_ID
        )
        rows = reversed(found[self._content_id])
        return [row.id for row in rows if row.created_at >= self._begun]


def _shown(watch: ContentWatch) -> object:
    return watch.content, live_state(watch.content, now())
