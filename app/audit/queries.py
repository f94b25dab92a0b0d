"""Reads of the audit trail, for those who audit or administer a subtree."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.audit.models import AuditEntry
from app.database import Database
from app.database.statements import Statement, Under, Within
from app.organizations.models import Organization
from app.organizations.queries import subtree
from app.subjects import Subject, SubjectKind
from app.visibility import Role, Viewer

#: Who reads what was done in a subtree.
READERS = (Role.AUDITOR, Role.ADMIN)


class AuditRow(NamedTuple):
    """One deed; ``before`` and ``after`` are JSON objects."""

    id: int
    actor_id: int | None
    action: str
    subject_kind: SubjectKind
    subject_id: int
    organization_id: int
    before: str
    after: str
    request_id: str
    address: str
    at: datetime

    @property
    def subject(self) -> Subject:
        """What it was done to."""
        return Subject(self.subject_kind, self.subject_id)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What narrows the trail; ``organization_id`` means that organization and all below it."""

    organization_id: int | None = None
    subject: Subject | None = None
    action: str | None = None


@cache
def _trail(*, organization: bool, subject: bool, action: bool) -> Statement[AuditRow]:
    """One text for each combination of filters, so that each is planned for what it does."""
    page = (
        sa.select(*(getattr(AuditEntry, field) for field in AuditRow._fields))
        .join(Organization, col(Organization.id) == col(AuditEntry.organization_id))
        .where(
            col(AuditEntry.id) < sa.bindparam("before", type_=sa.BigInteger),
            Under(col(Organization.path), "subtrees"),
        )
    )
    if organization:
        page = page.where(Within(col(AuditEntry.organization_id), subtree()))
    if subject:
        kind = sa.type_coerce(col(AuditEntry.subject_kind), sa.String)
        page = page.where(
            kind == sa.bindparam("subject_kind", type_=sa.String),
            col(AuditEntry.subject_id) == sa.bindparam("subject_id", type_=sa.BigInteger),
        )
    if action:
        page = page.where(col(AuditEntry.action) == sa.bindparam("action", type_=sa.String))
    newest = page.order_by(col(AuditEntry.id).desc())
    return Statement(AuditRow, newest.limit(sa.bindparam("limit", type_=sa.Integer)), slow=True)


async def trail(
    database: Database, viewer: Viewer, narrowed: TrailFilter, *, first: int, before: int
) -> list[AuditRow]:
    """The ``first`` newest deeds below ``before`` in the subtrees that ``viewer`` may audit."""
    statement = _trail(
        organization=narrowed.organization_id is not None,
        subject=narrowed.subject is not None,
        action=narrowed.action is not None,
    )
    kind, key = narrowed.subject or (None, None)
    return await database.fetch(
        statement,
        subtrees=viewer.subtrees(READERS),
        organization_id=narrowed.organization_id,
        subject_kind=kind and kind.value,
        subject_id=key,
        action=narrowed.action,
        before=before,
        limit=first,
    )
