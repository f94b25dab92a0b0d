"""Reads of points: accounts with what was earned, entries, averages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime
from app.database.statements import Among, AnySelect, Statement, Under, first_of_each
from app.members.models import Member, MemberStatus
from app.organizations.models import Organization
from app.organizations.queries import below
from app.points.earned import earned
from app.points.models import (
    Action,
    Book,
    Cap,
    Kind,
    PointsAccount,
    PointsEntry,
    PointsRule,
    PointsTransaction,
)
from app.points.rules import Windows, overseen
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer


class BookRow(NamedTuple):
    """What a member has in one book."""

    book: Book
    balance: int


class EarnedRow(NamedTuple):
    """What a member's deeds of one kind earned in the current day and week, reversals aside."""

    member_id: int
    action: Action
    today: int
    this_week: int


class AccountRow(NamedTuple):
    """All that a member has, book by book, and what was earned lately."""

    member_id: int
    books: tuple[BookRow, ...]
    earned: Mapping[Action, EarnedRow]

    @property
    def balance(self) -> int:
        """The sum of all books."""
        return sum(book.balance for book in self.books)

    @property
    def earned_today(self) -> int:
        """What deeds of today paid."""
        return sum(row.today for row in self.earned.values())


class EntryRow(NamedTuple):
    """A member's entry with its transaction, and the rule of that where a deed was paid."""

    id: int
    transaction_id: int
    member_id: int
    book: Book
    amount: int
    balance_after: int
    kind: Kind
    action: Action | None
    offered: int | None
    cut_by: Cap | None
    subject_kind: SubjectKind | None
    subject_id: int | None
    reverses_id: int | None
    reason: str | None
    done_at: datetime
    created_at: datetime
    rule_version: int | None
    daily_cap: int | None
    weekly_cap: int | None

    @property
    def subject(self) -> Subject | None:
        """What the deed was done to."""
        if self.subject_kind is None or self.subject_id is None:
            return None
        return Subject(self.subject_kind, self.subject_id)


class AverageRow(NamedTuple):
    """What the active members of an organization, and of all below it, earned in one book."""

    organization_id: int
    members: int
    total: int


class _HeldRow(NamedTuple):
    member_id: int
    book: Book | None
    balance: int | None


_ME = sa.bindparam("member_id", type_=sa.BigInteger)
_HELD = Statement(
    _HeldRow,
    sa.select(col(Member.id), col(PointsAccount.book), col(PointsAccount.balance))
    .select_from(Member)
    .join(Organization, col(Organization.id) == col(Member.organization_id))
    .outerjoin(PointsAccount, col(PointsAccount.member_id) == col(Member.id))
    .where(
        Among(col(Member.id), "ids"),
        sa.or_(col(Member.id) == _ME, Under(col(Organization.path), "subtrees")),
    ),
)


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=UtcDateTime)


_done_at = col(PointsTransaction.done_at)
_AWARD: sa.ColumnElement[str] = sa.literal_column(f"'{Kind.AWARD.value}'")
_EARNED = Statement(
    EarnedRow,
    sa.select(
        col(PointsTransaction.member_id),
        col(PointsTransaction.action),
        sa.func.sum(
            sa.case(
                (
                    sa.and_(_done_at >= _instant("day_start"), _done_at < _instant("day_end")),
                    col(PointsTransaction.amount),
                ),
                else_=sa.literal_column("0"),
            )
        ),
        sa.func.sum(col(PointsTransaction.amount)),
    )
    .where(
        Among(col(PointsTransaction.member_id), "ids"),
        _done_at >= _instant("week_start"),
        _done_at < _instant("week_end"),
        col(PointsTransaction.kind) == _AWARD,
    )
    .group_by(col(PointsTransaction.member_id), col(PointsTransaction.action)),
)


def _entries(source: sa.FromClause) -> AnySelect:
    """Entries of ``source`` that are a member's; the group's side has none of these columns."""
    entry = [getattr(PointsEntry, field) for field in EntryRow._fields[:6]]
    posted = [getattr(PointsTransaction, field) for field in EntryRow._fields[6:16]]
    rule = [col(PointsRule.version), col(PointsRule.daily_cap), col(PointsRule.weekly_cap)]
    return (
        sa.select(*entry, *posted, *rule)
        .select_from(source)
        .join(PointsTransaction, col(PointsTransaction.id) == col(PointsEntry.transaction_id))
        .outerjoin(PointsRule, col(PointsRule.id) == col(PointsTransaction.rule_id))
    )


_OF_MEMBERS = Statement(
    EntryRow,
    {
        dialect: _entries(source).order_by(col(PointsEntry.id).desc())
        for dialect, source in first_of_each(
            PointsEntry,
            "member_id",
            lambda entry: entry.id < sa.bindparam("before", type_=sa.BigInteger),
            newest=True,
        ).items()
    },
)
_VISIBLE = Statement(
    EntryRow,
    _entries(sa.inspect(PointsEntry).local_table)
    .join(Member, col(Member.id) == col(PointsEntry.member_id))
    .join(Organization, col(Organization.id) == col(Member.organization_id))
    .where(
        Among(col(PointsEntry.id), "ids"),
        sa.or_(col(Member.id) == _ME, Under(col(Organization.path), "subtrees")),
    ),
)
_OF_TRANSACTIONS = Statement(
    EntryRow,
    _entries(sa.inspect(PointsEntry).local_table).where(
        Among(col(PointsEntry.transaction_id), "ids"), col(PointsEntry.member_id).is_not(None)
    ),
)
_outer = aliased(Organization)
_AVERAGES = Statement(
    AverageRow,
    sa.select(
        col(_outer.id),
        sa.func.count(col(Member.id)),
        sa.func.coalesce(sa.func.sum(earned()), sa.literal_column("0")),
    )
    .select_from(_outer)
    .join(Organization, below(Organization, _outer))
    .join(Member, col(Member.organization_id) == col(Organization.id))
    .outerjoin(
        PointsAccount,
        sa.and_(
            col(PointsAccount.member_id) == col(Member.id),
            col(PointsAccount.book) == sa.bindparam("book", type_=sa.String),
        ),
    )
    .where(
        Among(col(_outer.id), "ids"),
        col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    )
    .group_by(col(_outer.id)),
    slow=True,
)


async def visible_accounts(
    database: Database, viewer: Viewer, member_ids: Sequence[int], spans: Windows
) -> dict[int, AccountRow]:
    """The accounts of members that ``viewer`` may see: one's own, and those one oversees."""
    seen = {"member_id": viewer.member_id, "subtrees": overseen(viewer)}
    held: dict[int, dict[Book, int]] = {}
    for row in await database.fetch(_HELD, ids=member_ids, **seen):
        of_member = held.setdefault(row.member_id, dict.fromkeys(Book, 0))
        if row.book is not None:
            of_member[row.book] = row.balance or 0
    earned = await _earned(database, list(held), spans)
    return {
        key: AccountRow(key, tuple(BookRow(*each) for each in books.items()), earned[key])
        for key, books in held.items()
    }


async def _earned(
    database: Database, member_ids: Sequence[int], spans: Windows
) -> dict[int, dict[Action, EarnedRow]]:
    found: dict[int, dict[Action, EarnedRow]] = {key: {} for key in member_ids}
    if not member_ids:
        return found
    rows = await database.fetch(
        _EARNED,
        ids=member_ids,
        day_start=spans.day.start,
        day_end=spans.day.end,
        week_start=spans.week.start,
        week_end=spans.week.end,
    )
    for row in rows:
        found[row.member_id][row.action] = row
    return found


async def entries(
    database: Database, member_ids: Sequence[int], *, first: int, before: int
) -> dict[int, list[EntryRow]]:
    """The ``first`` newest entries of each member. Whoever asks has seen the accounts."""
    found: dict[int, list[EntryRow]] = {key: [] for key in member_ids}
    for row in await database.fetch(_OF_MEMBERS, parents=member_ids, before=before, limit=first):
        found[row.member_id].append(row)
    return found


async def visible_entries(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, EntryRow]:
    """Entries by id of members whose points ``viewer`` may see."""
    seen = {"member_id": viewer.member_id, "subtrees": overseen(viewer)}
    return {row.id: row for row in await database.fetch(_VISIBLE, ids=ids, **seen)}


async def entries_of(database: Database, transaction_ids: Sequence[int]) -> dict[int, EntryRow]:
    """The members' entries of transactions, by transaction. Whoever asks has seen one of them."""
    rows = await database.fetch(_OF_TRANSACTIONS, ids=transaction_ids)
    return {row.transaction_id: row for row in rows}


async def averages(
    database: Database, organization_ids: Sequence[int], book: Book
) -> dict[int, AverageRow]:
    """What each organization's members earned. Whoever asks runs or audits the organizations."""
    rows = await database.fetch(_AVERAGES, ids=organization_ids, book=book.value)
    return {row.organization_id: row for row in rows}
