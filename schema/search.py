"""Search in the graph: results, highlights, facets, suggestions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, NamedTuple

import strawberry

from app.content.indexing import plain_text
from app.content.queries import ContentRow
from app.knowledge.queries import ArticleRow
from app.knowledge.rules import RegulationStatus
from schema.content import LiveStream, MicroLecture, NewsItem, ShowcaseEntry, body_htmls
from schema.context import Context
from schema.edges import edge
from schema.knowledge import RegulationArticle
from schema.nodes import Node
from schema.paging import PageInfo, PageInfoRow
from search.highlights import Marker
from search.port import FacetCount as FacetCountRow
from search.port import Request, SearchScope

strawberry.enum(
    SearchScope, description="What can be found: contents by kind, and regulations' articles."
)
SearchResult = Annotated[
    NewsItem | MicroLecture | LiveStream | ShowcaseEntry | RegulationArticle,
    strawberry.union("SearchResult", description="What a search finds."),
]

#: What binds, or will: repealed texts are found by those who ask for them.
DEFAULT_STATUSES = (
    RegulationStatus.NOT_YET_IN_FORCE,
    RegulationStatus.IN_FORCE,
    RegulationStatus.AMENDED,
)


class SearchEdgeRow(NamedTuple):
    """A hit, its place, and the question that it answers."""

    cursor: str
    score: float
    node: ContentRow | ArticleRow
    query: str


class RangeRow(NamedTuple):
    """A stretch of a fragment."""

    start: int
    length: int


class HighlightRow(NamedTuple):
    """A fragment of one field, and what in it matched."""

    field: str
    fragment: str
    ranges: list[RangeRow]


class FacetRow(NamedTuple):
    """A field, and how often each value occurs."""

    field: str
    counts: Sequence[FacetCountRow]


class SearchConnectionRow(NamedTuple):
    """A page of hits, and what is said of all of them."""

    edges: list[SearchEdgeRow]
    page_info: PageInfoRow
    total_count: int
    did_you_mean: str | None
    took_ms: float
    request: Request


async def highlights_of(
    context: Context, parents: Sequence[SearchEdgeRow]
) -> list[list[HighlightRow]]:
    """Where each hit matches, from the stored text."""
    contents = [row.node for row in parents if isinstance(row.node, ContentRow)]
    bodies = dict(
        zip((row.id for row in contents), await body_htmls(context, contents), strict=True)
    )
    known = context.platform.learnt.synonyms
    markers = {query: Marker(query, known) for query in {row.query for row in parents}}
    return [
        [
            HighlightRow(found.field, found.fragment, [RangeRow(*span) for span in found.ranges])
            for found in markers[row.query].highlights(_fields(row.node, bodies))
        ]
        for row in parents
    ]


async def facets_of(
    context: Context, parents: Sequence[SearchConnectionRow]
) -> list[list[FacetRow]]:
    """How all hits of each search spread; counted only for those who ask."""
    found = []
    for row in parents:
        request = replace(row.request, first=1, offset=0, with_facets=True)
        page = await context.platform.search.search(request)
        found.append([FacetRow(name, counts) for name, counts in page.facets.items()])
    return found


def _fields(row: ContentRow | ArticleRow, bodies: dict[int, str]) -> dict[str, str]:
    if isinstance(row, ContentRow):
        body = plain_text(bodies[row.id])
        return {"title": row.title, "summary": row.summary, "body": body}
    return {"title": row.regulation_title, "text": row.text}


@strawberry.input(description="What narrows a search.")
class SearchFilter:
    """Everything that is given must hold."""

    scopes: list[SearchScope] | None = strawberry.field(
        default=None, description="Only these; all when left out."
    )
    organization_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only contents of this organization and all below it."
    )
    category: str | None = strawberry.field(
        default=None, description="Only regulations of this category, exactly."
    )
    issuer: str | None = strawberry.field(
        default=None, description="Only regulations of this issuer, exactly."
    )
    statuses: list[RegulationStatus] | None = strawberry.field(
        default=None,
        description="Only regulations that stand so today; NOT_YET_IN_FORCE, IN_FORCE and AMENDED"
        " when left out, and all of them when asOf is given.",
    )
    as_of: date | None = strawberry.field(
        default=None,
        description="Only regulations that were, or will be, in force on that day, in their current"
        " wording; contents are left as they are.",
    )
    published_from: datetime | None = strawberry.field(
        default=None, description="Only what was published then or later."
    )
    published_to: datetime | None = strawberry.field(
        default=None, description="Only what was published then or earlier."
    )


@strawberry.type(
    description="A span of the text that matched, as offsets in Unicode code points, so that"
    " clients mark it their own way."
)
class HighlightRange:
    """A stretch of a fragment."""

    start: int = strawberry.field(description="Code points before it in the fragment.")
    length: int = strawberry.field(description="Its code points.")


@strawberry.type(description="A piece of a found text, and what in it matched.")
class Highlight:
    """A fragment of one field."""

    field: str = strawberry.field(description="Which text: title, summary, body or text.")
    fragment: str = strawberry.field(description="The piece around the best matches.")
    ranges: list[HighlightRange] = strawberry.field(description="What matched, in order.")


@strawberry.type(description="How many hits have a value.")
class FacetCount:
    """A value and its count."""

    value: str = strawberry.field(description="The value, as the filter takes it.")
    count: int = strawberry.field(description="How many hits have it.")


@strawberry.type(description="How all hits spread over the values of a field.")
class Facet:
    """A field and its values."""

    field: str = strawberry.field(description="scope, category, issuer or status.")
    counts: list[FacetCount] = strawberry.field(description="Values, most frequent first.")


@strawberry.type(description="A hit of a search.")
class SearchEdge:
    """The shape of :class:`SearchEdgeRow`."""

    cursor: str = strawberry.field(description="The place of this hit, opaque.")
    score: float = strawberry.field(description="Compares within one search only.")
    node: SearchResult = strawberry.field(description="What was found.")
    highlights: list[Highlight] = edge(
        highlights_of,
        "Where it matches: the words asked for, or what it says in their place (同义词).",
    )


@strawberry.type(description="A page of hits, best first.")
class SearchConnection:
    """The shape of :class:`SearchConnectionRow`."""

    edges: list[SearchEdge] = strawberry.field(description="The hits.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")
    total_count: int = strawberry.field(description="How many hits there are in all.")
    facets: list[Facet] = edge(facets_of, "How all hits spread.")
    did_you_mean: str | None = strawberry.field(
        description="The question as it may have been meant, where a word sounds like another."
    )
    took_ms: float = strawberry.field(description="Milliseconds that the search took.")


@strawberry.type(description="A title that completes what was typed (搜索联想).")
class Suggestion:
    """A title and what it is of."""

    text: str = strawberry.field(description="The title.")
    scope: SearchScope = strawberry.field(description="What it is the title of.")
    node: Node | None = strawberry.field(description="The content or regulation.")
