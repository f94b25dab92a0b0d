"""Notification in the graph, and how members want to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.engagement.queries import CommentRow
from app.members.queries import MemberRow, members
from app.notifications import queries, rules
from app.notifications.models import NotificationKind
from app.notifications.queries import NotificationRow
from app.notifications.rules import Quiet, clock
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.members import Member
from schema.nodes import Node, node
from schema.subjects import subjects

strawberry.enum(
    NotificationKind,
    description="What happened: 回复, 提及, 评论, 待审, 退回, 发布, 推荐, 移除, 举报, 处理, 积分,"
    " 法规有变化, 符合保存的搜索.",
)

_EXCERPT = 30


async def find_notifications(context: Context, ids: Sequence[int]) -> Mapping[int, NotificationRow]:
    """The viewer's own notifications."""
    return await queries.own_notifications(context.database, context.viewer, ids)


async def actors_of(context: Context, parents: Sequence[NotificationRow]) -> list[list[MemberRow]]:
    """The latest who had a part in each, the last first."""
    ids = list({key for row in parents for key in row.actor_ids})
    found = await members(context.database, ids) if ids else {}
    return [[found[key] for key in row.actor_ids] for row in parents]


async def subjects_of(context: Context, parents: Sequence[NotificationRow]) -> list[Any | None]:
    """What each is about, as far as the viewer still sees it."""
    return await subjects(context, [row.subject for row in parents])


async def messages_of(context: Context, parents: Sequence[NotificationRow]) -> list[str]:
    """What each says."""
    actors = await actors_of(context, parents)
    about = await subjects_of(context, parents)
    return [
        rules.message(
            row.kind,
            [actor.name for actor in named],
            None if subject is None else _called(subject),
            actor_count=row.actor_count,
            times=row.times,
            note=row.note,
        )
        for row, named, subject in zip(parents, actors, about, strict=True)
    ]


def _called(subject: Any) -> str:
    """What members call a subject: its title, its name, or how a comment begins."""
    if isinstance(subject, CommentRow):
        if subject.removed_at is not None:
            return "一条已移除的评论"
        cut = "…" if len(subject.body) > _EXCERPT else ""
        return f"“{subject.body[:_EXCERPT]}{cut}”"
    title = getattr(subject, "title", None)
    return str(subject.name) if title is None else f"《{title}》"


@node(
    NotificationRow,
    find=find_notifications,
    description="What a member is told (通知): all of one kind about one thing since it was read.",
)
class Notification(Node):
    """The shape of :class:`NotificationRow`."""

    kind: NotificationKind = strawberry.field(description="What happened.")
    message: str = edge(messages_of, "What happened, in Chinese, fit to be shown.")
    subject: Node | None = edge(
        subjects_of, "What it is about; null once it is gone or no longer the viewer's to see."
    )
    actors: list[Member] = edge(actors_of, "The latest three who had a part, the last first.")
    actor_count: int = strawberry.field(description="How many members had a part.")
    times: int = strawberry.field(name="count", description="How often it happened.")
    note: str = strawberry.field(description="A reason or a sum; empty where there is none.")
    latest_at: datetime = strawberry.field(description="When it last happened.")
    deliver_after: datetime = strawberry.field(
        description="When it may disturb: at once, or when quiet hours end (免打扰)."
    )
    read_at: datetime | None = strawberry.field(description="When it was read, null until then.")


class NotificationEventRow(NamedTuple):
    """What a subscription tells; without a notification, some were read elsewhere."""

    notification: NotificationRow | None


async def unread_counts(context: Context, parents: Sequence[NotificationEventRow]) -> list[int]:
    """How many of the viewer's notifications are unread, the same for all."""
    return [await queries.unread_count(context.database, context.viewer)] * len(parents)


@strawberry.type(description="That the viewer's notifications changed.")
class NotificationEvent:
    """The shape of :class:`NotificationEventRow`."""

    notification: Notification | None = strawberry.field(
        description="The one that came or grew; null where some were read elsewhere."
    )
    unread_notification_count: int = edge(unread_counts, "How many are unread now.")


class PreferencesRow(NamedTuple):
    """How a member wants to be told."""

    muted: frozenset[NotificationKind]
    quiet: Quiet | None

    @property
    def kinds(self) -> list["PreferenceRow"]:
        """Every kind, and whether it is wanted."""
        return [PreferenceRow(kind, kind not in self.muted) for kind in NotificationKind]

    @property
    def quiet_hours(self) -> "QuietHoursRow | None":
        """The quiet hours as they are written."""
        if self.quiet is None:
            return None
        starts, ends, zone = self.quiet
        return QuietHoursRow(clock(starts), clock(ends), zone)


class PreferenceRow(NamedTuple):
    """Whether a kind is wanted."""

    kind: NotificationKind
    enabled: bool


class QuietHoursRow(NamedTuple):
    """When not to disturb."""

    starts_at: str
    ends_at: str
    time_zone: str


@strawberry.type(description="Whether a member wants to be told of a kind.")
class NotificationPreference:
    """The shape of :class:`PreferenceRow`."""

    kind: NotificationKind = strawberry.field(description="The kind.")
    enabled: bool = strawberry.field(description="Whether it is told.")


@strawberry.type(description="When a member is not to be disturbed (免打扰时段).")
class QuietHours:
    """The shape of :class:`QuietHoursRow`."""

    starts_at: str = strawberry.field(description="Local time, like `22:00`.")
    ends_at: str = strawberry.field(description="Local time, like `07:00`; may be the next day.")
    time_zone: str = strawberry.field(description="Where the times hold, like `Asia/Shanghai`.")


@strawberry.type(description="How a member wants to be told.")
class NotificationPreferences:
    """The shape of :class:`PreferencesRow`."""

    kinds: list[NotificationPreference] = strawberry.field(description="Every kind.")
    quiet_hours: QuietHours | None = strawberry.field(
        description="Notifications within them are listed at once and pushed after them."
    )


@strawberry.input(description="Which notifications were read: exactly one of the three.")
class MarkNotificationsReadInput:
    """One way to name notifications."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These, at most 100."
    )
    up_to: strawberry.ID | None = strawberry.field(
        default=None, description="This one, and whatever came before it."
    )
    all: bool = strawberry.field(default=False, description="Everything.")


@strawberry.input(description="Whether to be told of a kind.")
class SetNotificationPreferenceInput:
    """One kind."""

    kind: NotificationKind = strawberry.field(description="The kind.")
    enabled: bool = strawberry.field(description="Whether it is told.")


@strawberry.input(description="When not to be disturbed; without times, never.")
class SetQuietHoursInput:
    """Both times, or neither."""

    starts_at: str | None = strawberry.field(default=None, description="Like `22:00`.")
    ends_at: str | None = strawberry.field(default=None, description="Like `07:00`.")


@strawberry.type(description="What is left unread, or why nothing was done.")
class MarkNotificationsReadPayload:
    """What ``markNotificationsRead`` answers."""

    marked_count: int = strawberry.field(default=0, description="How many were unread until now.")
    unread_notification_count: int = strawberry.field(
        default=0, description="How many are unread now."
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )


@strawberry.type(description="How one wants to be told now, or why nothing was changed.")
class NotificationPreferencesPayload:
    """What setting a preference answers."""

    preferences: NotificationPreferences | None = strawberry.field(
        description="The preferences as they are now."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


class PreferencesPayloadRow(NamedTuple):
    """The preferences as they were committed, or why nothing was changed."""

    preferences: PreferencesRow | None
    errors: list[UserError]


TYPES: tuple[Any, ...] = (Notification,)
