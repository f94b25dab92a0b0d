"""Following in the graph: regulations that a member follows, and searches that they saved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry

from app.following import queries
from app.following.queries import SavedSearchRow
from app.knowledge.queries import RegulationRow, visible_regulations
from app.members.queries import MemberRow
from schema.context import Context
from schema.errors import UserError
from schema.nodes import Node, node
from schema.paging import (
    LAST_ID,
    After,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
    time_after,
    time_cursor,
)

if TYPE_CHECKING:
    from schema.knowledge import Regulation


async def find_searches(context: Context, ids: Sequence[int]) -> Mapping[int, SavedSearchRow]:
    """The viewer's own saved searches."""
    return await queries.own_searches(context.database, context.viewer, ids)


async def followed_by_viewer(context: Context, parents: Sequence[RegulationRow]) -> list[bool]:
    """Whether the viewer follows each."""
    ids = list({row.id for row in parents})
    found = await queries.follows(context.database, context.viewer, ids)
    return [row.id in found for row in parents]


async def followed_of(
    context: Context, parents: Sequence[MemberRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow | None]:
    """A page of what the viewer follows; None for anybody else."""
    size, viewer = page_size(first), context.viewer
    if not _has_own(context, parents):
        return [None] * len(parents)
    kept = await queries.followed(
        context.database, viewer, first=size + 1, before=time_after(after)
    )
    since = {row.regulation_id: row.created_at for row in kept}
    found = await visible_regulations(context.database, viewer, list(since))
    page = connection(
        [found[key] for key in since if key in found],
        size,
        after,
        cursor=lambda row: time_cursor(since[row.id], row.id),
    )
    return [page if row.id == viewer.member_id else None for row in parents]


async def searches_of(
    context: Context, parents: Sequence[MemberRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow | None]:
    """A page of the searches that the viewer saved; None for anybody else."""
    size, viewer = page_size(first), context.viewer
    if not _has_own(context, parents):
        return [None] * len(parents)
    rows = await queries.saved_searches(
        context.database, viewer, first=size + 1, before=id_after(after, LAST_ID)
    )
    page = connection(rows, size, after, cursor=id_cursor)
    return [page if row.id == viewer.member_id else None for row in parents]


def _has_own(context: Context, parents: Sequence[MemberRow]) -> bool:
    return any(row.id == context.viewer.member_id for row in parents)


@node(
    SavedSearchRow,
    find=find_searches,
    description="A question to whose new answers its member is alerted (已保存的搜索).",
)
class SavedSearch(Node):
    """The shape of :class:`SavedSearchRow`."""

    query: str = strawberry.field(
        description="The words: a regulation that comes in or takes effect answers them when its"
        " title and one article hold them all."
    )
    category: str = strawberry.field(description="Only of this category; empty for any.")
    issuer: str = strawberry.field(description="Only of this issuer; empty for any.")
    created_at: datetime = strawberry.field(description="When it was saved.")


@strawberry.input(description="A regulation to follow, or to follow no longer.")
class FollowRegulationInput:
    """Which one."""

    regulation_id: strawberry.ID = strawberry.field(description="The regulation's id.")


@strawberry.input(description="A search to save.")
class SaveSearchInput:
    """Words, and what narrows them."""

    query: str = strawberry.field(description="1–200 signs, with a word at least.")
    category: str | None = strawberry.field(
        default=None, description="Only of this category, exactly; at most 60 signs."
    )
    issuer: str | None = strawberry.field(
        default=None, description="Only of this issuer, exactly; at most 200 signs."
    )


@strawberry.input(description="A saved search to forget.")
class RemoveSavedSearchInput:
    """Which one."""

    id: strawberry.ID = strawberry.field(description="The saved search's id.")


class FollowPayloadRow(NamedTuple):
    """The regulation as it is followed now, or why nothing was done."""

    regulation: RegulationRow | None
    errors: list[UserError]


@strawberry.type(description="A regulation that is followed, or no longer, or why nothing changed.")
class FollowRegulationPayload:
    """The shape of :class:`FollowPayloadRow`."""

    regulation: Annotated["Regulation", strawberry.lazy("schema.knowledge")] | None = (
        strawberry.field(description="The regulation.")
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


class SavedSearchPayloadRow(NamedTuple):
    """The search that was saved, or why none was."""

    saved_search: SavedSearchRow | None
    errors: list[UserError]


@strawberry.type(description="A search that was saved, or why none was.")
class SavedSearchPayload:
    """The shape of :class:`SavedSearchPayloadRow`."""

    saved_search: SavedSearch | None = strawberry.field(
        description="The search; null once it is forgotten."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


TYPES: tuple[Any, ...] = (SavedSearch,)
