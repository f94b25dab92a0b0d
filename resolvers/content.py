"""Doors to contents: feed and showcaseColumns."""

from typing import Annotated, Any

import strawberry

from app.content import columns, queries
from app.content.models import MAX_TAG, ContentKind
from app.content.queries import FeedFilter
from app.errors import Invalid
from schema.content import Content
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.nodes import key_of
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
    time_after,
)
from schema.showcase import ShowcaseColumn, feed_cursor

Info = strawberry.Info[Context]


@strawberry.type
class ContentQueries:
    """Root fields that list contents."""

    @strawberry.field(
        description="Published contents that the viewer sees (生态圈), newest first.",
        graphql_type=Connection[Content],
    )
    @differs_by(AUDIENCE)
    async def feed(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        *,
        kinds: Annotated[
            list[ContentKind] | None, strawberry.argument(description="Only these kinds.")
        ] = None,
        organization_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only of this organization and all below it."),
        ] = None,
        column_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this showcase column.")
        ] = None,
        tag: Annotated[
            str | None, strawberry.argument(description="Only with this tag, exactly.")
        ] = None,
    ) -> Any:
        """A page of the feed."""
        size = page_size(first)
        narrowed = FeedFilter(
            kinds=None if kinds is None else tuple(kinds),
            organization_id=_key(organization_id, "Organization", "organizationId"),
            column_id=_key(column_id, "ShowcaseColumn", "columnId"),
            tag=_tag(tag),
        )
        context = info.context
        rows = await queries.feed(
            context.database, context.viewer, narrowed, first=size + 1, after=time_after(after)
        )
        return connection(rows, size, after, cursor=feed_cursor)

    @strawberry.field(
        description="Showcase columns that the viewer sees (成果展示专栏), newest first.",
        graphql_type=Connection[ShowcaseColumn],
    )
    @differs_by(AUDIENCE)
    async def showcase_columns(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of columns."""
        size = page_size(first)
        rows = await columns.columns(
            info.context.database,
            info.context.viewer,
            first=size + 1,
            before=id_after(after, LAST_ID),
        )
        return connection(rows, size, after, cursor=id_cursor)


def _tag(value: str | None) -> str | None:
    # PostgreSQL keeps no NUL in a text, not even in one to compare with.
    if value is not None and (not 1 <= len(value) <= MAX_TAG or "\0" in value):
        raise Invalid(f"标签应为 1 到 {MAX_TAG} 个字符", "tag")
    return value


def _key(value: str | None, name: str, argument: str) -> int | None:
    return None if value is None else key_of(value, name, argument)
