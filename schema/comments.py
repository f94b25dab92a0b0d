"""Comment in the graph."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Optional

import strawberry

from app.content.queries import ContentRow, visible_contents
from app.engagement import queries
from app.engagement.queries import CommentRow, RemovalRow
from app.members.queries import MemberRow
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
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

Threads = Annotated[
    bool,
    strawberry.argument(
        description="Only comments that begin a thread; their answers are in `thread`."
    ),
]


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
    return await _near(context, parents, [row.reply_to_id for row in parents])


async def roots_of(context: Context, parents: Sequence[CommentRow]) -> list[CommentRow | None]:
    """The comment that the thread of each began with."""
    return await _near(context, parents, [row.thread_id for row in parents])


async def _near(
    context: Context, parents: Sequence[CommentRow], keys: Sequence[int | None]
) -> list[CommentRow | None]:
    """Comments by key, those among ``parents`` without a read."""
    near = {row.id: row for row in parents}
    wanted = {key for key in keys if key is not None} - near.keys()
    if wanted:
        near |= await queries.visible_comments(context.database, context.viewer, list(wanted))
    return [near.get(key or 0) for key in keys]


@differs_by(AUDIENCE)
async def replies_to(
    context: Context, parents: Sequence[CommentRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the answers to each, newest first."""
    size = page_size(first)
    found = await queries.replies(
        context.database,
        context.viewer,
        [row.id for row in parents],
        first=size + 1,
        before=id_after(after, LAST_ID),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


async def threads_of(
    context: Context, parents: Sequence[CommentRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of all that was said below each, oldest first."""
    size = page_size(first)
    found = await queries.threads(
        context.database,
        context.viewer,
        [row.id for row in parents],
        first=size + 1,
        after=id_after(after, 0),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


@differs_by(AUDIENCE)
async def comments_on(
    context: Context,
    parents: Sequence[ContentRow],
    *,
    first: First = 20,
    after: After = None,
    threads: Threads = False,
) -> list[ConnectionRow]:
    """A page of the comments on each content, newest first."""
    size = page_size(first)
    found = await queries.comments(
        context.database,
        context.viewer,
        [row.id for row in parents],
        first=size + 1,
        before=id_after(after, LAST_ID),
        threads=threads,
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


async def mentioned_by(context: Context, parents: Sequence[CommentRow]) -> list[list[MemberRow]]:
    """Whom each names; what is removed names nobody."""
    ids = [row.id for row in parents if row.removed_at is None]
    found = await queries.mentions(context.database, ids) if ids else {}
    return [found.get(row.id, []) for row in parents]


async def removed_bodies(context: Context, parents: Sequence[CommentRow]) -> list[str | None]:
    """What each said before it was removed, for those who may read it."""
    found = await _removals(context, parents)
    return [removal and removal.body for removal in found]


async def removal_reasons(context: Context, parents: Sequence[CommentRow]) -> list[str | None]:
    """Why each was removed, for those who may know it."""
    found = await _removals(context, parents)
    return [removal and removal.reason for removal in found]


async def _removals(context: Context, parents: Sequence[CommentRow]) -> list[RemovalRow | None]:
    ids = [row.id for row in parents if row.removed_at is not None]
    found = await queries.removals(context.database, context.viewer, ids) if ids else {}
    return [found.get(row.id) for row in parents]


def _is_held(self: Any) -> bool:
    return self.held_at is not None


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
    removed_body: str | None = edge(
        removed_bodies, "What it said before it was removed: for its author and moderators."
    )
    removal_reason: str | None = edge(
        removal_reasons,
        "Why a moderator removed it: for its author and moderators (删除理由).",
    )
    is_held: bool = strawberry.field(
        resolver=_is_held,
        description="Whether it waits for a moderator, seen by its author and moderators alone.",
    )
    mentions: list[Member] = edge(mentioned_by, "Whom it names (@).")
    replies: Connection["Comment"] = edge(replies_to, "Answers to it, newest first (回复).")
    thread: Connection["Comment"] = edge(
        threads_of,
        "All that was said below the comment that a thread began with, however deep, oldest first;"
        " `replyTo` tells whom each answers. Empty for an answer.",
    )
    thread_root: Optional["Comment"] = edge(
        roots_of, "The comment that its thread began with; null for that one itself."
    )


TYPES: tuple[Any, ...] = (Comment,)
