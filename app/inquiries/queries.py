"""Reads of what was asked and of synonyms, for those who keep the knowledge base."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, AnySelect, Statement
from app.inquiries.models import AskedQuery, SearchSynonym, SynonymState
from app.inquiries.rules import FEWEST_PERSONS, Trouble


class AskedQueryRow(NamedTuple):
    """A question of a week that enough persons asked."""

    id: int
    week: date
    query: str
    asked: int
    empty: int
    clicks: int
    persons: int


class SynonymRow(NamedTuple):
    """A set of words that mean the same, and how it was decided on."""

    id: int
    words: tuple[str, ...]
    query: str
    state: SynonymState
    version: int | None
    proposed_by_id: int
    proposed_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None


class _WordsRow(NamedTuple):
    words: tuple[str, ...]


_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_TROUBLES = {
    Trouble.NO_RESULTS: col(AskedQuery.empty) * 2 >= col(AskedQuery.asked),
    Trouble.FEW_CLICKS: sa.and_(
        col(AskedQuery.empty) * 2 < col(AskedQuery.asked),
        col(AskedQuery.clicks) * 5 < col(AskedQuery.asked),
    ),
}


def _shown() -> AnySelect:
    return sa.select(*(getattr(AskedQuery, name) for name in AskedQueryRow._fields)).where(
        col(AskedQuery.persons) >= FEWEST_PERSONS
    )


@cache
def _week(trouble: Trouble) -> Statement[AskedQueryRow]:
    place = sa.tuple_(col(AskedQuery.asked), col(AskedQuery.id))
    return Statement(
        AskedQueryRow,
        _shown()
        .where(
            col(AskedQuery.week) == sa.bindparam("week", type_=sa.Date),
            place
            < sa.tuple_(
                sa.bindparam("below", type_=sa.Integer),
                sa.bindparam("before", type_=sa.BigInteger),
            ),
            col(AskedQuery.dismissed_at).is_(None),
            _TROUBLES[trouble],
        )
        .order_by(col(AskedQuery.asked).desc(), col(AskedQuery.id).desc())
        .limit(_LIMIT),
    )


def _synonyms() -> AnySelect:
    return sa.select(*(getattr(SearchSynonym, name) for name in SynonymRow._fields))


_SHOWN = Statement(AskedQueryRow, _shown().where(Among(col(AskedQuery.id), "ids")))
_BY_STATE = Statement(
    SynonymRow,
    _synonyms()
    .where(
        sa.type_coerce(col(SearchSynonym.state), sa.String)
        == sa.bindparam("state", type_=sa.String),
        col(SearchSynonym.id) < sa.bindparam("before", type_=sa.BigInteger),
    )
    .order_by(col(SearchSynonym.id).desc())
    .limit(_LIMIT),
)
_BY_ID = Statement(SynonymRow, _synonyms().where(Among(col(SearchSynonym.id), "ids")))
_APPROVED = Statement(
    _WordsRow,
    sa.select(col(SearchSynonym.words))
    .where(col(SearchSynonym.state) == sa.literal_column(f"'{SynonymState.APPROVED.value}'"))
    .order_by(col(SearchSynonym.id)),
)


async def troubled(
    database: Database, week: date, trouble: Trouble, *, first: int, before: tuple[int, int]
) -> list[AskedQueryRow]:
    """The ``first`` questions of a week in this trouble, most asked first.

    ``before``: the count and id of the one before. What too few asked is never among them.
    """
    below, key = before
    return await database.fetch(_week(trouble), week=week, below=below, before=key, limit=first)


async def asked_queries(database: Database, ids: Sequence[int]) -> dict[int, AskedQueryRow]:
    """Questions by id that enough persons asked."""
    return {row.id: row for row in await database.fetch(_SHOWN, ids=ids)}


async def synonyms(
    database: Database, state: SynonymState, *, first: int, before: int
) -> list[SynonymRow]:
    """The ``first`` sets that stand so with ids below ``before``, the latest first."""
    return await database.fetch(_BY_STATE, state=state.value, before=before, limit=first)


async def synonyms_by_id(database: Database, ids: Sequence[int]) -> dict[int, SynonymRow]:
    """Sets by id."""
    return {row.id: row for row in await database.fetch(_BY_ID, ids=ids)}


async def approved(database: Database) -> list[frozenset[str]]:
    """Every set that is in force."""
    return [frozenset(row.words) for row in await database.fetch(_APPROVED)]
