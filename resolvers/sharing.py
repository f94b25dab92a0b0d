"""Doors to links: shareContent, openShare."""

from typing import Annotated, Any

import strawberry

from app.errors import Refusal
from app.sharing import actions
from resolvers.deeds import committed, require_member
from schema.content import content_key
from schema.context import Context
from schema.engagement import ContentPayload, ContentPayloadRow
from schema.errors import user_errors
from schema.sharing import (
    OpenShareInput,
    ShareContentInput,
    ShareContentPayload,
    ShareContentPayloadRow,
)

Info = strawberry.Info[Context]


@strawberry.type
class SharingMutations:
    """Root fields that make and follow links."""

    @strawberry.mutation(
        description="Get a link to pass on (转发). A member counts once in `shareCount`, on however"
        " many channels; sharing again gives the same link.",
        graphql_type=ShareContentPayload,
    )
    async def share_content(
        self,
        info: Info,
        input: Annotated[ShareContentInput, strawberry.argument(description="What, and how.")],
    ) -> Any:
        """Share what the viewer sees."""
        context = info.context
        try:
            require_member(context)
            key = content_key(input.content_id, "input", "contentId")
            async with context.database.transaction() as session:
                link = await actions.share(session, context.viewer, key, input.channel)
        except Refusal as refusal:
            return ShareContentPayloadRow(None, None, None, user_errors(refusal))
        url = f"{context.platform.settings.public_url}/s/{link.code}"
        return ShareContentPayloadRow(url, link.open_count, await committed(context, key), [])

    @strawberry.mutation(
        description="Follow a link that was passed on: the content, if the viewer may see it. It"
        " counts once a member, and never for the one who shared it.",
        graphql_type=ContentPayload,
    )
    async def open_share(
        self,
        info: Info,
        input: Annotated[OpenShareInput, strawberry.argument(description="Which link.")],
    ) -> Any:
        """Land on the content behind a link."""
        context = info.context
        try:
            require_member(context)
            async with context.database.transaction() as session:
                key = await actions.open_share(session, context.viewer, input.code)
            return ContentPayloadRow(await committed(context, key), [])
        except Refusal as refusal:
            return ContentPayloadRow(None, user_errors(refusal))
