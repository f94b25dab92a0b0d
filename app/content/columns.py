"""Reads of showcase columns and their entries; every one takes the viewer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content, ShowcaseColumn, ShowcaseEntry
from app.content.queries import LIMIT, ContentRow, card, published_to
from app.database import Database
from app.database.columns import UtcDateTime
from app.database.rows import part
from app.database.statements import Among, AnySelect, Statement, Under, Within
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import OrganizationRow, organization_columns
from app.uploads.models import Image, MediaState
from app.uploads.queries import ImageRow, image_columns, image_from
from app.visibility import WORKING_ROLES, Viewer


class ColumnRow(NamedTuple):
    """A showcase column, its organization and cover."""

    id: int
    title: str
    description: str
    audience_key: str
    organization_id: int
    organization_name: str
    organization_kind: OrganizationKind
    organization_parent_id: int | None
    organization_path: str
    cover_id: int | None
    cover_state: MediaState | None
    cover_key: str | None
    cover_width: int | None
    cover_height: int | None
    cover_widths: tuple[int, ...] | None
    cover_alt: str | None
    version: int

    @property
    def organization(self) -> OrganizationRow:
        """Whose column it is."""
        return part(OrganizationRow, self[4:9])

    @property
    def cover(self) -> ImageRow | None:
        """The picture of the column."""
        return image_from(self[9:16])


def _meant_for() -> sa.ColumnElement[bool]:
    return Among(col(ShowcaseColumn.audience_key), "keys")


def column_visible_to() -> sa.ColumnElement[bool]:
    """The rule of one column: for an audience one is in, or below a subtree one works on."""
    return sa.or_(_meant_for(), Under(col(Organization.path), "subtrees"))


def _columns() -> AnySelect:
    return (
        sa.select(
            *(getattr(ShowcaseColumn, field) for field in ColumnRow._fields[:4]),
            *organization_columns(Organization),
            *image_columns(Image),
            col(ShowcaseColumn.version),
        )
        .select_from(ShowcaseColumn)
        .outerjoin(Organization, col(Organization.id) == col(ShowcaseColumn.organization_id))
        .outerjoin(Image, col(Image.id) == col(ShowcaseColumn.cover_id))
    )


_BEFORE = sa.bindparam("before", type_=sa.BigInteger)
_BY_ID = Statement(ColumnRow, _columns().where(Among(col(ShowcaseColumn.id), "ids")))
_VISIBLE = Statement(
    ColumnRow,
    _columns().where(Among(col(ShowcaseColumn.id), "ids"), column_visible_to()),
)
_PAGE = Statement(
    ColumnRow,
    _columns()
    .where(col(ShowcaseColumn.id) < _BEFORE, _meant_for())
    .order_by(col(ShowcaseColumn.id).desc())
    .limit(LIMIT),
)


def _entries(*, after: bool) -> Statement[ContentRow]:
    # A column holds some hundreds of entries at most: numbering them costs less than a statement
    # for each column.
    # Planners would rather walk all that is published than look each entry up: SQLite does not
    # where the status is no plain column, PostgreSQL not where it is told the keys.
    status = sa.func.coalesce(col(Content.status), sa.literal_column("''"))
    theirs = sa.select(col(ShowcaseEntry.content_id)).where(
        Among(col(ShowcaseEntry.column_id), "columns")
    )
    place_of = (col(ShowcaseEntry.rank), col(Content.published_at), col(Content.id))
    highest = tuple(part.desc() for part in place_of)
    place = sa.func.row_number().over(partition_by=col(ShowcaseEntry.column_id), order_by=highest)
    placed = (
        sa.select(col(Content.id).label("id"), place.label("place"))
        .join(ShowcaseEntry, col(ShowcaseEntry.content_id) == col(Content.id))
        .where(Among(col(ShowcaseEntry.column_id), "columns"))
        .where(Within(col(Content.id), theirs), published_to(status))
    )
    if after:
        placed = placed.where(
            sa.tuple_(*place_of)
            < sa.tuple_(
                sa.bindparam("after_rank", type_=sa.BigInteger),
                sa.bindparam("after_at", type_=UtcDateTime),
                sa.bindparam("after_id", type_=sa.BigInteger),
            )
        )
    page = placed.subquery("page")
    rows = card().join(page, page.c.id == col(Content.id)).where(page.c.place <= LIMIT)
    return Statement(ContentRow, rows.order_by(*highest))


_ENTRIES = {after: _entries(after=after) for after in (False, True)}


async def columns_by_id(database: Database, ids: Sequence[int]) -> dict[int, ColumnRow]:
    """Columns by id. Whoever asks has seen an entry of each."""
    return {row.id: row for row in await database.fetch(_BY_ID, ids=ids)}


async def visible_columns(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, ColumnRow]:
    """Columns by id that ``viewer`` sees or works on."""
    subtrees = viewer.subtrees(WORKING_ROLES)
    rows = await database.fetch(_VISIBLE, ids=ids, keys=viewer.keys, subtrees=subtrees)
    return {row.id: row for row in rows}


async def columns(
    database: Database, viewer: Viewer, *, first: int, before: int
) -> list[ColumnRow]:
    """The ``first`` newest columns that ``viewer`` sees, with ids below ``before``."""
    return await database.fetch(_PAGE, keys=viewer.keys, before=before, limit=first)


async def entries(
    database: Database,
    viewer: Viewer,
    column_ids: Sequence[int],
    *,
    first: int,
    after: tuple[int, datetime, int] | None,
) -> dict[int, list[ContentRow]]:
    """The ``first`` entries of each column that ``viewer`` sees, behind ``after``.

    Pinned ones come first, then those that were put in order, then the newest.
    """
    after_rank, after_at, after_id = after or (None, None, None)
    rows = await database.fetch(
        _ENTRIES[after is not None],
        columns=column_ids,
        keys=viewer.keys,
        after_rank=after_rank,
        after_at=after_at,
        after_id=after_id,
        limit=first,
    )
    found: dict[int, list[ContentRow]] = {key: [] for key in column_ids}
    for row in rows:
        found[row.column_id or 0].append(row)
    return found
