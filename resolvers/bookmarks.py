"""Doors to what members keep and open: bookmarks, bookmarkContent, removeBookmark, recordView."""

from typing import Annotated, Any

import strawberry

from app.content.queries import visible_contents
from app.engagement import bookmarks, views
from resolvers.deeds import done_to_content
from schema.content import Content
from schema.context import Context
from schema.engagement import ContentIdInput, ContentPayload
from schema.paging import (
    After,
    Connection,
    First,
    connection,
    page_size,
    time_after,
    time_cursor,
)

Info = strawberry.Info[Context]
Input = Annotated[ContentIdInput, strawberry.argument(description="Which content.")]


@strawberry.type
class BookmarkQueries:
    """Root fields of what the viewer keeps."""

    @strawberry.field(
        description="What the viewer keeps (我的收藏) and still sees, newest bookmark first.",
        graphql_type=Connection[Content],
    )
    async def bookmarks(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of the viewer's own bookmarks; nobody has none."""
        context, size = info.context, page_size(first)
        kept = await bookmarks.bookmarks(
            context.database, context.viewer, first=size + 1, after=time_after(after)
        )
        since = {row.content_id: row.created_at for row in kept}
        found = await visible_contents(context.database, context.viewer, list(since))
        rows = [found[key] for key in since if key in found]
        return connection(rows, size, after, cursor=lambda row: time_cursor(since[row.id], row.id))


@strawberry.type
class BookmarkMutations:
    """Root fields of keeping and opening."""

    @strawberry.mutation(
        description="Keep a content (收藏); twice is the same as once.",
        graphql_type=ContentPayload,
    )
    async def bookmark_content(self, info: Info, input: Input) -> Any:
        """Keep what the viewer sees."""
        return await done_to_content(info.context, input.content_id, bookmarks.bookmark)

    @strawberry.mutation(
        description="Keep a content no longer; without a bookmark, nothing changes.",
        graphql_type=ContentPayload,
    )
    async def remove_bookmark(self, info: Info, input: Input) -> Any:
        """Take a bookmark away."""
        return await done_to_content(info.context, input.content_id, bookmarks.remove_bookmark)

    @strawberry.mutation(
        description="Tell that the viewer opened a content (浏览); each member counts once.",
        graphql_type=ContentPayload,
    )
    async def record_view(self, info: Info, input: Input) -> Any:
        """Count the viewer among those who opened it."""
        return await done_to_content(info.context, input.content_id, views.view)
