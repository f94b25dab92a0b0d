"""Reads of what members follow: everybody's own, and for the worker whom a change concerns."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime
from app.database.statements import Among, AnySelect, Statement
from app.following.models import FollowedRegulation, SavedSearch
from app.knowledge.models import Regulation
from app.members.models import Member, MemberStatus
from app.organizations.models import Organization
from app.visibility import Viewer


class FollowRow(NamedTuple):
    """A regulation that a member follows, and since when."""

    regulation_id: int
    created_at: datetime


class SavedSearchRow(NamedTuple):
    """A saved search; ``category`` and ``issuer`` are empty where they do not narrow."""

    id: int
    query: str
    category: str
    issuer: str
    created_at: datetime


class Searcher(NamedTuple):
    """A saved search whose member may have a new answer to it."""

    member_id: int
    organization_id: int
    path: str
    query: str
    category: str
    issuer: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The audiences that its member is in now."""
        return Viewer(self.member_id, self.organization_id, self.path).keys


class _AnyRow(NamedTuple):
    member_id: int


_MEMBER = sa.bindparam("member_id", type_=sa.BigInteger)
_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_ACTIVE = col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'")


def _followed(*, before: bool) -> Statement[FollowRow]:
    place = sa.tuple_(col(FollowedRegulation.created_at), col(FollowedRegulation.regulation_id))
    page = (
        sa.select(col(FollowedRegulation.regulation_id), col(FollowedRegulation.created_at))
        .join(Regulation, col(Regulation.id) == col(FollowedRegulation.regulation_id))
        .where(
            col(FollowedRegulation.member_id) == _MEMBER,
            Among(col(Regulation.audience_key), "keys"),
        )
    )
    if before:
        page = page.where(
            place
            < sa.tuple_(
                sa.bindparam("before_at", type_=UtcDateTime),
                sa.bindparam("before_id", type_=sa.BigInteger),
            )
        )
    newest = (
        col(FollowedRegulation.created_at).desc(),
        col(FollowedRegulation.regulation_id).desc(),
    )
    return Statement(FollowRow, page.order_by(*newest).limit(_LIMIT))


def _own_searches() -> AnySelect:
    columns = (getattr(SavedSearch, name) for name in SavedSearchRow._fields)
    return sa.select(*columns).where(col(SavedSearch.member_id) == _MEMBER)


_FOLLOWED = {before: _followed(before=before) for before in (False, True)}
_FOLLOWS = Statement(
    FollowRow,
    sa.select(col(FollowedRegulation.regulation_id), col(FollowedRegulation.created_at)).where(
        col(FollowedRegulation.member_id) == _MEMBER,
        Among(col(FollowedRegulation.regulation_id), "ids"),
    ),
)
_SEARCHES = Statement(
    SavedSearchRow,
    _own_searches()
    .where(col(SavedSearch.id) < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(col(SavedSearch.id).desc())
    .limit(_LIMIT),
)
_SEARCHES_BY_ID = Statement(
    SavedSearchRow, _own_searches().where(Among(col(SavedSearch.id), "ids"))
)
_SEARCHERS = Statement(
    Searcher,
    sa.select(
        col(Member.id),
        col(Organization.id),
        col(Organization.path),
        col(SavedSearch.query),
        col(SavedSearch.category),
        col(SavedSearch.issuer),
    )
    .select_from(SavedSearch)
    .join(Member, sa.and_(col(Member.id) == col(SavedSearch.member_id), _ACTIVE))
    .join(Organization, col(Organization.id) == col(Member.organization_id))
    .where(
        col(SavedSearch.member_id) > _AFTER,
        col(SavedSearch.created_at) < sa.bindparam("at", type_=UtcDateTime),
    )
    .order_by(col(SavedSearch.member_id))
    .limit(_LIMIT),
    slow=True,
)

_FOLLOWERS = sa.union_all(
    *(sa.select(col(each.member_id)) for each in (FollowedRegulation, SavedSearch))
).subquery()
_ANYBODY = Statement(_AnyRow, sa.select(_FOLLOWERS.c.member_id).limit(1))


async def anybody_follows(database: Database) -> bool:
    """Whether any member follows anything."""
    return await database.first(_ANYBODY) is not None


async def followed(
    database: Database, viewer: Viewer, *, first: int, before: tuple[datetime, int] | None
) -> list[FollowRow]:
    """The ``first`` regulations that ``viewer`` follows and still sees, the latest first."""
    before_at, before_id = before or (None, None)
    return await database.fetch(
        _FOLLOWED[before is not None],
        member_id=viewer.member_id,
        keys=viewer.keys,
        before_at=before_at,
        before_id=before_id,
        limit=first,
    )


async def follows(database: Database, viewer: Viewer, ids: Sequence[int]) -> set[int]:
    """Those of ``ids`` that ``viewer`` follows."""
    rows = await database.fetch(_FOLLOWS, member_id=viewer.member_id, ids=ids)
    return {row.regulation_id for row in rows}


async def saved_searches(
    database: Database, viewer: Viewer, *, first: int, before: int
) -> list[SavedSearchRow]:
    """The ``first`` searches that ``viewer`` saved with ids below ``before``, newest first."""
    return await database.fetch(_SEARCHES, member_id=viewer.member_id, before=before, limit=first)


async def own_searches(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, SavedSearchRow]:
    """Saved searches by id, the viewer's own alone."""
    rows = await database.fetch(_SEARCHES_BY_ID, member_id=viewer.member_id, ids=ids)
    return {row.id: row for row in rows}


async def searchers(database: Database, *, at: datetime, after: int, limit: int) -> list[Searcher]:
    """Searches that active members with ids above ``after`` saved before ``at``, whole members.

    ``limit`` is more than one member may have; one looks whether there is any at all.
    """
    rows = await database.fetch(_SEARCHERS, at=at, after=after, limit=limit)
    last = rows[-1].member_id if 1 < limit == len(rows) else None
    return [row for row in rows if row.member_id != last]
