"""Doors to what members are told: notifications, their marks and preferences."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Invalid, Refusal, TooLarge, Unauthenticated
from app.notifications import actions, queries
from app.notifications.queries import NotificationRow
from app.notifications.rules import quiet_between
from schema.context import Context
from schema.errors import user_errors
from schema.nodes import key_of
from schema.notifications import (
    MarkNotificationsReadInput,
    MarkNotificationsReadPayload,
    Notification,
    NotificationPreferences,
    NotificationPreferencesPayload,
    PreferencesPayloadRow,
    PreferencesRow,
    SetNotificationPreferenceInput,
    SetQuietHoursInput,
)
from schema.paging import (
    After,
    Connection,
    First,
    connection,
    page_size,
    time_after,
    time_cursor,
)

Info = strawberry.Info[Context]
Deed = Callable[[AsyncSession, int], Awaitable[Any]]
_MAX_IDS = 100


@strawberry.type
class NotificationQueries:
    """Root fields that ask what one was told."""

    @strawberry.field(
        description="What the viewer was told, the latest first; UNAUTHENTICATED when signed out.",
        graphql_type=Connection[Notification] | None,
    )
    async def notifications(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        unread_only: Annotated[
            bool, strawberry.argument(description="Leave out what was read.")
        ] = False,
    ) -> Any:
        """A page of notifications."""
        _signed_in(info.context)
        size = page_size(first)
        rows = await queries.notifications(
            info.context.database,
            info.context.viewer,
            first=size + 1,
            before=time_after(after),
            unread_only=unread_only,
        )
        return connection(rows, size, after, cursor=_cursor)

    @strawberry.field(description="How many of the viewer's notifications are unread.")
    async def unread_notification_count(self, info: Info) -> int:
        """A count, 0 when signed out."""
        return await queries.unread_count(info.context.database, info.context.viewer)

    @strawberry.field(
        description="How the viewer wants to be told; UNAUTHENTICATED when signed out.",
        graphql_type=NotificationPreferences | None,
    )
    async def notification_preferences(self, info: Info) -> Any:
        """Opt-outs and quiet hours."""
        _signed_in(info.context)
        return await _preferences(info.context)


@strawberry.type
class NotificationMutations:
    """Root fields that mark notifications and choose among them."""

    @strawberry.mutation(description="Mark notifications as read; twice is the same as once.")
    async def mark_notifications_read(
        self,
        info: Info,
        input: Annotated[
            MarkNotificationsReadInput, strawberry.argument(description="Which ones.")
        ],
    ) -> MarkNotificationsReadPayload:
        """Mark some, or everything, or everything up to one."""
        context = info.context
        try:
            _signed_in(context)
            marked = await _in_transaction(context, _marking(input))
        except Refusal as refusal:
            return MarkNotificationsReadPayload(errors=user_errors(refusal))
        unread = await queries.unread_count(context.database, context.viewer)
        return MarkNotificationsReadPayload(marked_count=marked, unread_notification_count=unread)

    @strawberry.mutation(
        description="Be told of a kind, or not.", graphql_type=NotificationPreferencesPayload
    )
    async def set_notification_preference(
        self,
        info: Info,
        input: Annotated[
            SetNotificationPreferenceInput, strawberry.argument(description="Which kind.")
        ],
    ) -> Any:
        """Opt out of a kind, or in again."""

        async def prefer(session: AsyncSession, member_id: int) -> None:
            await actions.prefer(session, member_id, input.kind, enabled=input.enabled)

        return await _chosen(info.context, prefer)

    @strawberry.mutation(
        description="Set the hours in which nothing is pushed, in the group's time zone.",
        graphql_type=NotificationPreferencesPayload,
    )
    async def set_quiet_hours(
        self,
        info: Info,
        input: Annotated[SetQuietHoursInput, strawberry.argument(description="From when to when.")],
    ) -> Any:
        """Set quiet hours, or end them."""
        zone = info.context.platform.settings.time_zone

        async def keep_quiet(session: AsyncSession, member_id: int) -> None:
            quiet = None
            if input.starts_at is not None or input.ends_at is not None:
                quiet = quiet_between(input.starts_at or "", input.ends_at or "", zone)
            await actions.keep_quiet(session, member_id, quiet)

        return await _chosen(info.context, keep_quiet)


def _marking(input: MarkNotificationsReadInput) -> Deed:
    """The deed that an input asks for, of which it must name exactly one."""
    named = [input.ids is not None, input.up_to is not None, input.all]
    if sum(named) != 1:
        raise Invalid("请在 ids、upTo、all 中只选一种", "input")
    if input.ids is not None:
        if len(input.ids) > _MAX_IDS:
            raise TooLarge(f"一次最多标记 {_MAX_IDS} 条通知", "input", "ids")
        ids = [key_of(each, "Notification", "input", "ids") for each in input.ids]
        return lambda session, member_id: actions.mark_read(session, member_id, ids)
    last = None if input.up_to is None else key_of(input.up_to, "Notification", "input", "upTo")
    return lambda session, member_id: actions.mark_all_read(session, member_id, last)


async def _chosen(context: Context, deed: Deed) -> PreferencesPayloadRow:
    try:
        await _in_transaction(context, deed)
    except Refusal as refusal:
        return PreferencesPayloadRow(None, user_errors(refusal))
    return PreferencesPayloadRow(await _preferences(context), [])


async def _in_transaction(context: Context, deed: Deed) -> Any:
    member_id = _signed_in(context)
    async with context.database.transaction() as session:
        return await deed(session, member_id)


async def _preferences(context: Context) -> PreferencesRow:
    return PreferencesRow(
        await queries.muted_kinds(context.database, context.viewer),
        await queries.quiet_hours(context.database, context.viewer),
    )


def _signed_in(context: Context) -> int:
    if context.viewer.member_id is None:
        raise Unauthenticated("请先登录")
    return context.viewer.member_id


def _cursor(row: NotificationRow) -> str:
    return time_cursor(row.latest_at, row.id)
