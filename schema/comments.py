"""Comment in the graph."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Optional

import strawberry

from app.content.queries import ContentRow, visible_contents
from app.engagement import queries
from app.engagement.queries import CommentRow
from schema.context import Context
from schema.edges import edge
from schema.members import Member
from schema.nodes import Node, node
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)

if TYPE_CHECKING:
    from schema.content import Content


async def find_comments(context: Context, ids: Sequence[int]) -> Mapping[int, CommentRow]:
    """Comments on contents that the viewer sees."""
    return await queries.visible_comments(context.database, context.viewer, ids)


async def contents_of(context: Context, parents: Sequence[CommentRow]) -> list[ContentRow]:
    """What each comment is about; whoever sees the comment sees it."""
    ids = list({row.content_id for row in parents})
    found = await visible_contents(context.database, context.viewer, ids)
    return [found[row.content_id] for row in parents]


async def answered_by(context: Context, parents: Sequence[CommentRow]) -> list[CommentRow | None]:
    """The comment that each answers; it is about the same content."""
    near = {row.id: row for row in parents}
    wanted = {row.reply_to_id for row in parents if row.reply_to_id is not None} - near.keys()
    if wanted:
        near |= await queries.visible_comments(context.database, context.viewer, list(wanted))
    return [near.get(row.reply_to_id or 0) for row in parents]


async def replies_to(
    context: Context, parents: Sequence[CommentRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the answers to each, newest first."""
    size = page_size(first)
    found = await queries.replies(
        context.database,
        [row.id for row in parents],
        first=size + 1,
        before=id_after(after, LAST_ID),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


async def comments_on(
    context: Context, parents: Sequence[ContentRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the comments on each content, newest first."""
    size = page_size(first)
    found = await queries.comments(
        context.database,
        [row.id for row in parents],
        first=size + 1,
        before=id_after(after, LAST_ID),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


def _is_removed(self: Any) -> bool:
    return self.removed_at is not None


def _body(self: Any) -> str:
    return "" if self.removed_at is not None else str(self.body)


@node(CommentRow, find=find_comments, description="A comment on a content (评论).")
class Comment(Node):
    """The shape of :class:`CommentRow`."""

    body: str = strawberry.field(
        resolver=_body, description="Plain text; empty once the comment is removed."
    )
    author: Member = strawberry.field(description="Who wrote it.")
    created_at: datetime = strawberry.field(description="When it was written.")
    edited_at: datetime | None = strawberry.field(description="When it was last changed.")
    content: Annotated["Content", strawberry.lazy("schema.content")] = edge(
        contents_of, "What it is about."
    )
    reply_to: Optional["Comment"] = edge(answered_by, "The comment that it answers.")
    is_removed: bool = strawberry.field(
        resolver=_is_removed, description="Whether its author or a moderator took it away."
    )
    replies: Connection["Comment"] = edge(replies_to, "Answers to it, newest first (回复).")


TYPES: tuple[Any, ...] = (Comment,)
