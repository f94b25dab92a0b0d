"""Reads of the worker: every regulation, whoever may see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Statement
from app.knowledge.models import ChangeKind, Regulation, RegulationArticle, RegulationChange


class _IdRow(NamedTuple):
    id: int


class Change(NamedTuple):
    """A change of a regulation, and what decides whom it concerns."""

    id: int
    kind: ChangeKind
    version_id: int
    noted_at: datetime
    searchers_up_to: int
    title: str
    category: str
    issuer: str | None
    audience_key: str


class _TextRow(NamedTuple):
    text: str


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


_CHANGE = Statement(
    Change,
    sa.select(
        col(RegulationChange.id),
        col(RegulationChange.kind),
        col(RegulationChange.version_id),
        col(RegulationChange.noted_at),
        col(RegulationChange.searchers_up_to),
        col(Regulation.title),
        col(Regulation.category),
        col(Regulation.issuer),
        col(Regulation.audience_key),
    )
    .join(Regulation, col(Regulation.id) == col(RegulationChange.regulation_id))
    .where(col(RegulationChange.id) == sa.bindparam("id", type_=sa.BigInteger)),
)
_TEXTS = Statement(
    _TextRow,
    sa.select(col(RegulationArticle.text)).where(
        col(RegulationArticle.version_id) == sa.bindparam("version_id", type_=sa.BigInteger)
    ),
    slow=True,
)


async def change_of(database: Database, change_id: int) -> Change | None:
    """A change that not everybody was told of yet."""
    return await database.first(_CHANGE, id=change_id)


async def texts_of(database: Database, change: Change) -> Sequence[str]:
    """The articles of the wording that a change is about."""
    return [row.text for row in await database.fetch(_TEXTS, version_id=change.version_id)]
