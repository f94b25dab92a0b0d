"""Reads of a ranking of members, which a group's policy must let be."""

from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.statements import Statement, Within
from app.members.models import Member, MemberStatus, RoleGrant
from app.organizations.queries import subtree
from app.points.earned import earned
from app.points.models import Book, PointsAccount
from app.points.rules import STAFF


class RankedRow(NamedTuple):
    """A member's place: one more than those who have more, so that equals share it."""

    member_id: int
    earned: int
    rank: int


def _is_staff() -> sa.ColumnElement[bool]:
    roles: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{role.value}'") for role in STAFF]
    return sa.exists().where(
        col(RoleGrant.member_id) == col(Member.id),
        sa.type_coerce(col(RoleGrant.role), sa.String).in_(roles),
        sa.or_(
            col(RoleGrant.expires_at).is_(None),
            col(RoleGrant.expires_at) > sa.bindparam("now", type_=UtcDateTime),
        ),
    )


@cache
def _ranking(*, after: bool) -> Statement[RankedRow]:
    """All places are worked out for each page: a rank counts those before it."""
    ranked = (
        sa.select(
            col(Member.id).label("member_id"),
            earned().label("earned"),
            sa.func.rank().over(order_by=earned().desc()).label("rank"),
        )
        .join(PointsAccount, col(PointsAccount.member_id) == col(Member.id))
        .where(
            Within(col(Member.organization_id), subtree()),
            col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
            sa.type_coerce(col(PointsAccount.book), sa.String)
            == sa.bindparam("book", type_=sa.String),
            sa.not_(_is_staff()),
        )
        .subquery("ranked")
    )
    page = sa.select(ranked.c.member_id, ranked.c.earned, ranked.c.rank)
    if after:
        last = sa.bindparam("after_earned", type_=sa.Integer)
        page = page.where(
            sa.or_(
                ranked.c.earned < last,
                sa.and_(
                    ranked.c.earned == last,
                    ranked.c.member_id > sa.bindparam("after_id", type_=sa.BigInteger),
                ),
            )
        )
    ordered = page.order_by(ranked.c.earned.desc(), ranked.c.member_id)
    return Statement(RankedRow, ordered.limit(sa.bindparam("limit", type_=sa.Integer)), slow=True)


async def ranking(
    database: Database,
    organization_id: int,
    book: Book,
    *,
    first: int,
    after: tuple[int, int] | None,
) -> list[RankedRow]:
    """The ``first`` members behind ``after`` (points, id), of an organization and all below it.

    Active members who have an account in the book; staff are left out. Whoever asks has seen that
    the policy lets it be.
    """
    points, key = after or (0, 0)
    return await database.fetch(
        _ranking(after=after is not None),
        organization_id=organization_id,
        book=book.value,
        now=now(),
        after_earned=points,
        after_id=key,
        limit=first,
    )
