"""The list of regulations that a member sees: narrowed, in order, page by page."""

import enum
from collections.abc import Mapping
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


class RegulationOrder(enum.StrEnum):
    """By what a list is sorted; the values are the graph's."""

    PROMULGATED = "PROMULGATED"
    TITLE = "TITLE"


class Place(NamedTuple):
    """Where a regulation stands in a list: by its ``dated_on``, or its ``alphabetical`` title."""

    key: date | str
    id: int


_TODAY = sa.bindparam("today", type_=sa.Date)
_ID: Any = col(Regulation.id)
_KEYS: Mapping[RegulationOrder, Any] = {
    RegulationOrder.PROMULGATED: col(Regulation.dated_on),
    RegulationOrder.TITLE: col(Regulation.alphabetical),
}
#: Before the first of each list.
_TOPS: Mapping[RegulationOrder, Place] = {
    RegulationOrder.PROMULGATED: Place(date.max, 2**63 - 1),
    RegulationOrder.TITLE: Place("", 0),
}


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
    order: RegulationOrder = RegulationOrder.PROMULGATED,
    after: Place | None = None,
) -> list[RegulationRow]:
    """The ``first`` regulations behind ``after``, a place of this order, that ``viewer`` sees.

    By PROMULGATED the latest come first (``rules.dated_on``), what has no day last; of one day
    what was imported last. By TITLE they are sorted by sound.
    """
    statement = _list(
        order,
        category=narrowed.category is not None,
        issuer=narrowed.issuer is not None,
        status=narrowed.status is not None,
    )
    place = _TOPS[order] if after is None else after
    return await database.fetch(
        statement,
        keys=viewer.keys,
        category=narrowed.category,
        issuer=narrowed.issuer,
        status=narrowed.status and narrowed.status.value,
        today=narrowed.today,
        key=place.key,
        id=place.id,
        limit=first,
    )


@cache
def _list(
    order: RegulationOrder, *, category: bool, issuer: bool, status: bool
) -> Statement[RegulationRow]:
    """One text for each combination of filters, so that each is planned for what it does."""
    key = _KEYS[order]
    place = sa.tuple_(key, _ID)
    after = sa.tuple_(sa.bindparam("key", type_=key.type), sa.bindparam("id", type_=sa.BigInteger))
    if order is RegulationOrder.TITLE:
        behind, sorting = place > after, (key, _ID)
    else:
        behind, sorting = place < after, (key.desc(), _ID.desc())
    page = sa.select(*regulation_columns()).where(VISIBLE_TO, behind)
    if category:
        page = page.where(col(Regulation.category) == sa.bindparam("category", type_=sa.String))
    if issuer:
        page = page.where(col(Regulation.issuer) == sa.bindparam("issuer", type_=sa.String))
    if status:
        page = page.where(_stands())
    page = page.order_by(*sorting).limit(sa.bindparam("limit", type_=sa.Integer))
    return Statement(RegulationRow, page)


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
