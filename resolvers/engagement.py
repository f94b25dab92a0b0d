"""Doors for whoever takes part: likeContent, unlikeContent."""

from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.seeing import require_published
from app.engagement import actions
from app.visibility import Viewer
from resolvers.deeds import done_to_content
from schema.context import Context
from schema.engagement import ContentIdInput, ContentPayload

Info = strawberry.Info[Context]
Input = Annotated[ContentIdInput, strawberry.argument(description="Which content.")]


@strawberry.type
class EngagementMutations:
    """Root fields of members' deeds."""

    @strawberry.mutation(
        description="Like a content (点赞); twice is the same as once.", graphql_type=ContentPayload
    )
    async def like_content(self, info: Info, input: Input) -> Any:
        """Like what the viewer sees."""
        return await done_to_content(info.context, input.content_id, _like)

    @strawberry.mutation(
        description="Take a like back; without one, nothing changes.", graphql_type=ContentPayload
    )
    async def unlike_content(self, info: Info, input: Input) -> Any:
        """Unlike what the viewer sees."""
        return await done_to_content(info.context, input.content_id, _unlike)


async def _like(session: AsyncSession, viewer: Viewer, content_id: int) -> None:
    await require_published(session, viewer, content_id)
    await actions.like(session, content_id, viewer.member_id or 0)


async def _unlike(session: AsyncSession, viewer: Viewer, content_id: int) -> None:
    await require_published(session, viewer, content_id)
    await actions.unlike(session, content_id, viewer.member_id or 0)
