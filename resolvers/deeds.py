"""What every deed on a content has in common: its transaction, its payload, its refusals."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.queries import ContentRow, visible_contents
from app.errors import NotFound, Refusal, Unauthenticated
from app.visibility import Viewer
from schema.content import content_key
from schema.context import Context
from schema.engagement import ContentPayloadRow
from schema.errors import user_errors

T = TypeVar("T")
#: Does something in a transaction, and answers to what.
Deed = Callable[[AsyncSession], Awaitable[int]]
#: ``(session, viewer, content_id)``: checks what decides, inside the transaction.
ContentDeed = Callable[[AsyncSession, Viewer, int], Awaitable[Any]]


def require_member(context: Context) -> None:
    """Refuse nobody."""
    if not context.viewer.signed_in:
        raise Unauthenticated("请先登录")


async def by_member(context: Context, deed: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do ``deed`` for a member, in a transaction of its own; nobody is UNAUTHENTICATED."""
    require_member(context)
    async with context.database.transaction() as session:
        return await deed(session)


async def payload(doing: Awaitable[ContentRow]) -> ContentPayloadRow:
    """What was done, or why nothing was."""
    try:
        return ContentPayloadRow(await doing, [])
    except Refusal as refusal:
        return ContentPayloadRow(None, user_errors(refusal))


async def done(context: Context, deed: Deed) -> ContentRow:
    """Do ``deed`` in a transaction of its own; the content is then read as it was committed."""
    async with context.database.transaction() as session:
        key = await deed(session)
    found = await committed(context, key)
    if found is None:
        raise NotFound("内容不存在或不可见", "input")
    return found


async def done_to_content(
    context: Context, content_id: str, deed: ContentDeed
) -> ContentPayloadRow:
    """Do ``deed`` to the content of ``input.contentId``."""

    async def doing() -> ContentRow:
        require_member(context)
        key = content_key(content_id, "input", "contentId")

        async def on_it(session: AsyncSession) -> int:
            await deed(session, context.viewer, key)
            return key

        return await done(context, on_it)

    return await payload(doing())


async def committed(context: Context, content_id: int) -> ContentRow | None:
    """A content as the viewer sees it after the deed."""
    found = await visible_contents(context.database, context.viewer, [content_id])
    return found.get(content_id)
