"""How a member's deed on a content is done: in one transaction, then shown as committed."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.queries import ContentRow, visible_contents
from app.errors import Refusal, Unauthenticated
from app.visibility import Viewer
from schema.content import content_key
from schema.context import Context
from schema.engagement import ContentPayloadRow
from schema.errors import user_errors

#: ``(session, viewer, content_id)``: checks what decides, inside the transaction.
Deed = Callable[[AsyncSession, Viewer, int], Awaitable[Any]]


def require_member(context: Context) -> None:
    """Refuse nobody."""
    if not context.viewer.signed_in:
        raise Unauthenticated("请先登录")


async def committed(context: Context, content_id: int) -> ContentRow | None:
    """A content as the viewer sees it after the deed."""
    found = await visible_contents(context.database, context.viewer, [content_id])
    return found.get(content_id)


async def done_to_content(context: Context, content_id: str, deed: Deed) -> ContentPayloadRow:
    """Do ``deed`` to the content of ``input.contentId``."""
    try:
        require_member(context)
        key = content_key(content_id, "input", "contentId")
        async with context.database.transaction() as session:
            await deed(session, context.viewer, key)
        return ContentPayloadRow(await committed(context, key), [])
    except Refusal as refusal:
        return ContentPayloadRow(None, user_errors(refusal))
