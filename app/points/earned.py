"""What members earned, which is more than what is left where they spent some."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.points.models import Kind, PointsAccount, PointsTransaction

_given_back = aliased(PointsTransaction)
_SPENT: sa.ColumnElement[str] = sa.literal_column(f"'{Kind.REDEMPTION.value}'")


def earned() -> sa.ColumnElement[int]:
    """The balance of an account, with all that was spent of it and not given back."""
    spent = (
        sa.select(sa.func.sum(-col(PointsTransaction.amount)))
        .where(
            col(PointsTransaction.member_id) == col(PointsAccount.member_id),
            col(PointsTransaction.book) == col(PointsAccount.book),
            col(PointsTransaction.kind) == _SPENT,
            ~sa.exists().where(col(_given_back.reverses_id) == col(PointsTransaction.id)),
        )
        .correlate(PointsAccount)
        .scalar_subquery()
    )
    return col(PointsAccount.balance) + sa.func.coalesce(spent, sa.literal_column("0"))
