"""The list of regulations that a member sees: narrowed, in order, page by page."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Statement
from app.knowledge.models import Regulation
from app.knowledge.queries import VISIBLE_TO, RegulationRow, regulation_columns
from app.knowledge.rules import RegulationStatus
from app.visibility import Viewer


class Place(NamedTuple):
    """Where a regulation stands in the list."""

    dated_on: date
    id: int


#: Before the first of the list.
TOP = Place(date.max, 2**63 - 1)
_TODAY = sa.bindparam("today", type_=sa.Date)
_COLUMNS: tuple[Any, ...] = (col(Regulation.dated_on), col(Regulation.id))


@dataclass(frozen=True, slots=True)
class RegulationFilter:
    """What narrows a list of regulations; ``status`` is that of ``today``."""

    today: date
    category: str | None = None
    issuer: str | None = None
    status: RegulationStatus | None = None


async def regulations_visible(
    database: Database,
    viewer: Viewer,
    narrowed: RegulationFilter,
    *,
    first: int,
    after: Place = TOP,
) -> list[RegulationRow]:
    """The ``first`` regulations behind ``after`` that ``viewer`` sees.

    What was promulgated last comes first (``rules.dated_on``), what has no day last; of one day
    what was imported last.
    """
    statement = _list(
        category=narrowed.category is not None,
        issuer=narrowed.issuer is not None,
        status=narrowed.status is not None,
    )
    return await database.fetch(
        statement,
        keys=viewer.keys,
        category=narrowed.category,
        issuer=narrowed.issuer,
        status=narrowed.status and narrowed.status.value,
        today=narrowed.today,
        dated_on=after.dated_on,
        id=after.id,
        limit=first,
    )


@cache
def _list(*, category: bool, issuer: bool, status: bool) -> Statement[RegulationRow]:
    """One text for each combination of filters, so that each is planned for what it does."""
    after = sa.bindparam("dated_on", type_=sa.Date), sa.bindparam("id", type_=sa.BigInteger)
    page = sa.select(*regulation_columns()).where(
        VISIBLE_TO, sa.tuple_(*_COLUMNS) < sa.tuple_(*after)
    )
    if category:
        page = page.where(col(Regulation.category) == sa.bindparam("category", type_=sa.String))
    if issuer:
        page = page.where(col(Regulation.issuer) == sa.bindparam("issuer", type_=sa.String))
    if status:
        page = page.where(_stands())
    newest = page.order_by(*(column.desc() for column in _COLUMNS))
    return Statement(RegulationRow, newest.limit(sa.bindparam("limit", type_=sa.Integer)))


def _stands() -> sa.ColumnElement[bool]:
    """``rules.regulation_status`` is ``status``; a comparison with an unknown day does not hold.

    A case of truths: PostgreSQL takes an equality with a case for something so rare that it would
    sort what is left, instead of walking an index.
    """
    wanted = sa.bindparam("status", type_=sa.String)
    return sa.case(
        (col(Regulation.repealed_on) <= _TODAY, wanted == RegulationStatus.REPEALED.value),
        (
            col(Regulation.first_effective_on) > _TODAY,
            wanted == RegulationStatus.NOT_YET_IN_FORCE.value,
        ),
        (col(Regulation.last_effective_on) > _TODAY, wanted == RegulationStatus.AMENDED.value),
        else_=wanted == RegulationStatus.IN_FORCE.value,
    )
