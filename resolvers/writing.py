"""Doors for editors: begin and change contents and columns."""

from collections.abc import Awaitable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.content import arranging, editorial
from app.content.arranging import ColumnWords
from app.content.columns import columns_by_id, visible_columns
from app.content.desks import works_on
from app.content.models import ContentKind
from app.content.queries import ContentRow, visible_contents
from app.content.revisions import newest_revisions
from app.content.wording import Wording
from app.errors import Refusal
from resolvers.authoring import check_references, default_audience, rendered, said_in
from resolvers.deeds import done, payload
from schema.content import content_key
from schema.context import Context
from schema.engagement import ContentPayload
from schema.errors import user_errors
from schema.nodes import key_of
from schema.writing import (
    ChangedContent,
    CreateLiveStreamInput,
    CreateMicroLectureInput,
    CreateNewsItemInput,
    CreateShowcaseColumnInput,
    CreateShowcaseEntryInput,
    NewContent,
    OrderEntriesInput,
    PinEntryInput,
    ShowcaseColumnPayload,
    UpdateLiveStreamInput,
    UpdateMicroLectureInput,
    UpdateNewsItemInput,
    UpdateShowcaseColumnInput,
    UpdateShowcaseEntryInput,
)

Info = strawberry.Info[Context]
_WRITTEN = strawberry.argument(description="What the author writes.")
_CHANGED = strawberry.argument(description="What changes; the rest stays.")
_DRAFT = " A draft: nobody sees it but those who work on it."
_REVISION = (
    " A new revision: what is published stays as it is shown until the revision is, and what waits"
    " for review is withdrawn."
)


@strawberry.type
class WritingMutations:
    """Root fields of those who write."""

    @strawberry.mutation(
        description="Begin a news item (新闻)." + _DRAFT, graphql_type=ContentPayload
    )
    async def create_news_item(
        self, info: Info, input: Annotated[CreateNewsItemInput, _WRITTEN]
    ) -> Any:
        """Begin one."""
        return await payload(_created(info.context, ContentKind.NEWS, input))

    @strawberry.mutation(
        description="Begin a micro-lecture (微党课)." + _DRAFT, graphql_type=ContentPayload
    )
    async def create_micro_lecture(
        self, info: Info, input: Annotated[CreateMicroLectureInput, _WRITTEN]
    ) -> Any:
        """Begin one."""
        return await payload(_created(info.context, ContentKind.MICRO_LECTURE, input))

    @strawberry.mutation(
        description="Begin a live stream (直播)." + _DRAFT, graphql_type=ContentPayload
    )
    async def create_live_stream(
        self, info: Info, input: Annotated[CreateLiveStreamInput, _WRITTEN]
    ) -> Any:
        """Begin one."""
        return await payload(_created(info.context, ContentKind.LIVE_STREAM, input))

    @strawberry.mutation(
        description="Begin an entry of a showcase column (成果展示)." + _DRAFT,
        graphql_type=ContentPayload,
    )
    async def create_showcase_entry(
        self, info: Info, input: Annotated[CreateShowcaseEntryInput, _WRITTEN]
    ) -> Any:
        """Begin one."""
        return await payload(_created(info.context, ContentKind.SHOWCASE, input))

    @strawberry.mutation(description="Change a news item." + _REVISION, graphql_type=ContentPayload)
    async def update_news_item(
        self, info: Info, input: Annotated[UpdateNewsItemInput, _CHANGED]
    ) -> Any:
        """Change one."""
        return await payload(_updated(info.context, ContentKind.NEWS, input))

    @strawberry.mutation(
        description="Change a micro-lecture." + _REVISION, graphql_type=ContentPayload
    )
    async def update_micro_lecture(
        self, info: Info, input: Annotated[UpdateMicroLectureInput, _CHANGED]
    ) -> Any:
        """Change one."""
        return await payload(_updated(info.context, ContentKind.MICRO_LECTURE, input))

    @strawberry.mutation(
        description="Change a live stream." + _REVISION, graphql_type=ContentPayload
    )
    async def update_live_stream(
        self, info: Info, input: Annotated[UpdateLiveStreamInput, _CHANGED]
    ) -> Any:
        """Change one."""
        return await payload(_updated(info.context, ContentKind.LIVE_STREAM, input))

    @strawberry.mutation(
        description="Change a showcase entry." + _REVISION, graphql_type=ContentPayload
    )
    async def update_showcase_entry(
        self, info: Info, input: Annotated[UpdateShowcaseEntryInput, _CHANGED]
    ) -> Any:
        """Change one."""
        return await payload(_updated(info.context, ContentKind.SHOWCASE, input))

    @strawberry.mutation(description="Open a showcase column of an organization (成果展示专栏).")
    async def create_showcase_column(
        self, info: Info, input: Annotated[CreateShowcaseColumnInput, _WRITTEN]
    ) -> ShowcaseColumnPayload:
        """Open one."""
        return await _column(info.context, _create_column(info.context, input))

    @strawberry.mutation(description="Change a showcase column, at once.")
    async def update_showcase_column(
        self, info: Info, input: Annotated[UpdateShowcaseColumnInput, _CHANGED]
    ) -> ShowcaseColumnPayload:
        """Change one."""
        return await _column(info.context, _update_column(info.context, input))

    @strawberry.mutation(
        description="Put an entry before all others of its column, or back among them (置顶)."
    )
    async def pin_entry(
        self,
        info: Info,
        input: Annotated[PinEntryInput, strawberry.argument(description="Which entry.")],
    ) -> ShowcaseColumnPayload:
        """Pin one, for the editors of the column's organization."""
        return await _column(info.context, _pin(info.context, input))

    @strawberry.mutation(description="Put the entries of a column in order (排序).")
    async def order_entries(
        self,
        info: Info,
        input: Annotated[OrderEntriesInput, strawberry.argument(description="In which order.")],
    ) -> ShowcaseColumnPayload:
        """Order them, for the editors of the column's organization."""
        return await _column(info.context, _order(info.context, input))


async def _created(context: Context, kind: ContentKind, given: NewContent) -> ContentRow:
    actor = context.actor
    editorial.require_member(actor)
    own = context.viewer.organization_id
    said = said_in(given, own)
    said.setdefault("organization_id", own)
    said.setdefault("audience_key", default_audience(said["organization_id"]))
    html = await rendered(said) or ""
    await check_references(context, said, None, said["organization_id"])
    wording = Wording(**said)

    async def begin(session: AsyncSession) -> int:
        return await editorial.create(session, actor, kind, wording, html=html)

    return await done(context, begin)


async def _updated(context: Context, kind: ContentKind, given: ChangedContent) -> ContentRow:
    actor = context.actor
    editorial.require_member(actor)
    key = content_key(given.id, "input", "id", kind=kind)
    base = await _base(context, key)
    said = said_in(given, base and base.organization_id)
    html = await rendered(said)
    if base is not None:
        organization_id = said.get("organization_id", base.organization_id)
        await check_references(context, said, base, organization_id)

    async def write(session: AsyncSession) -> int:
        await editorial.update(session, actor, key, said, version=given.version, html=html)
        return key

    return await done(context, write)


async def _base(context: Context, key: int) -> Wording | None:
    """What a change starts from; None for whom the deed will refuse."""
    row = (await visible_contents(context.database, context.viewer, [key])).get(key)
    if row is None or not works_on(context.viewer, row.author_id, row.organization_path):
        return None
    newest = (await newest_revisions(context.database, [key])).get(key)
    return newest and newest.wording


async def _create_column(context: Context, given: CreateShowcaseColumnInput) -> int:
    actor = context.actor
    editorial.require_member(actor)
    own = context.viewer.organization_id
    said = said_in(given, own)
    said.setdefault("organization_id", own)
    said.setdefault("audience_key", default_audience(said["organization_id"]))
    await check_references(context, said, None, said["organization_id"])
    async with context.database.transaction() as session:
        return await arranging.create_column(session, actor, ColumnWords(**said))


async def _update_column(context: Context, given: UpdateShowcaseColumnInput) -> int:
    actor = context.actor
    editorial.require_member(actor)
    key = key_of(given.id, "ShowcaseColumn", "input", "id")
    known = (await visible_columns(context.database, context.viewer, [key])).get(key)
    said = said_in(given, known and known.organization_id)
    if known is None or said.get("cover_id") != known.cover_id:
        await check_references(context, said, None, 0)
    async with context.database.transaction() as session:
        await arranging.update_column(session, actor, key, said, version=given.version)
    return key


async def _pin(context: Context, given: PinEntryInput) -> int:
    key = content_key(given.content_id, "input", "contentId", kind=ContentKind.SHOWCASE)
    async with context.database.transaction() as session:
        return await arranging.pin(session, context.actor, key, pinned=given.pinned)


async def _order(context: Context, given: OrderEntriesInput) -> int:
    key = key_of(given.column_id, "ShowcaseColumn", "input", "columnId")
    path = ("input", "entryIds")
    entries = [content_key(one, *path, kind=ContentKind.SHOWCASE) for one in given.entry_ids]
    async with context.database.transaction() as session:
        await arranging.order(session, context.actor, key, entries)
    return key


async def _column(context: Context, doing: Awaitable[int]) -> ShowcaseColumnPayload:
    try:
        key = await doing
    except Refusal as refusal:
        return ShowcaseColumnPayload(errors=user_errors(refusal))
    # Whoever changed it may read the answer, for whichever audience it is.
    found: Any = await columns_by_id(context.database, [key])
    return ShowcaseColumnPayload(column=found[key])
