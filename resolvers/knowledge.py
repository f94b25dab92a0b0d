"""Doors to the knowledge base: regulations and importRegulation."""

import base64
from functools import partial
from typing import Annotated, Any

import strawberry

from app.errors import Invalid, Refusal
from app.knowledge import queries
from app.knowledge.actions import import_text, require_keeper
from app.knowledge.listing import Place, RegulationFilter, RegulationOrder, regulations_visible
from app.knowledge.queries import RegulationRow
from app.knowledge.reading.parsed import UnreadableRegulation
from app.knowledge.rules import RegulationStatus
from app.knowledge.verifying import verify
from resolvers.deeds import require_member
from resolvers.documents import uploaded
from schema.context import Context
from schema.errors import user_errors
from schema.importing import (
    ImportRegulationInput,
    RegulationPayload,
    RegulationVersionPayload,
    VerifyRegulationVersionInput,
    VersionPayloadRow,
)
from schema.knowledge import Regulation
from schema.nodes import key_of
from schema.paging import (
    After,
    Connection,
    First,
    connection,
    day_after,
    day_cursor,
    page_size,
    word_after,
    word_cursor,
)

Info = strawberry.Info[Context]


@strawberry.type
class KnowledgeQueries:
    """Root fields that list regulations."""

    @strawberry.field(
        description="Regulations that the viewer sees (法规库), the latest"
        " promulgated first, or by title.",
        graphql_type=Connection[Regulation],
    )
    async def regulations(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        *,
        category: Annotated[
            str | None, strawberry.argument(description="Only of this category, exactly.")
        ] = None,
        issuer: Annotated[
            str | None, strawberry.argument(description="Only of this issuer, exactly.")
        ] = None,
        status: Annotated[
            RegulationStatus | None, strawberry.argument(description="Only what stands so today.")
        ] = None,
        order: Annotated[
            RegulationOrder,
            strawberry.argument(description="How they are sorted; a cursor is of one order."),
        ] = RegulationOrder.PROMULGATED,
    ) -> Any:
        """A page of regulations."""
        size, context = page_size(first), info.context
        rows = await regulations_visible(
            context.database,
            context.viewer,
            RegulationFilter(
                context.platform.today(), category=category, issuer=issuer, status=status
            ),
            first=size + 1,
            order=order,
            after=_place_after(after, order),
        )
        return connection(rows, size, after, cursor=partial(_cursor, order=order))


@strawberry.type
class KnowledgeMutations:
    """Root fields that keep the knowledge base."""

    @strawberry.mutation(
        description="Import a regulation, whole or not at all (导入法规): a new version where its"
        " title exists, nothing where the text does. For the group's administrators and editors."
    )
    async def import_regulation(
        self,
        info: Info,
        input: Annotated[ImportRegulationInput, strawberry.argument(description="The text.")],
    ) -> RegulationPayload:
        """Import one text."""
        try:
            return await _import(info.context, input)
        except Refusal as refusal:
            return RegulationPayload(errors=user_errors(refusal))

    @strawberry.mutation(
        description="Vouch that a version reads as its source does (核对文本), for administrators,"
        " editors and reviewers of the whole group, but not for whoever imported it. CONFLICT"
        " where the hash is another's; a version that is verified stays as it is.",
        graphql_type=RegulationVersionPayload,
    )
    async def verify_regulation_version(
        self,
        info: Info,
        input: Annotated[
            VerifyRegulationVersionInput, strawberry.argument(description="Which text.")
        ],
    ) -> Any:
        """Verify one version."""
        context = info.context
        try:
            require_member(context)
            key = key_of(input.version_id, "RegulationVersion", "input", "versionId")
            async with context.database.transaction() as session:
                await verify(
                    session,
                    context.actor,
                    key,
                    sha256=input.sha256,
                    source_url=(input.source_url or "").strip() or None,
                )
        except Refusal as refusal:
            return VersionPayloadRow(None, user_errors(refusal))
        found = await queries.visible_versions(context.database, context.viewer, [key])
        return VersionPayloadRow(found.get(key), [])


def _cursor(row: RegulationRow, *, order: RegulationOrder) -> str:
    if order is RegulationOrder.TITLE:
        return word_cursor(row.alphabetical, row.id)
    return day_cursor(row.dated_on, row.id)


def _place_after(after: str | None, order: RegulationOrder) -> Place | None:
    place = word_after(after) if order is RegulationOrder.TITLE else day_after(after)
    return None if place is None else Place(*place)


async def _import(context: Context, given: ImportRegulationInput) -> RegulationPayload:
    audience = given.audience
    organization = audience.organization_id if audience else None
    source = await _source(context, given)
    try:
        imported, problems = await import_text(
            context.database,
            context.viewer,
            source,
            category=given.category,
            today=context.platform.today(),
            scope=audience.scope if audience else None,
            organization_id=None
            if organization is None
            else key_of(organization, "Organization", "input", "audience", "organizationId"),
            source_url=given.source_url,
        )
    except UnreadableRegulation as refusal:
        if given.upload_id is None:
            raise
        raise UnreadableRegulation(refusal.problems, "uploadId") from None
    # Whoever imported it may read the answer, for whichever audience it is.
    found: Any = await queries.regulations(context.database, [imported.regulation_id])
    return RegulationPayload(
        regulation=found[imported.regulation_id], warnings=[str(problem) for problem in problems]
    )


async def _source(context: Context, given: ImportRegulationInput) -> str | bytes:
    if sum(each is not None for each in (given.markdown, given.docx, given.upload_id)) != 1:
        raise Invalid("请在 markdown、docx、uploadId 中只选一种", "input")
    if given.markdown is not None:
        return given.markdown
    if given.upload_id is not None:
        await require_keeper(context.database, context.viewer)
        return await uploaded(context, given.upload_id)
    try:
        return base64.b64decode(given.docx or "", validate=True)
    except ValueError:
        raise Invalid("文件应为 Base64 编码", "input", "docx") from None
