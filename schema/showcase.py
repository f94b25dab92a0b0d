"""ShowcaseColumn in the graph."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.content import columns
from app.content.columns import ColumnRow
from app.content.queries import ContentRow
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.edges import edge
from schema.nodes import Node, node
from schema.organizations import Organization
from schema.paging import (
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    page_size,
    rank_after,
    rank_cursor,
    time_cursor,
)
from schema.uploads import Image

if TYPE_CHECKING:
    from schema.content import Content


async def find_columns(context: Context, ids: Sequence[int]) -> Mapping[int, ColumnRow]:
    """Columns that the viewer sees, or works on."""
    return await columns.visible_columns(context.database, context.viewer, ids)


@differs_by(AUDIENCE)
async def columns_of(context: Context, parents: Sequence[ContentRow]) -> list[ColumnRow]:
    """The column of each entry. Whoever sees the entry may know its column's name."""
    ids = list({row.column_id for row in parents if row.column_id is not None})
    found = await columns.columns_by_id(context.database, ids)
    return [found[row.column_id or 0] for row in parents]


def feed_cursor(row: ContentRow) -> str:
    """The place of a published content in any list that is ordered by publication."""
    return time_cursor(row.published_at or row.created_at, row.id)


def entry_cursor(row: ContentRow) -> str:
    """The place of a published entry in its column."""
    return rank_cursor(row.rank or 0, row.published_at or row.created_at, row.id)


@differs_by(AUDIENCE)
async def entries_of(
    context: Context, parents: Sequence[ColumnRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the entries of each column that the viewer sees, in the column's order."""
    size = page_size(first)
    found = await columns.entries(
        context.database,
        context.viewer,
        [row.id for row in parents],
        first=size + 1,
        after=rank_after(after),
    )
    return [connection(found[row.id], size, after, cursor=entry_cursor) for row in parents]


@node(ColumnRow, find=find_columns, description="A showcase column (成果展示专栏).")
class ShowcaseColumn(Node):
    """The shape of :class:`ColumnRow`."""

    title: str = strawberry.field(description="The title.")
    description: str = strawberry.field(description="What it collects.")
    cover: Image | None = strawberry.field(description="Its picture.")
    organization: Organization = strawberry.field(description="Whose column it is.")
    entries: Connection[Annotated["Content", strawberry.lazy("schema.content")]] = edge(
        entries_of,
        "Its published entries: pinned ones (置顶), then those put in order, then the newest.",
    )
    version: int = strawberry.field(
        description="Counts its changes; an update names the one that its editor read."
    )


TYPES: tuple[Any, ...] = (ShowcaseColumn,)
