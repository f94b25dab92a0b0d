"""Points in the graph: accounts, what deeds still pay, and entries with their explanation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Optional

import strawberry

from app.database.columns import now
from app.points import queries
from app.points.models import Book, Kind
from app.points.queries import AccountRow, EntryRow, entries_of, visible_entries
from app.points.rulebook import VersionRow, versions_in_force
from app.points.rules import remaining
from app.points.wording import ACTION_NAMES, explain, reason_of
from schema.context import Context
from schema.edges import edge
from schema.nodes import Node, node
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)
from schema.subjects import subjects

strawberry.enum(
    Kind, name="PointsKind", description="Why points moved: 行为得分, 冲正, 人工调整, 兑换."
)


class AllowanceRow(NamedTuple):
    """What a deed still pays today, under one rule."""

    rule: VersionRow
    remaining_today: int

    @property
    def action(self) -> str:
        """The deed."""
        return self.rule.action.value

    @property
    def name(self) -> str:
        """The deed in Chinese."""
        return ACTION_NAMES[self.rule.action]

    @property
    def book(self) -> Book:
        """Where its points go."""
        return self.rule.book

    @property
    def points(self) -> int:
        """What it pays."""
        return self.rule.points

    @property
    def daily_cap(self) -> int:
        """The most that a day can bring; the week's where only that is bounded."""
        return self.rule.daily_cap or self.rule.weekly_cap or 0

    @property
    def weekly_cap(self) -> int | None:
        """The most that a week can bring."""
        return self.rule.weekly_cap


async def find_entries(context: Context, ids: Sequence[int]) -> Mapping[int, EntryRow]:
    """Entries of one's own, and of members whom one oversees."""
    return await visible_entries(context.database, context.viewer, ids)


async def allowances_of(
    context: Context, parents: Sequence[AccountRow]
) -> list[list[AllowanceRow]]:
    """What deeds still pay each member today, as far as a cap bounds them."""
    rules = await versions_in_force(context.database, now())
    return [[row for rule in rules if (row := _allowance(rule, account))] for account in parents]


def _allowance(rule: VersionRow, account: AccountRow) -> AllowanceRow | None:
    earned = account.earned.get(rule.action)
    today, this_week = (earned.today, earned.this_week) if earned else (0, 0)
    left = remaining(rule, today, this_week)
    return None if left is None else AllowanceRow(rule, left)


async def entries_on(
    context: Context, parents: Sequence[AccountRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the entries of each member, newest first."""
    size = page_size(first)
    found = await queries.entries(
        context.database,
        [row.member_id for row in parents],
        first=size + 1,
        before=id_after(after, LAST_ID),
    )
    return [connection(found[row.member_id], size, after, cursor=id_cursor) for row in parents]


async def subjects_of(context: Context, parents: Sequence[EntryRow]) -> list[Any | None]:
    """What each was paid for, where the viewer may see it."""
    return await subjects(context, [row.subject for row in parents])


async def reversed_by(context: Context, parents: Sequence[EntryRow]) -> list[EntryRow | None]:
    """The entry that each reverses; it is the same member's."""
    ids = list({row.reverses_id for row in parents if row.reverses_id is not None})
    found = await entries_of(context.database, ids) if ids else {}
    return [found.get(row.reverses_id or 0) for row in parents]


async def explanations_of(context: Context, parents: Sequence[EntryRow]) -> list[str]:
    """Why each is what it is."""
    zone = context.platform.settings.zone
    return [explain(row, zone) for row in parents]


def _action(self: Any) -> str:
    return str(self.kind.value if self.action is None else self.action.value)


def _reason(self: Any) -> str:
    return reason_of(self)


@strawberry.type(description="What a member has in one book of points.")
class PointsBookBalance:
    """The shape of :class:`app.points.queries.BookRow`."""

    book: Book = strawberry.field(description="The book.")
    balance: int = strawberry.field(description="Its balance (余额); negative after reversals.")


@strawberry.type(description="What a deed still pays today.")
class PointsAllowance:
    """The shape of :class:`AllowanceRow`."""

    action: str = strawberry.field(description="The deed, for programs: `LIKE`, `STUDY` …")
    name: str = strawberry.field(description="The deed in Chinese (行为).")
    book: Book = strawberry.field(description="The book its points go to.")
    points: int = strawberry.field(description="Points for doing it once.")
    daily_cap: int = strawberry.field(
        description="Most points a day (每日上限); the week's where only that is bounded."
    )
    weekly_cap: int | None = strawberry.field(description="Most points a week (每周上限).")
    remaining_today: int = strawberry.field(description="Points that it can still bring today.")


@node(EntryRow, find=find_entries, description="A line of a member's points (积分明细).")
class PointsEntry(Node):
    """The shape of :class:`app.points.queries.EntryRow`."""

    book: Book = strawberry.field(description="The book it stands in.")
    kind: Kind = strawberry.field(description="Why points moved.")
    amount: int = strawberry.field(description="Points gained; negative where they were lost.")
    balance_after: int = strawberry.field(description="The book's balance after it.")
    reason: str = strawberry.field(
        resolver=_reason, description="Why, in a few words: the deed, or what was written."
    )
    explanation: str = edge(
        explanations_of,
        "Why, in full: the deed and its day, the version of the rule, the cap that cut it.",
    )
    action: str = strawberry.field(
        resolver=_action, description="The deed that was paid; else its kind."
    )
    done_at: datetime = strawberry.field(
        description="When the deed was done; its day's rule and caps count."
    )
    created_at: datetime = strawberry.field(description="When it was entered.")
    subject: Node | None = edge(
        subjects_of, "What it was paid for; null where it is gone or not the viewer's to see."
    )
    reverses: Optional["PointsEntry"] = edge(reversed_by, "The entry that it takes back (冲正).")


@strawberry.type(description="A member's points (积分账户).")
class PointsAccount:
    """The shape of :class:`app.points.queries.AccountRow`."""

    balance: int = strawberry.field(description="The sum of all books.")
    earned_today: int = strawberry.field(
        description="What deeds of today paid, in the group's time zone; reversals aside."
    )
    books: list[PointsBookBalance] = strawberry.field(description="Every book with its balance.")
    allowances: list[PointsAllowance] = edge(
        allowances_of, "What still pays today (今日还可得); deeds that no cap bounds are left out."
    )
    entries: Connection[PointsEntry] = edge(entries_on, "Its lines, newest first (明细).")


TYPES: tuple[Any, ...] = (PointsEntry,)
