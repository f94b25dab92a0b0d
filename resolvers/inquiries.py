"""Doors to what is asked and to synonyms, and the note that a search leaves."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor
from app.errors import Forbidden, Refusal
from app.inquiries import curating, queries
from app.inquiries.models import SynonymState
from app.inquiries.rules import Trouble, week_of
from resolvers.deeds import by_member, require_member
from schema.context import Context
from schema.errors import user_errors
from schema.inquiries import (
    AskedQuery,
    DismissAskedQueryInput,
    InquiryPayload,
    ProposeSynonymsInput,
    RecordSearchClickInput,
    SearchSynonym,
    SynonymsInput,
    SynonymsPayload,
    SynonymsPayloadRow,
    is_curator,
)
from schema.nodes import key_of
from schema.paging import (
    LAST_BALANCE,
    LAST_ID,
    After,
    Connection,
    First,
    balance_after,
    balance_cursor,
    connection,
    id_after,
    id_cursor,
    page_size,
)
from search.question import LONGEST_QUERY
from search.text import fold

Info = strawberry.Info[Context]
_Decision = Callable[[AsyncSession, Actor, int], Awaitable[None]]
Which = Annotated[SynonymsInput, strawberry.argument(description="Which set.")]


def note_search(context: Context, query: str, *, found: int) -> None:
    """Note, in memory, what a member asked and how much was found."""
    if context.viewer.member_id is not None:
        context.platform.inquiries.ask(_folded(query), context.viewer.member_id, found=found)


@strawberry.type
class InquiryQueries:
    """Root fields that show curators what is asked."""

    @strawberry.field(
        description="Questions of a week that find nothing, or whose answers hardly anybody opens"
        " (待改进的搜索), most asked first; for administrators and editors of the whole group."
        " Nobody's own: three members or more asked each on one day.",
        graphql_type=Connection[AskedQuery],
    )
    async def troubled_searches(
        self,
        info: Info,
        trouble: Annotated[Trouble, strawberry.argument(description="What is wrong.")],
        week: Annotated[
            date | None, strawberry.argument(description="A day of the week; this one by default.")
        ] = None,
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of questions."""
        size, context = page_size(first), info.context
        await _require_curator(context)
        rows = await queries.troubled(
            context.database,
            week_of(week or context.platform.today()),
            trouble,
            first=size + 1,
            before=balance_after(after) or (LAST_BALANCE, LAST_ID),
        )
        return connection(rows, size, after, cursor=lambda row: balance_cursor(row.asked, row.id))

    @strawberry.field(
        description="Sets of synonyms (同义词), the latest first; for administrators and editors of"
        " the whole group.",
        graphql_type=Connection[SearchSynonym],
    )
    async def search_synonyms(
        self,
        info: Info,
        state: Annotated[
            SynonymState, strawberry.argument(description="Those that stand so.")
        ] = SynonymState.PROPOSED,
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of sets."""
        size, context = page_size(first), info.context
        await _require_curator(context)
        before = id_after(after, LAST_ID)
        rows = await queries.synonyms(context.database, state, first=size + 1, before=before)
        return connection(rows, size, after, cursor=id_cursor)


@strawberry.type
class InquiryMutations:
    """Root fields that note clicks and decide on synonyms."""

    @strawberry.mutation(
        description="Tell that an answer to a search was opened. Counted without the member's name:"
        " who asked is known to nobody after the day, within 24 hours."
    )
    async def record_search_click(
        self,
        info: Info,
        input: Annotated[RecordSearchClickInput, strawberry.argument(description="The search.")],
    ) -> InquiryPayload:
        """Note a click."""
        context = info.context
        if context.viewer.member_id is not None and len(input.query) <= LONGEST_QUERY:
            context.platform.inquiries.click(_folded(input.query), context.viewer.member_id)
        return InquiryPayload()

    @strawberry.mutation(
        description="Propose that words mean the same (提出同义词); for administrators and editors"
        " of the whole group. Nothing changes until a second person approves.",
        graphql_type=SynonymsPayload,
    )
    async def propose_synonyms(
        self,
        info: Info,
        input: Annotated[ProposeSynonymsInput, strawberry.argument(description="The words.")],
    ) -> Any:
        """Propose a set."""

        async def propose(session: AsyncSession) -> int:
            asked = input.query_id
            key = None if asked is None else key_of(asked, "AskedQuery", "input", "queryId")
            return await curating.propose(session, info.context.actor, input.words, query_id=key)

        return await _changed(info.context, propose)

    @strawberry.mutation(
        description="Let a proposed set take effect in every search (批准同义词); a second person"
        " does, not whoever proposed it.",
        graphql_type=SynonymsPayload,
    )
    async def approve_synonyms(self, info: Info, input: Which) -> Any:
        """Approve a set."""
        return await _decided(info.context, input, curating.approve)

    @strawberry.mutation(
        description="Turn a proposed set down, or end one that is in force (否决或停用同义词).",
        graphql_type=SynonymsPayload,
    )
    async def dismiss_synonyms(self, info: Info, input: Which) -> Any:
        """Dismiss a set."""
        return await _decided(info.context, input, curating.dismiss)

    @strawberry.mutation(
        description="Take a question out of its week's queue, since nothing is to be done."
    )
    async def dismiss_asked_query(
        self,
        info: Info,
        input: Annotated[DismissAskedQueryInput, strawberry.argument(description="The question.")],
    ) -> InquiryPayload:
        """Dismiss a question."""
        context = info.context

        async def dismiss(session: AsyncSession) -> None:
            key = key_of(input.query_id, "AskedQuery", "input", "queryId")
            await curating.dismiss_query(session, context.actor, key)

        try:
            await by_member(context, dismiss)
        except Refusal as refusal:
            return InquiryPayload(errors=user_errors(refusal))
        return InquiryPayload()


def _folded(query: str) -> str:
    return " ".join(fold(query).split())


async def _require_curator(context: Context) -> None:
    require_member(context)
    if not await is_curator(context):
        raise Forbidden("只有集团的管理员或编辑可以查看")


async def _decided(context: Context, given: SynonymsInput, decide: _Decision) -> Any:
    async def deed(session: AsyncSession) -> int:
        key = key_of(given.id, "SearchSynonym", "input", "id")
        await decide(session, context.actor, key)
        return key

    return await _changed(context, deed)


async def _changed(
    context: Context, deed: Callable[[AsyncSession], Awaitable[int]]
) -> SynonymsPayloadRow:
    try:
        key = await by_member(context, deed)
    except Refusal as refusal:
        return SynonymsPayloadRow(None, user_errors(refusal))
    found = await queries.synonyms_by_id(context.database, [key])
    return SynonymsPayloadRow(found.get(key), [])
