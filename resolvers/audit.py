"""Doors to the audit trail: auditTrail."""

from typing import Annotated, Any

import strawberry

from app.audit.models import LONGEST_ACTION
from app.audit.queries import READERS, TrailFilter, trail
from app.content.editorial import require_member
from app.errors import Forbidden, Invalid
from app.organizations.queries import organizations
from app.subjects import Subject
from schema.audit import AuditEntry
from schema.context import Context
from schema.nodes import key_of
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)
from schema.subjects import subject_of

Info = strawberry.Info[Context]


@strawberry.type
class AuditQueries:
    """Root fields for auditors."""

    @strawberry.field(
        description="What was done in the subtrees that one audits or administers (审计记录),"
        " newest first; FORBIDDEN for all others.",
        graphql_type=Connection[AuditEntry],
    )
    async def audit_trail(
        self,
        info: Info,
        organization_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only in this organization and all below it."),
        ] = None,
        subject_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what was done to this.")
        ] = None,
        action: Annotated[
            str | None, strawberry.argument(description="Only this action, exactly.")
        ] = None,
        *,
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of the trail."""
        size, context = page_size(first), info.context
        narrowed = TrailFilter(
            await _audited(context, organization_id), _subject(subject_id), _action(action)
        )
        rows = await trail(
            context.database,
            context.viewer,
            narrowed,
            first=size + 1,
            before=id_after(after, LAST_ID),
        )
        return connection(rows, size, after, cursor=id_cursor)


async def _audited(context: Context, organization_id: str | None) -> int | None:
    """The organization asked for, if it is the viewer's to audit; None for all that are."""
    require_member(context.actor)
    if organization_id is None:
        if not context.viewer.subtrees(READERS):
            raise Forbidden("只有审计员和管理员可以查看审计记录")
        return None
    key = key_of(organization_id, "Organization", "organizationId")
    found = await organizations(context.database, [key])
    if key not in found or not context.viewer.holds(READERS, found[key].path):
        raise Forbidden("只有该组织及上级组织的审计员和管理员可以查看", "organizationId")
    return key


def _subject(value: str | None) -> Subject | None:
    return None if value is None else subject_of(value, "subjectId")


def _action(value: str | None) -> str | None:
    if value is not None and (not 1 <= len(value) <= LONGEST_ACTION or "\0" in value):
        raise Invalid(f"操作名称应为 1 到 {LONGEST_ACTION} 个字符", "action")
    return value
