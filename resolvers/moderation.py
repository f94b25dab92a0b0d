"""Doors for reports and for those who decide: cases and held words."""

from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Refusal
from app.moderation import actions, held_words, queries
from app.moderation.actions import Complaint
from resolvers.deeds import Deed, by_member
from resolvers.discussion import comment_key, member_id
from schema.content import content_key
from schema.context import Context
from schema.errors import user_errors
from schema.moderating import (
    AddHeldWordInput,
    CaseIdInput,
    CasePayload,
    DecideCaseInput,
    HeldWordIdInput,
    HeldWordPayload,
    ReportCommentInput,
    ReportContentInput,
    ReportPayload,
)
from schema.moderation import HeldWord, ModerationCase
from schema.nodes import key_of
from schema.paging import After, Connection, First, connection, id_after, id_cursor, page_size

Info = strawberry.Info[Context]
OfOrganization = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only of this organization and all below it."),
]


@strawberry.type
class ModerationQueries:
    """Root fields of moderators."""

    @strawberry.field(
        description="Cases that wait for a decision of the viewer's (待审核), oldest first.",
        graphql_type=Connection[ModerationCase],
    )
    async def moderation_queue(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        *,
        organization_id: OfOrganization = None,
    ) -> Any:
        """A page of the queue."""
        size, context = page_size(first), info.context
        rows = await queries.queue(
            context.database,
            context.viewer,
            _organization(organization_id),
            first=size + 1,
            after=id_after(after, 0),
        )
        return connection(rows, size, after, cursor=id_cursor)

    @strawberry.field(
        description="Held words (敏感词) that the viewer keeps, in the order of adding.",
        graphql_type=Connection[HeldWord],
    )
    async def held_words(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        *,
        organization_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only of this organization itself."),
        ] = None,
    ) -> Any:
        """A page of words."""
        size, context = page_size(first), info.context
        rows = await held_words.held_words(
            context.database,
            context.viewer,
            _organization(organization_id),
            first=size + 1,
            after=id_after(after, 0),
        )
        return connection(rows, size, after, cursor=id_cursor)


@strawberry.type
class ModerationMutations:
    """Root fields that report and decide."""

    @strawberry.mutation(description="Report a comment to its moderators (举报); once a member.")
    async def report_comment(
        self,
        info: Info,
        input: Annotated[ReportCommentInput, strawberry.argument(description="What is wrong.")],
    ) -> ReportPayload:
        """Report a comment."""
        viewer = info.context.viewer

        async def deed(session: AsyncSession) -> int:
            complaint = Complaint(member_id(info.context), input.reason, input.note)
            key = comment_key(input.comment_id)
            return await actions.report_comment(session, viewer, key, complaint=complaint)

        return await _reported(info.context, deed)

    @strawberry.mutation(description="Report a content to its moderators (举报); once a member.")
    async def report_content(
        self,
        info: Info,
        input: Annotated[ReportContentInput, strawberry.argument(description="What is wrong.")],
    ) -> ReportPayload:
        """Report a content."""
        viewer = info.context.viewer

        async def deed(session: AsyncSession) -> int:
            complaint = Complaint(member_id(info.context), input.reason, input.note)
            key = content_key(input.content_id, "input", "contentId")
            return await actions.report_content(session, viewer, key, complaint=complaint)

        return await _reported(info.context, deed)

    @strawberry.mutation(
        description="Keep a case to oneself for 15 minutes (认领); of two at once one gets it."
    )
    async def claim_case(
        self, info: Info, input: Annotated[CaseIdInput, strawberry.argument(description="Which.")]
    ) -> CasePayload:
        """Claim a case."""
        viewer = info.context.viewer

        async def deed(session: AsyncSession) -> int:
            key = _case(input.case_id)
            await actions.claim(session, viewer, key)
            return key

        return await _dealt(info.context, deed)

    @strawberry.mutation(
        description="Decide whether something may stay (处理); once, by whoever claimed it if"
        " somebody did."
    )
    async def decide_case(
        self,
        info: Info,
        input: Annotated[DecideCaseInput, strawberry.argument(description="The decision.")],
    ) -> CasePayload:
        """Decide a case."""
        actor = info.context.actor

        async def deed(session: AsyncSession) -> int:
            key, by_id = _case(input.case_id), member_id(info.context)
            await actions.decide(
                session,
                actor,
                key,
                member_id=by_id,
                decision=input.decision,
                reason=input.reason,
            )
            return key

        return await _dealt(info.context, deed)

    @strawberry.mutation(
        description="Hold comments with a word from now on (添加敏感词); twice is the same as once."
        " For secretaries and administrators."
    )
    async def add_held_word(
        self,
        info: Info,
        input: Annotated[AddHeldWordInput, strawberry.argument(description="The word.")],
    ) -> HeldWordPayload:
        """Add a word."""
        context = info.context

        async def deed(session: AsyncSession) -> int:
            of = key_of(input.organization_id, "Organization", "input", "organizationId")
            return await held_words.add(session, context.actor, of, word=input.word)

        try:
            key = await by_member(context, deed)
        except Refusal as refusal:
            return HeldWordPayload(errors=user_errors(refusal))
        found: Any = await held_words.held_words_by_id(context.database, context.viewer, [key])
        return HeldWordPayload(held_word=found.get(key))

    @strawberry.mutation(
        description="Hold comments with a word no longer (删除敏感词); what it held stays held."
    )
    async def remove_held_word(
        self,
        info: Info,
        input: Annotated[HeldWordIdInput, strawberry.argument(description="Which.")],
    ) -> HeldWordPayload:
        """Remove a word."""
        context = info.context

        async def deed(session: AsyncSession) -> Any:
            key = key_of(input.held_word_id, "HeldWord", "input", "heldWordId")
            return await held_words.remove(session, context.actor, key)

        try:
            removed = await by_member(context, deed)
        except Refusal as refusal:
            return HeldWordPayload(errors=user_errors(refusal))
        return HeldWordPayload(held_word=removed)


async def _reported(context: Context, deed: Deed) -> ReportPayload:
    try:
        made: Any = await queries.report(context.database, await by_member(context, deed))
    except Refusal as refusal:
        return ReportPayload(errors=user_errors(refusal))
    return ReportPayload(report=made)


async def _dealt(context: Context, deed: Deed) -> CasePayload:
    try:
        key = await by_member(context, deed)
    except Refusal as refusal:
        return CasePayload(errors=user_errors(refusal))
    found: Any = await queries.visible_cases(context.database, context.viewer, [key])
    return CasePayload(case=found.get(key))


def _case(value: str) -> int:
    return key_of(value, "ModerationCase", "input", "caseId")


def _organization(value: str | None) -> int | None:
    return None if value is None else key_of(value, "Organization", "organizationId")
