"""Reads of revisions, for those who work on a content: what is written, waits, was decided."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.content.desks import is_newest
from app.content.models import Content, ContentRevision, ContentStatus, RevisionState
from app.content.queries import LIMIT, ContentRow, card
from app.content.rules import DECIDERS
from app.content.wording import Wording
from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.statements import Among, AnySelect, Statement, Under
from app.members.models import Member, MemberStatus, RoleGrant
from app.organizations.models import Organization
from app.visibility import Viewer


class RevisionRow(NamedTuple):
    """A revision with its text, its HTML excepted."""

    content_id: int
    number: int
    state: RevisionState
    wording: Wording
    author_id: int
    audience_path: str
    recommends: bool
    created_at: datetime
    submitted_at: datetime | None
    publish_at: datetime | None
    reviewer_id: int | None
    decided_at: datetime | None
    reason: str | None


class _HtmlRow(NamedTuple):
    content_id: int
    number: int
    html: str


class _DueRow(NamedTuple):
    content_id: int


class WaitingRow(NamedTuple):
    """A content whose newest revision waits for review, and since when."""

    content_id: int
    submitted_at: datetime


_COLUMNS = [getattr(ContentRevision, field) for field in RevisionRow._fields]
_ME = sa.bindparam("member_id", type_=sa.BigInteger)
_OF = Among(col(ContentRevision.content_id), "ids")
_NEWEST = Statement(RevisionRow, sa.select(*_COLUMNS).where(_OF, is_newest()))
_NUMBERED = Among(col(ContentRevision.number), "numbers")
_CHOSEN = Statement(RevisionRow, sa.select(*_COLUMNS).where(_OF, _NUMBERED))
_HTML = Statement(
    _HtmlRow,
    sa.select(
        col(ContentRevision.content_id), col(ContentRevision.number), col(ContentRevision.html)
    ).where(_OF, _NUMBERED),
)


def _page() -> Statement[RevisionRow]:
    """The newest of each content below ``:before``; numbering reads the key and no text."""
    numbered = aliased(ContentRevision)
    place = sa.func.row_number().over(
        partition_by=col(numbered.content_id), order_by=col(numbered.number).desc()
    )
    page = (
        sa.select(col(numbered.content_id), col(numbered.number), place.label("place"))
        .where(
            Among(col(numbered.content_id), "ids"),
            col(numbered.number) < sa.bindparam("before", type_=sa.BigInteger),
        )
        .subquery("page")
    )
    rows = sa.select(*_COLUMNS).join(
        page,
        sa.and_(
            page.c.content_id == col(ContentRevision.content_id),
            page.c.number == col(ContentRevision.number),
        ),
    )
    newest = rows.where(page.c.place <= LIMIT).order_by(col(ContentRevision.number).desc())
    return Statement(RevisionRow, newest)


_PAGE = _page()


def _is_own_of(member_id: Any) -> sa.ColumnElement[bool]:
    """Publishing the revision would publish this member's work: `Desk.is_own`."""
    key = sa.literal_column("'/'").concat(sa.cast(member_id, sa.String)).concat("/")
    written = col(ContentRevision.writers).contains(key)
    return sa.or_(col(Content.author_id) == member_id, written)


def _seat(path: Any) -> tuple[AnySelect, Any]:
    """The roles that let a member decide on what is at ``path``, and whose they are."""
    grant, organization = aliased(RoleGrant), aliased(Organization)
    above = sa.func.substr(path, 1, sa.func.length(col(organization.path)))
    until = sa.bindparam("now", type_=UtcDateTime)
    seats: AnySelect = (
        sa.select(sa.literal_column("1"))
        .select_from(grant)
        .join(organization, col(organization.id) == col(grant.organization_id))
        .where(
            sa.type_coerce(col(grant.role), sa.String).in_(
                [sa.literal_column(f"'{role.value}'") for role in DECIDERS]
            ),
            sa.or_(col(grant.expires_at).is_(None), col(grant.expires_at) > until),
            above == col(organization.path),
        )
    )
    return seats, col(grant.member_id)


def _somebody_else() -> sa.ColumnElement[bool]:
    """Whoever's work it is not may publish it: `Desk.somebody_else_may_publish`."""
    seats, holder = _seat(col(Organization.path))
    wider, same = _seat(col(ContentRevision.audience_path))
    as_well = wider.where(same == holder).correlate(ContentRevision, holder.table)
    active = col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'")
    return (
        seats.join(Member, col(Member.id) == holder)
        .where(active, ~_is_own_of(col(Member.id)), as_well.exists())
        .exists()
    )


@cache
def _waiting(*, after: bool, four_eyes: bool) -> Statement[WaitingRow]:
    page = (
        sa.select(col(ContentRevision.content_id), col(ContentRevision.submitted_at))
        .join(Content, col(Content.id) == col(ContentRevision.content_id))
        .join(Organization, col(Organization.id) == col(Content.organization_id))
        .where(
            col(ContentRevision.state) == sa.literal_column(f"'{RevisionState.IN_REVIEW.value}'"),
            Under(col(Organization.path), "subtrees"),
            Under(col(ContentRevision.audience_path), "subtrees"),
        )
    )
    if four_eyes:
        page = page.where(sa.or_(~_is_own_of(_ME), ~_somebody_else()))
    place = (col(ContentRevision.submitted_at), col(ContentRevision.content_id))
    if after:
        page = page.where(
            sa.tuple_(*place)
            > sa.tuple_(
                sa.bindparam("after_at", type_=UtcDateTime),
                sa.bindparam("after_id", type_=sa.BigInteger),
            )
        )
    return Statement(WaitingRow, page.order_by(*place).limit(LIMIT), slow=True)


_DUE = Statement(
    _DueRow,
    sa.select(col(ContentRevision.content_id))
    .where(
        col(ContentRevision.state) == sa.literal_column(f"'{RevisionState.SCHEDULED.value}'"),
        col(ContentRevision.publish_at) <= sa.bindparam("now", type_=UtcDateTime),
    )
    .limit(1),
)


@cache
def _mine(*, status: bool) -> Statement[ContentRow]:
    page = card().where(
        col(Content.author_id) == _ME,
        col(Content.id) < sa.bindparam("before", type_=sa.BigInteger),
    )
    if status:
        wanted = sa.bindparam("status", type_=sa.String)
        page = page.where(sa.type_coerce(col(Content.status), sa.String) == wanted)
    return Statement(ContentRow, page.order_by(col(Content.id).desc()).limit(LIMIT))


async def newest_revisions(database: Database, ids: Sequence[int]) -> dict[int, RevisionRow]:
    """The newest revision of each content. Whoever asks works on the contents."""
    return {row.content_id: row for row in await database.fetch(_NEWEST, ids=ids)}


async def revisions(
    database: Database, ids: Sequence[int], *, first: int, before: int
) -> dict[int, list[RevisionRow]]:
    """The ``first`` newest revisions of each content below a number; asked as above."""
    found: dict[int, list[RevisionRow]] = {key: [] for key in ids}
    for row in await database.fetch(_PAGE, ids=ids, before=before, limit=first):
        found[row.content_id].append(row)
    return found


async def revisions_before(
    database: Database, rows: Sequence[RevisionRow]
) -> dict[tuple[int, int], RevisionRow]:
    """The revision before each that has one, by the content and number of the later one."""
    ids, numbers = _keys((row.content_id, row.number - 1) for row in rows)
    found = await database.fetch(_CHOSEN, ids=ids, numbers=numbers)
    return {(row.content_id, row.number + 1): row for row in found}


async def revision_htmls(
    database: Database, rows: Sequence[RevisionRow]
) -> dict[tuple[int, int], str]:
    """The rendered body of each revision, by content and number."""
    ids, numbers = _keys((row.content_id, row.number) for row in rows)
    found = await database.fetch(_HTML, ids=ids, numbers=numbers)
    return {(row.content_id, row.number): row.html for row in found}


async def waiting(
    database: Database,
    viewer: Viewer,
    *,
    first: int,
    after: tuple[datetime, int] | None,
    four_eyes: bool,
) -> list[WaitingRow]:
    """The ``first`` contents that wait for ``viewer`` to publish or return them, oldest first."""
    after_at, after_id = after or (None, None)
    return await database.fetch(
        _waiting(after=after is not None, four_eyes=four_eyes),
        subtrees=viewer.subtrees(DECIDERS),
        member_id=viewer.member_id,
        now=now(),
        after_at=after_at,
        after_id=after_id,
        limit=first,
    )


async def any_due(database: Database) -> bool:
    """Whether the time of something that is scheduled has come."""
    return await database.first(_DUE, now=now()) is not None


async def contents_of_author(
    database: Database, viewer: Viewer, status: ContentStatus | None, *, first: int, before: int
) -> list[ContentRow]:
    """The ``first`` newest contents that ``viewer`` wrote, with ids below ``before``."""
    return await database.fetch(
        _mine(status=status is not None),
        member_id=viewer.member_id,
        status=status and status.value,
        before=before,
        limit=first,
    )


def _keys(pairs: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    wanted = set(pairs)
    return list({key for key, _ in wanted}), list({number for _, number in wanted})
