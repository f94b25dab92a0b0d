"""The audit trail in the graph."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import strawberry

from app.audit.queries import AuditRow
from app.members.queries import MemberRow, members
from app.organizations.queries import OrganizationRow, organizations
from schema.changes import FieldChange, FieldChangeRow
from schema.context import Context
from schema.edges import edge
from schema.members import Member
from schema.nodes import Node
from schema.organizations import Organization
from schema.subjects import subjects


async def actors_of(context: Context, parents: Sequence[AuditRow]) -> list[MemberRow | None]:
    """Who did each."""
    ids = list({row.actor_id for row in parents if row.actor_id is not None})
    found = await members(context.database, ids) if ids else {}
    return [found.get(row.actor_id or 0) for row in parents]


async def organizations_of(context: Context, parents: Sequence[AuditRow]) -> list[OrganizationRow]:
    """Where each was done."""
    found = await organizations(context.database, list({row.organization_id for row in parents}))
    return [found[row.organization_id] for row in parents]


async def subjects_of(context: Context, parents: Sequence[AuditRow]) -> list[Any]:
    """What each was done to, where the viewer may see it."""
    return await subjects(context, [row.subject for row in parents])


def _changes(self: Any) -> list[FieldChange]:
    before, after = orjson.loads(self.before), orjson.loads(self.after)
    rows: list[Any] = [
        FieldChangeRow(name, _text(before.get(name)), _text(after.get(name)))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    return rows


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


@strawberry.type(description="A deed that was recorded (审计记录); nobody changes it afterwards.")
class AuditEntry:
    """The shape of :class:`AuditRow`."""

    actor: Member | None = edge(
        actors_of, "Who did it; null where the platform did what was ordered earlier."
    )
    action: str = strawberry.field(description="What was done: `content.publish`, `column.pin`.")
    subject: Node | None = edge(
        subjects_of, "What it was done to; null where it is gone or not to be seen."
    )
    organization: Organization = edge(organizations_of, "Whose auditors may read it.")
    changes: list[FieldChange] = strawberry.field(
        resolver=_changes,
        description="What it changed; of a body its SHA-256, since revisions keep the text.",
    )
    request_id: str = strawberry.field(description="The request's id, as in the logs.")
    address: str = strawberry.field(description="The client's network address.")
    at: datetime = strawberry.field(description="When.")
