"""Reads for the search index: every regulation, whoever may see it."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Statement
from app.knowledge.models import Regulation


class _IdRow(NamedTuple):
    id: int


_IDS = Statement(
    _IdRow,
    sa.select(col(Regulation.id))
    .where(col(Regulation.id) > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(col(Regulation.id))
    .limit(sa.bindparam("limit", type_=sa.Integer)),
    slow=True,
)


async def regulation_ids(database: Database, *, after: int, limit: int) -> list[int]:
    """The ids of regulations above ``after``, ascending."""
    return [row.id for row in await database.fetch(_IDS, after=after, limit=limit)]
