"""Reads of what deeds pay: rules in force, their history, and what a past month paid."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime, new_id
from app.database.statements import AnySelect, Statement
from app.points.models import Action, Book, Cap, Kind, PointsRule, PointsTransaction
from app.points.rules import Window
from app.points.simulating import Days, Deed, tally

_AT_ONCE = 10_000


class VersionRow(NamedTuple):
    """One version of what a deed pays, with all that was said of it."""

    id: int
    action: Action
    version: int
    book: Book
    points: int
    daily_cap: int | None
    weekly_cap: int | None
    is_reversed_on_removal: bool
    effective_from: datetime
    effective_to: datetime | None
    note: str


class _DeedRow(NamedTuple):
    id: int
    member_id: int
    done_at: datetime
    amount: int
    cut_by: Cap | None


def _versions() -> AnySelect:
    return sa.select(*(getattr(PointsRule, field) for field in VersionRow._fields))


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=UtcDateTime)


_ACTION = sa.type_coerce(col(PointsRule.action), sa.String) == sa.bindparam(
    "action", type_=sa.String
)
_IN_FORCE = Statement(
    VersionRow,
    _versions()
    .where(
        col(PointsRule.effective_from) <= _instant("at"),
        sa.or_(
            col(PointsRule.effective_to).is_(None), col(PointsRule.effective_to) > _instant("at")
        ),
    )
    .order_by(col(PointsRule.id)),
)
_BY_ID = Statement(
    VersionRow, _versions().where(col(PointsRule.id) == sa.bindparam("id", type_=sa.BigInteger))
)
_HISTORY = Statement(
    VersionRow,
    _versions()
    .where(_ACTION, col(PointsRule.version) < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(col(PointsRule.version).desc())
    .limit(sa.bindparam("limit", type_=sa.Integer)),
)
_deed = PointsTransaction
_DEEDS = Statement(
    _DeedRow,
    sa.select(*(getattr(_deed, field) for field in _DeedRow._fields))
    .where(
        # Nothing is entered before it is done, and ids follow the time of entry.
        col(_deed.id) > sa.bindparam("after", type_=sa.BigInteger),
        sa.type_coerce(col(_deed.action), sa.String) == sa.bindparam("action", type_=sa.String),
        col(_deed.kind) == sa.literal_column(f"'{Kind.AWARD.value}'"),
        col(_deed.done_at) >= _instant("start"),
        col(_deed.done_at) < _instant("end"),
    )
    .order_by(col(_deed.id))
    .limit(sa.bindparam("limit", type_=sa.Integer)),
    slow=True,
)


async def versions_in_force(database: Database, at: datetime) -> list[VersionRow]:
    """What deeds pay at ``at``; everybody may know."""
    return await database.fetch(_IN_FORCE, at=at)


async def history(
    database: Database, action: Action, *, first: int, before: int
) -> list[VersionRow]:
    """The ``first`` newest versions of a rule below version ``before``."""
    return await database.fetch(_HISTORY, action=action.value, before=before, limit=first)


async def paid_days(database: Database, action: Action, within: Window, zone: ZoneInfo) -> Days:
    """What members' deeds of one kind were paid, day by day; what was reversed since counts."""
    days: Days = {}
    # The last bits of an id are no time.
    after = (new_id(within.start) >> 22 << 22) - 1
    span = {"action": action.value, "start": within.start, "end": within.end}
    while rows := await database.fetch(_DEEDS, after=after, limit=_AT_ONCE, **span):
        after = rows[-1].id
        paid = (Deed(r.member_id, r.done_at, r.amount, r.cut_by is not None) for r in rows)
        tally(days, paid, zone)
    return days


async def version_of(database: Database, rule_id: int) -> VersionRow | None:
    """One version by its id."""
    return await database.first(_BY_ID, id=rule_id)
