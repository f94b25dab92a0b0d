"""The audit table: rows are added and never changed, which triggers of both databases hold."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, enum_type, instant, key, reference
from app.subjects import SubjectKind

LONGEST_ACTION = 40


class AuditEntry(SQLModel, table=True):
    """One deed: ``before`` and ``after`` are JSON objects of the fields that it changed.

    ``actor_id`` is None where the platform did what was ordered earlier. The organization is the
    one whose auditors may read it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_audit_entry_organization", "organization_id", "id"),
    )

    id: int = key()
    actor_id: int | None = reference("member.id", optional=True)
    action: str = Field(max_length=LONGEST_ACTION)
    subject_kind: SubjectKind = Field(sa_type=enum_type(SubjectKind))
    subject_id: int = Field(sa_type=KEY)
    organization_id: int = reference("organization.id")
    before: str = Field(sa_type=sa.Text)
    after: str = Field(sa_type=sa.Text)
    request_id: str = Field(default="", max_length=64)
    address: str = Field(default="", max_length=64)
    at: datetime = instant()
