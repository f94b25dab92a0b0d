"""Reads of the organization tree; members see all of it, others nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, AnySelect, Statement, first_of_each
from app.organizations.models import Organization, OrganizationKind
from app.visibility import Viewer


class OrganizationRow(NamedTuple):
    """One organization; ``path`` is ``/<root id>/…/<own id>/``."""

    id: int
    name: str
    kind: OrganizationKind
    parent_id: int | None
    path: str


def organization_columns(organization: Any) -> list[Any]:
    """The columns of :class:`OrganizationRow`, from ``Organization`` or an alias of it."""
    return [getattr(organization, field) for field in OrganizationRow._fields]


def below(inner: Any, outer: Any) -> sa.ColumnElement[bool]:
    """``inner``'s path is ``outer``'s or lies below it: one range of the index.

    A path ends in "/", ids are digits, and ":" is the character after "9".
    """
    return sa.and_(inner.path >= outer.path, inner.path < outer.path.concat(":"))


def subtree() -> AnySelect:
    """The ids of the organization ``:organization_id`` and of all below it."""
    top = aliased(Organization)
    return (
        sa.select(col(Organization.id))
        .join(top, below(Organization, top))
        .where(col(top.id) == sa.bindparam("organization_id", type_=sa.BigInteger))
    )


_BY_ID = Statement(
    OrganizationRow,
    sa.select(*organization_columns(Organization)).where(Among(col(Organization.id), "ids")),
)
_CHILDREN = Statement(
    OrganizationRow,
    {
        dialect: sa.select(*organization_columns(Organization))
        .select_from(source)
        .order_by(col(Organization.id))
        for dialect, source in first_of_each(
            Organization,
            "parent_id",
            lambda child: child.id > sa.bindparam("after", type_=sa.BigInteger),
        ).items()
    },
)
_ROOT = Statement(
    OrganizationRow,
    sa.select(*organization_columns(Organization))
    .where(col(Organization.parent_id).is_(None))
    .order_by(col(Organization.id))
    .limit(1),
)


async def organizations(database: Database, ids: Sequence[int]) -> dict[int, OrganizationRow]:
    """Organizations by id. Whoever asks has seen a row that names them."""
    return {row.id: row for row in await database.fetch(_BY_ID, ids=ids)}


async def visible_organizations(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, OrganizationRow]:
    """Organizations by id, as far as ``viewer`` may look one up: all for members."""
    return await organizations(database, ids) if viewer.signed_in else {}


async def children(
    database: Database, viewer: Viewer, parents: Sequence[int], *, first: int, after: int
) -> dict[int, list[OrganizationRow]]:
    """The ``first`` children of each parent whose id is above ``after``, oldest first."""
    found: dict[int, list[OrganizationRow]] = {parent: [] for parent in parents}
    if viewer.signed_in:
        for row in await database.fetch(_CHILDREN, parents=parents, limit=first, after=after):
            found[row.parent_id or 0].append(row)
    return found


async def root(database: Database) -> OrganizationRow | None:
    """The organization at the top of the tree, None before there is one."""
    return await database.first(_ROOT)
