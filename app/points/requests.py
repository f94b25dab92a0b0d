"""Reads of corrections that wait, or waited, for a second administrator."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import now
from app.database.statements import Among, AnySelect, Statement, Under
from app.members.models import Member
from app.organizations.models import Organization
from app.points.models import Book, Kind, PointsRequest, RequestState
from app.visibility import Role, Viewer


class RequestRow(NamedTuple):
    """A correction that needs a second person, and what became of it."""

    id: int
    kind: Kind
    member_id: int
    book: Book
    amount: int
    entry_id: int | None
    reason: str
    asker_id: int
    kept_state: RequestState
    decider_id: int | None
    decided_at: datetime | None
    refusal: str | None
    transaction_id: int | None
    created_at: datetime
    lapses_at: datetime

    @property
    def state(self) -> RequestState:
        """How it stands by now."""
        lapsed = self.kept_state is RequestState.WAITING and self.lapses_at <= now()
        return RequestState.LAPSED if lapsed else self.kept_state


def _requests() -> AnySelect:
    names = ("state" if name == "kept_state" else name for name in RequestRow._fields)
    return (
        sa.select(*(getattr(PointsRequest, name) for name in names))
        .join(Member, col(Member.id) == col(PointsRequest.member_id))
        .join(Organization, col(Organization.id) == col(Member.organization_id))
        .where(Under(col(Organization.path), "subtrees"))
    )


_BY_ID = Statement(RequestRow, _requests().where(Among(col(PointsRequest.id), "ids")))
_NEWEST = Statement(
    RequestRow,
    _requests()
    .where(col(PointsRequest.id) < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(col(PointsRequest.id).desc())
    .limit(sa.bindparam("limit", type_=sa.Integer)),
)


async def visible_requests(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, RequestRow]:
    """Requests by id on members whom ``viewer`` administers."""
    rows = await database.fetch(_BY_ID, ids=ids, subtrees=viewer.subtrees((Role.ADMIN,)))
    return {row.id: row for row in rows}


async def requests(
    database: Database, viewer: Viewer, *, first: int, before: int
) -> list[RequestRow]:
    """The ``first`` newest requests below ``before`` on members whom ``viewer`` administers."""
    subtrees = viewer.subtrees((Role.ADMIN,))
    return await database.fetch(_NEWEST, subtrees=subtrees, before=before, limit=first)
