"""Doors for review: submit, publish, return, archive, recommend, live streams, and what waits."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.content import broadcasts, editorial
from app.content.models import ContentKind, ContentStatus
from app.content.queries import ContentRow, visible_contents
from app.content.references import check_video
from app.content.revisions import contents_of_author, waiting
from resolvers.authoring import audience_in
from resolvers.deeds import done, payload
from schema.content import Content, content_key
from schema.context import Context
from schema.engagement import ContentIdInput, ContentPayload
from schema.nodes import key_of
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
    time_after,
    time_cursor,
)
from schema.reviewing import (
    PublishContentInput,
    RecommendContentInput,
    ReturnContentInput,
    SetLiveReplayInput,
)

Info = strawberry.Info[Context]
Input = Annotated[ContentIdInput, strawberry.argument(description="Which content.")]
_Act = Callable[[AsyncSession, int], Awaitable[None]]


@strawberry.type
class ReviewingQueries:
    """Root fields that list what is to be done."""

    @strawberry.field(
        description="Contents that wait for the viewer to publish or return them (待我审核), those"
        " that have waited longest first.",
        graphql_type=Connection[Content],
    )
    async def review_queue(self, info: Info, first: First = 20, after: After = None) -> Any:
        """A page of the queue; the contents are read by the key that the page names."""
        size, context = page_size(first), info.context
        editorial.require_member(context.actor)
        return await _queue(context, size, after)

    @strawberry.field(
        description="Contents that the viewer began (我的稿件), newest first.",
        graphql_type=Connection[Content],
    )
    async def my_contents(
        self,
        info: Info,
        status: Annotated[
            ContentStatus | None, strawberry.argument(description="Only those that stand so.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of one's own."""
        size, context = page_size(first), info.context
        editorial.require_member(context.actor)
        rows = await contents_of_author(
            context.database,
            context.viewer,
            status,
            first=size + 1,
            before=id_after(after, LAST_ID),
        )
        return connection(rows, size, after, cursor=id_cursor)


@strawberry.type
class ReviewingMutations:
    """Root fields that move a content from state to state."""

    @strawberry.mutation(
        description="Put a draft before the reviewers (提交审核).", graphql_type=ContentPayload
    )
    async def submit_content(self, info: Info, input: Input) -> Any:
        """Submit what is worked on."""
        actor = info.context.actor

        async def act(session: AsyncSession, key: int) -> None:
            await editorial.submit(session, actor, key)

        return await payload(_acted(info.context, input.content_id, act))

    @strawberry.mutation(
        description="Publish what was submitted, now or at a time (发布、定时发布). Nobody"
        " publishes their own work where somebody else may.",
        graphql_type=ContentPayload,
    )
    async def publish_content(
        self,
        info: Info,
        input: Annotated[PublishContentInput, strawberry.argument(description="What, and when.")],
    ) -> Any:
        """Publish or schedule."""
        actor, four_eyes = (
            info.context.actor,
            info.context.platform.settings.second_person_publishes,
        )

        async def act(session: AsyncSession, key: int) -> None:
            await editorial.publish(
                session, actor, key, at=input.at, version=input.version, four_eyes=four_eyes
            )

        return await payload(_acted(info.context, input.content_id, act))

    @strawberry.mutation(
        description="Give what waits for review back to those who write it (退回).",
        graphql_type=ContentPayload,
    )
    async def return_content(
        self,
        info: Info,
        input: Annotated[ReturnContentInput, strawberry.argument(description="What, and why.")],
    ) -> Any:
        """Return it with a reason."""
        actor = info.context.actor

        async def act(session: AsyncSession, key: int) -> None:
            await editorial.send_back(session, actor, key, input.reason)

        return await payload(_acted(info.context, input.content_id, act))

    @strawberry.mutation(
        description="Take a content away from its audience (归档).", graphql_type=ContentPayload
    )
    async def archive_content(self, info: Info, input: Input) -> Any:
        """Archive it, for good."""
        actor = info.context.actor

        async def act(session: AsyncSession, key: int) -> None:
            await editorial.archive(session, actor, key)

        return await payload(_acted(info.context, input.content_id, act))

    @strawberry.mutation(
        description="Propose a published content to a wider audience (向上推荐): it waits for the"
        " reviewers of that audience's organization, and stays published as it is meanwhile.",
        graphql_type=ContentPayload,
    )
    async def recommend_content(
        self,
        info: Info,
        input: Annotated[RecommendContentInput, strawberry.argument(description="What, to whom.")],
    ) -> Any:
        """Recommend it upward."""
        actor = info.context.actor
        asked = input.audience

        async def act(session: AsyncSession, key: int) -> None:
            await editorial.recommend(session, actor, key, audience_in(asked, None))

        return await payload(_acted(info.context, input.content_id, act))

    @strawberry.mutation(
        description="Call a live stream off before it ends (取消直播); twice is the same as once.",
        graphql_type=ContentPayload,
    )
    async def cancel_live_stream(self, info: Info, input: Input) -> Any:
        """Cancel it, for all to see at once."""
        actor = info.context.actor

        async def act(session: AsyncSession, key: int) -> None:
            await broadcasts.cancel(session, actor, key)

        return await payload(_acted(info.context, input.content_id, act, ContentKind.LIVE_STREAM))

    @strawberry.mutation(
        description="Add the recording of a live stream that has ended, or take it away (回放).",
        graphql_type=ContentPayload,
    )
    async def set_live_replay(
        self,
        info: Info,
        input: Annotated[SetLiveReplayInput, strawberry.argument(description="What to play.")],
    ) -> Any:
        """Set it, for all to see at once."""
        context = info.context

        async def act(session: AsyncSession, key: int) -> None:
            video = input.video_id
            video_id = None if video is None else key_of(video, "Video", "input", "videoId")
            if video_id is not None:
                await check_video(context.database, context.viewer, video_id, "videoId")
            await broadcasts.set_replay(session, context.actor, key, video_id)

        return await payload(_acted(context, input.content_id, act, ContentKind.LIVE_STREAM))


async def _acted(
    context: Context, content_id: str, act: _Act, kind: ContentKind | None = None
) -> ContentRow:
    editorial.require_member(context.actor)
    key = content_key(content_id, "input", "contentId", kind=kind)

    async def deed(session: AsyncSession) -> int:
        await act(session, key)
        return key

    return await done(context, deed)


async def _queue(context: Context, size: int, after: str | None) -> ConnectionRow:
    since = await waiting(
        context.database,
        context.viewer,
        first=size + 1,
        after=time_after(after),
        four_eyes=context.platform.settings.second_person_publishes,
    )
    ids = [row.content_id for row in since]
    found = await visible_contents(context.database, context.viewer, ids) if ids else {}
    submitted = {row.content_id: row.submitted_at for row in since}
    rows = [found[key] for key in ids if key in found]
    return connection(rows, size, after, cursor=lambda row: time_cursor(submitted[row.id], row.id))
