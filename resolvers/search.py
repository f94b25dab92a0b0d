"""Doors to search: search and suggest. What an engine finds, the database confirms."""

import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from app.content.models import ContentStatus
from app.content.queries import visible_contents
from app.errors import Invalid
from app.knowledge.queries import ArticleRow, regulations, visible_articles, visible_regulations
from app.knowledge.rules import RegulationStatus
from resolvers.inquiries import note_search
from schema.context import Context
from schema.nodes import key_of
from schema.paging import After, First, PageInfoRow, offset_after, offset_cursor, page_size
from schema.search import (
    DEFAULT_STATUSES,
    SearchConnection,
    SearchConnectionRow,
    SearchEdgeRow,
    SearchFilter,
    Suggestion,
)
from search import port

Info = strawberry.Info[Context]
_MAX_SUGGESTIONS = 20
_IN_FORCE = (RegulationStatus.IN_FORCE, RegulationStatus.AMENDED)


@strawberry.type
class SearchQueries:
    """Root fields that find by words."""

    @strawberry.field(
        description="Articles of regulations and published contents that answer a question, best"
        " first. Naming an article (劳动法第三十九条) leads straight to it; “quoted” words must"
        " stand together.",
        graphql_type=SearchConnection,
    )
    async def search(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="Words, a question, a citation.")],
        filter: Annotated[
            SearchFilter | None, strawberry.argument(description="What narrows it.")
        ] = None,
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of hits."""
        began = time.perf_counter()
        size, offset, context = page_size(first), offset_after(after), info.context
        request = port.Request(
            query=query,
            filter=_filter(context, filter or SearchFilter()),
            first=size,
            offset=offset,
            with_facets=False,
        )
        found = await context.platform.search.search(request)
        if after is None:
            note_search(context, query, found=found.total)
        rows = await _confirmed(context, found.hits, request.filter.in_force_on)
        edges = [
            SearchEdgeRow(offset_cursor(offset + place), hit.score, rows[hit.scope, hit.id], query)
            for place, hit in enumerate(found.hits, 1)
            if (hit.scope, hit.id) in rows
        ]
        return SearchConnectionRow(
            edges,
            _page_info(edges, after, more=offset + len(found.hits) < found.total),
            found.total,
            found.did_you_mean,
            (time.perf_counter() - began) * 1000,
            request,
        )

    @strawberry.field(description="Titles that complete what is typed: words, pinyin, initials.")
    async def suggest(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="What was typed so far.")],
        scopes: Annotated[
            list[port.SearchScope] | None, strawberry.argument(description="Only these.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1–20.")] = 8,
    ) -> list[Suggestion]:
        """Titles, best first."""
        if not 1 <= first <= _MAX_SUGGESTIONS:
            raise Invalid(f"first 必须在 1 到 {_MAX_SUGGESTIONS} 之间", "first")
        context = info.context
        found = await context.platform.search.suggest(
            query, frozenset(context.viewer.keys), scopes=frozenset(scopes or ()), first=first
        )
        rows = await _suggested(context, found)
        return [
            Suggestion(text=hit.text, scope=hit.scope, node=rows[hit.scope, hit.id])
            for hit in found
            if (hit.scope, hit.id) in rows
        ]


_Found = dict[tuple[port.SearchScope, int], Any]


def _filter(context: Context, wanted: SearchFilter) -> port.Filter:
    # What was in force on some day may since have been repealed.
    usual = DEFAULT_STATUSES if wanted.as_of is None else ()
    statuses = usual if wanted.statuses is None else wanted.statuses
    organization = wanted.organization_id
    return port.Filter(
        audience=frozenset(context.viewer.keys),
        scopes=frozenset(wanted.scopes or ()),
        organization_id=None
        if organization is None
        else key_of(organization, "Organization", "filter", "organizationId"),
        category=wanted.category,
        issuer=wanted.issuer,
        statuses=frozenset(status.value for status in statuses),
        published_from=_seconds(wanted.published_from, "publishedFrom"),
        published_to=_seconds(wanted.published_to, "publishedTo"),
        in_force_on=wanted.as_of,
    )


def _seconds(at: datetime | None, name: str) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise Invalid("时间必须带时区", "filter", name)
    return int(at.timestamp())


async def _confirmed(context: Context, hits: Iterable[port.Hit], as_of: date | None) -> _Found:
    """The rows of hits, as the database lets the viewer see them at this moment."""
    hits = tuple(hits)
    articles = [hit.id for hit in hits if hit.scope is port.SearchScope.REGULATION]
    contents = [hit.id for hit in hits if hit.scope is not port.SearchScope.REGULATION]
    database, viewer = context.database, context.viewer
    rows = await visible_articles(database, viewer, articles) if articles else {}
    if rows and as_of is not None:
        rows = await _in_force(context, rows, as_of)
    found: _Found = {(port.SearchScope.REGULATION, key): row for key, row in rows.items()}
    for key, row in (await _published(context, contents)).items():
        found[port.SearchScope(row.kind.value), key] = row
    return found


async def _in_force(
    context: Context, rows: Mapping[int, ArticleRow], day: date
) -> dict[int, ArticleRow]:
    """Of these articles those of regulations that the database has in force on that day."""
    known = await regulations(context.database, list({row.regulation_id for row in rows.values()}))
    in_force = {key for key, row in known.items() if row.status(day) in _IN_FORCE}
    return {key: row for key, row in rows.items() if row.regulation_id in in_force}


async def _published(context: Context, ids: list[int]) -> dict[int, Any]:
    """Of these contents what is published to the viewer: drafts of one's own are no hits."""
    if not ids:
        return {}
    rows = await visible_contents(context.database, context.viewer, ids)
    keys = context.viewer.keys
    return {
        key: row
        for key, row in rows.items()
        if row.status is ContentStatus.PUBLISHED and row.audience_key in keys
    }


async def _suggested(context: Context, hits: Iterable[port.SuggestionHit]) -> _Found:
    hits = tuple(hits)
    regulations = [hit.id for hit in hits if hit.scope is port.SearchScope.REGULATION]
    contents = [hit.id for hit in hits if hit.scope is not port.SearchScope.REGULATION]
    rows: Mapping[int, Any] = (
        await visible_regulations(context.database, context.viewer, regulations)
        if regulations
        else {}
    )
    found: _Found = {(port.SearchScope.REGULATION, key): row for key, row in rows.items()}
    for key, row in (await _published(context, contents)).items():
        found[port.SearchScope(row.kind.value), key] = row
    return found


def _page_info(edges: list[SearchEdgeRow], after: str | None, *, more: bool) -> PageInfoRow:
    ends = (edges[0], edges[-1]) if edges else ()
    return PageInfoRow(more, after is not None, *ends)
