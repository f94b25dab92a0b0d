"""Doors to what members follow: regulations, and searches that they save."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Invalid, Refusal
from app.following import actions
from app.following.queries import SavedSearchRow, own_searches
from app.following.rules import LONGEST_QUERY
from app.knowledge.queries import visible_regulations
from app.visibility import Viewer
from resolvers.deeds import by_member, require_member
from resolvers.texts import text
from schema.context import Context
from schema.errors import user_errors
from schema.following import (
    FollowPayloadRow,
    FollowRegulationInput,
    FollowRegulationPayload,
    RemoveSavedSearchInput,
    SavedSearchPayload,
    SavedSearchPayloadRow,
    SaveSearchInput,
)
from schema.nodes import key_of
from search.awaiting import wanted

Info = strawberry.Info[Context]
Input = Annotated[FollowRegulationInput, strawberry.argument(description="Which regulation.")]
_Deed = Callable[[AsyncSession, Viewer, int], Awaitable[bool]]
_LONGEST_CATEGORY = 60
_LONGEST_ISSUER = 200


@strawberry.type
class FollowingMutations:
    """Root fields of following."""

    @strawberry.mutation(
        description="Be told when a regulation gets a new text, when it takes effect, and when it"
        " ends (关注法规); twice is the same as once. At most 50 a member.",
        graphql_type=FollowRegulationPayload,
    )
    async def follow_regulation(self, info: Info, input: Input) -> Any:
        """Follow what the viewer sees."""
        return await _followed(info.context, input, actions.follow)

    @strawberry.mutation(
        description="Follow a regulation no longer (取消关注); without following, nothing changes.",
        graphql_type=FollowRegulationPayload,
    )
    async def unfollow_regulation(self, info: Info, input: Input) -> Any:
        """End following."""
        return await _followed(info.context, input, actions.unfollow)

    @strawberry.mutation(
        description="Be told when a regulation comes in, or takes effect, that answers a search"
        " (保存搜索); the same search again changes nothing. At most 50 a member.",
        graphql_type=SavedSearchPayload,
    )
    async def save_search(
        self,
        info: Info,
        input: Annotated[SaveSearchInput, strawberry.argument(description="The search.")],
    ) -> Any:
        """Save a search."""
        context = info.context
        try:
            return SavedSearchPayloadRow(await _saved(context, input), [])
        except Refusal as refusal:
            return SavedSearchPayloadRow(None, user_errors(refusal))

    @strawberry.mutation(
        description="Forget a saved search of one's own.", graphql_type=SavedSearchPayload
    )
    async def remove_saved_search(
        self,
        info: Info,
        input: Annotated[RemoveSavedSearchInput, strawberry.argument(description="Which one.")],
    ) -> Any:
        """Forget a search."""
        context = info.context

        async def remove(session: AsyncSession) -> None:
            key = key_of(input.id, "SavedSearch", "input", "id")
            await actions.remove_search(session, context.viewer, key)

        try:
            await by_member(context, remove)
        except Refusal as refusal:
            return SavedSearchPayloadRow(None, user_errors(refusal))
        return SavedSearchPayloadRow(None, [])


async def _followed(
    context: Context, given: FollowRegulationInput, deed: _Deed
) -> FollowPayloadRow:
    async def on_it(session: AsyncSession) -> int:
        key = key_of(given.regulation_id, "Regulation", "input", "regulationId")
        await deed(session, context.viewer, key)
        return key

    try:
        key = await by_member(context, on_it)
    except Refusal as refusal:
        return FollowPayloadRow(None, user_errors(refusal))
    found = await visible_regulations(context.database, context.viewer, [key])
    return FollowPayloadRow(found.get(key), [])


async def _saved(context: Context, given: SaveSearchInput) -> SavedSearchRow | None:
    require_member(context)
    query = text(given.query, LONGEST_QUERY, "query")
    if not wanted(query, context.platform.learnt.synonyms).one_of:
        raise Invalid("请写出要查找的词语", "input", "query")
    category = text(given.category or "", _LONGEST_CATEGORY, "category", shortest=0)
    issuer = text(given.issuer or "", _LONGEST_ISSUER, "issuer", shortest=0)
    async with context.database.transaction() as session:
        key = await actions.save_search(
            session, context.viewer, query, category=category, issuer=issuer
        )
    return (await own_searches(context.database, context.viewer, [key])).get(key)
