"""Moderation tables: held words, cases, and the reports that open them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference
from app.subjects import SubjectKind

#: Characters of a held word, as it is written.
MAX_WORD = 40


class ReportReason(enum.StrEnum):
    """What a member finds wrong."""

    SPAM = "SPAM"
    ABUSE = "ABUSE"
    FALSEHOOD = "FALSEHOOD"
    PRIVACY = "PRIVACY"
    SECRECY = "SECRECY"
    ILLEGAL = "ILLEGAL"
    OTHER = "OTHER"


class Decision(enum.StrEnum):
    """What becomes of what a case is about."""

    KEEP = "KEEP"
    REMOVE = "REMOVE"


class HeldWord(SQLModel, table=True):
    """A word that holds comments on what an organization, or one below it, publishes."""

    __tablename__ = "held_word"
    __table_args__ = (
        sa.Index("ix_held_word_organization", "organization_id", "folded", unique=True),
    )

    id: int = key()
    organization_id: int = reference("organization.id")
    word: str = Field(max_length=MAX_WORD)
    folded: str = Field(max_length=MAX_WORD)
    added_by_id: int = reference("member.id")
    created_at: datetime = instant()


class ModerationCase(SQLModel, table=True):
    """Whether a comment or a content may stay: decided once, at the tier of its organization.

    A decision is never taken back; an appeal is a case of its own (``appeal_of_id``), with what
    the author says (``statement``). ``claimed_until`` is the end of a moderator's lease.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        sa.Index("ix_moderation_case_open", "decided_at", "id"),
        sa.Index("ix_moderation_case_subject", "subject_kind", "subject_id", "id"),
        # One undecided case a subject, whoever reports it at once.
        sa.Index(
            "ix_moderation_case_undecided",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: int = key()
    subject_kind: SubjectKind = Field(sa_type=enum_type(SubjectKind))
    subject_id: int = Field(sa_type=KEY)
    content_id: int = reference("content.id")
    author_id: int = reference("member.id")
    organization_id: int = reference("organization.id")
    held_words: tuple[str, ...] = Field(default=(), sa_type=JsonList)
    appeal_of_id: int | None = reference("moderation_case.id", optional=True)
    statement: str | None = Field(default=None, sa_type=sa.Text)
    claimed_by_id: int | None = reference("member.id", optional=True)
    claimed_until: datetime | None = instant(optional=True)
    decision: Decision | None = Field(default=None, sa_type=enum_type(Decision), nullable=True)
    decided_by_id: int | None = reference("member.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    appealed_at: datetime | None = instant(optional=True)
    created_at: datetime = instant()


class Report(SQLModel, table=True):
    """What one member finds wrong with one subject; ``quote`` is what it said then."""

    __tablename__ = "report"
    __table_args__ = (
        sa.Index("ix_report_once", "subject_kind", "subject_id", "reporter_id", unique=True),
        sa.Index("ix_report_case", "case_id", "id"),
    )

    id: int = key()
    case_id: int = reference("moderation_case.id")
    subject_kind: SubjectKind = Field(sa_type=enum_type(SubjectKind))
    subject_id: int = Field(sa_type=KEY)
    reporter_id: int = reference("member.id")
    reason: ReportReason = Field(sa_type=enum_type(ReportReason))
    note: str = Field(default="", sa_type=sa.Text)
    quote: str = Field(sa_type=sa.Text)
    created_at: datetime = instant()
