"""Doors for whoever takes part: likeContent, unlikeContent."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.models import ContentStatus
from app.content.queries import ContentRow, visible_contents
from app.engagement import actions
from app.errors import Conflict, NotFound, Refusal, Unauthenticated
from app.points.rules import pays
from schema.content import content_key
from schema.context import Context
from schema.engagement import ContentIdInput, ContentPayload, ContentPayloadRow
from schema.errors import user_errors

Info = strawberry.Info[Context]
Input = Annotated[ContentIdInput, strawberry.argument(description="Which content.")]
Deed = Callable[[AsyncSession, ContentRow, int], Awaitable[bool]]


@strawberry.type
class EngagementMutations:
    """Root fields of members' deeds."""

    @strawberry.mutation(
        description="Like a content (点赞); twice is the same as once.", graphql_type=ContentPayload
    )
    async def like_content(self, info: Info, input: Input) -> Any:
        """Like what the viewer sees."""
        viewer, zone = info.context.viewer, info.context.platform.settings.zone

        def like(session: AsyncSession, seen: ContentRow, member_id: int) -> Awaitable[bool]:
            earns = pays(viewer, seen.author_id, seen.organization_path)
            return actions.like(session, seen.id, member_id, earns_in=zone if earns else None)

        return await _done(info.context, input.content_id, like)

    @strawberry.mutation(
        description="Take a like back; without one, nothing changes.", graphql_type=ContentPayload
    )
    async def unlike_content(self, info: Info, input: Input) -> Any:
        """Unlike what the viewer sees."""
        return await _done(
            info.context,
            input.content_id,
            lambda session, seen, member_id: actions.unlike(session, seen.id, member_id),
        )


async def _done(context: Context, content_id: str, deed: Deed) -> ContentPayloadRow:
    """Do ``deed`` in a transaction of its own; the content is then read as it was committed."""
    try:
        if context.viewer.member_id is None:
            raise Unauthenticated("请先登录")
        key = content_key(content_id, "input", "contentId")
        seen = await _seen(context, key)
        if seen.status is not ContentStatus.PUBLISHED:
            raise Conflict("内容尚未发布", "input", "contentId")
        async with context.database.transaction() as session:
            await deed(session, seen, context.viewer.member_id)
        return ContentPayloadRow(await _seen(context, key), [])
    except Refusal as refusal:
        return ContentPayloadRow(None, user_errors(refusal))


async def _seen(context: Context, key: int) -> ContentRow:
    found = await visible_contents(context.database, context.viewer, [key])
    if key not in found:
        raise NotFound("内容不存在或不可见", "input", "contentId")
    return found[key]
