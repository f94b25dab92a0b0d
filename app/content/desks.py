"""What decisions about contents rest on, read for lists and taken in hand for deeds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.actions import newest
from app.content.models import Content, ContentRevision, ContentStatus, RevisionState
from app.content.queries import ContentRow
from app.content.rules import DECIDERS, Desk, Seat
from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.statements import Among, Statement
from app.errors import NotFound
from app.members.models import Member, MemberStatus, RoleGrant
from app.organizations.models import Organization
from app.visibility import WORKING_ROLES, Viewer, path_ids


class HeadRow(NamedTuple):
    """Where the newest revision of a content stands, without its text."""

    content_id: int
    number: int
    state: RevisionState
    audience_path: str
    writers: str


class Piece(NamedTuple):
    """A content in hand: its rows are locked until the transaction ends."""

    content: Content
    path: str
    revision: ContentRevision
    desk: Desk


def is_newest() -> sa.ColumnElement[bool]:
    """The rule of one revision a content: the one with the highest number."""
    later = sa.orm.aliased(ContentRevision)
    highest = sa.select(sa.func.max(col(later.number))).where(
        col(later.content_id) == col(ContentRevision.content_id)
    )
    return col(ContentRevision.number) == highest.scalar_subquery()


_HEADS = Statement(
    HeadRow,
    sa.select(*(getattr(ContentRevision, field) for field in HeadRow._fields)).where(
        Among(col(ContentRevision.content_id), "ids"), is_newest()
    ),
)
_SEATED = (
    sa.select(col(RoleGrant.member_id), col(Organization.path))
    .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
    .join(Member, col(Member.id) == col(RoleGrant.member_id))
    .where(
        Among(col(RoleGrant.organization_id), "ids"),
        sa.type_coerce(col(RoleGrant.role), sa.String).in_(
            [sa.literal_column(f"'{role.value}'") for role in DECIDERS]
        ),
        sa.or_(
            col(RoleGrant.expires_at).is_(None),
            col(RoleGrant.expires_at) > sa.bindparam("now", type_=UtcDateTime),
        ),
        col(Member.status) == sa.literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    )
)
_SEATS = Statement(Seat, _SEATED)


def works_on(viewer: Viewer, author_id: int, path: str) -> bool:
    """Whether ``viewer`` sees what is still in the making: their own, or below their subtrees."""
    own = viewer.signed_in and viewer.member_id == author_id
    return own or viewer.holds(WORKING_ROLES, path)


async def desks(
    database: Database, viewer: Viewer, rows: Sequence[ContentRow], *, four_eyes: bool
) -> dict[int, Desk]:
    """The desk of each content: two reads however many, none for those who only read."""
    worked = [row for row in rows if viewer.holds(WORKING_ROLES, row.organization_path)]
    heads = await _heads(database, [row.id for row in worked]) if worked else {}
    paths = {row.organization_path for row in worked}
    paths |= {row.audience_path for row in heads.values()}
    seats = await _seats(database, paths) if paths else ()
    return {
        row.id: _desk(
            (row.status, row.author_id, row.organization_path),
            heads.get(row.id),
            seats,
            four_eyes=four_eyes,
        )
        for row in rows
    }


async def take(
    session: AsyncSession, viewer: Viewer, content_id: int, *, four_eyes: bool = False
) -> Piece:
    """Lock a content for a deed; what ``viewer`` may not see is NOT_FOUND.

    What they see but may not change is theirs to be refused by the rules.
    """
    content = await session.get(Content, content_id, with_for_update={"key_share": True})
    if content is None:
        raise NotFound("内容不存在或不可见", "input")
    path = (await session.get_one(Organization, content.organization_id)).path
    published = content.status is ContentStatus.PUBLISHED and content.audience_key in viewer.keys
    if not published and not works_on(viewer, content.author_id, path):
        raise NotFound("内容不存在或不可见", "input")
    revision = await newest(session, content_id)
    seated = await session.execute(_SEATED, _seat_values({path, revision.audience_path}))
    head = HeadRow(
        content_id, revision.number, revision.state, revision.audience_path, revision.writers
    )
    seats = [Seat(*row) for row in seated]
    known = content.status, content.author_id, path
    return Piece(content, path, revision, _desk(known, head, seats, four_eyes=four_eyes))


async def _heads(database: Database, ids: Sequence[int]) -> dict[int, HeadRow]:
    return {row.content_id: row for row in await database.fetch(_HEADS, ids=ids)}


async def _seats(database: Database, paths: Iterable[str]) -> list[Seat]:
    return await database.fetch(_SEATS, **_seat_values(paths))


def _seat_values(paths: Iterable[str]) -> dict[str, list[int] | datetime]:
    return {"ids": sorted({key for path in paths for key in path_ids(path)}), "now": now()}


def _desk(
    known: tuple[ContentStatus, int, str],
    head: HeadRow | None,
    seats: Sequence[Seat],
    *,
    four_eyes: bool,
) -> Desk:
    status, author_id, path = known
    if head is None:
        # Nobody who works on it asks: only what readers may do is told from this.
        return Desk(status, author_id, path, RevisionState.SUPERSEDED, path, (), (), four_eyes)
    writers = frozenset(path_ids(head.writers))
    return Desk(status, author_id, path, head.state, head.audience_path, writers, seats, four_eyes)
