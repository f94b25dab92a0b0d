"""Knowledge tables: regulations, versions, articles, citations, and changes to be told of."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference
from app.knowledge.rules import UNDATED


class Regulation(SQLModel, table=True):
    """A law, regulation or rule under one title, through all its versions.

    ``title_key`` (see ``rules.title_key``) and ``subtitle`` tell regulations apart. ``title`` to
    ``effective_on`` and ``current_version_id`` are those of the wording in force, or of the coming
    one where none is yet; they are true until ``next_change_on``, when the next wording takes
    effect or the regulation ends. ``first_effective_on`` and ``last_effective_on`` are the days
    from which its first and last wording bind, None where that is always (``rules.standing``).
    ``dated_on`` and ``alphabetical`` are its places on the shelf (``rules.dated_on``,
    ``alphabet.alphabetical``).
    """

    __tablename__ = "regulation"
    __table_args__ = (
        sa.UniqueConstraint("title_key", "subtitle"),
        sa.Index("ix_regulation_dated_on", "dated_on", "id"),
        sa.Index("ix_regulation_category", "category", "dated_on", "id"),
        sa.Index("ix_regulation_issuer", "issuer", "dated_on", "id"),
        sa.Index("ix_regulation_alphabetical", "alphabetical", "id"),
        sa.Index("ix_regulation_category_alphabetical", "category", "alphabetical", "id"),
        sa.Index("ix_regulation_issuer_alphabetical", "issuer", "alphabetical", "id"),
        sa.Index("ix_regulation_next_change_on", "next_change_on"),
    )

    id: int = key()
    title: str = Field(max_length=300)
    title_key: str = Field(max_length=300)
    subtitle: str = Field(default="", max_length=300)
    short_title: str = Field(max_length=300, index=True)
    issuer: str | None = Field(default=None, max_length=200)
    category: str = Field(max_length=60)
    document_number: str | None = Field(default=None, max_length=120)
    promulgated_on: date | None = None
    effective_on: date | None = None
    first_effective_on: date | None = None
    last_effective_on: date | None = None
    repealed_on: date | None = None
    next_change_on: date | None = None
    dated_on: date = UNDATED
    alphabetical: str = Field(default="", max_length=200)
    audience_key: str = Field(max_length=40)
    current_version_id: int | None = Field(default=None, sa_type=KEY)
    created_at: datetime = instant()
    updated_at: datetime = instant()


class RegulationVersion(SQLModel, table=True):
    """The text as it was promulgated on a day, its source and its SHA-256.

    ``repealed_on`` is the day on which the regulation ends, if this wording is its last.
    """

    __tablename__ = "regulation_version"
    __table_args__ = (sa.Index("ix_regulation_version_regulation", "regulation_id", "id"),)

    id: int = key()
    regulation_id: int = reference("regulation.id")
    title: str = Field(max_length=300)
    issuer: str | None = Field(default=None, max_length=200)
    document_number: str | None = Field(default=None, max_length=120)
    promulgated_on: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    note: str | None = Field(default=None, sa_type=sa.Text)
    article_count: int
    source_url: str | None = Field(default=None, max_length=500)
    source_name: str = Field(default="", max_length=300)
    sha256: str = Field(max_length=64)
    imported_by_id: int | None = reference("member.id", optional=True)
    imported_at: datetime = instant()
    verified_by_id: int | None = reference("member.id", optional=True)
    verified_at: datetime | None = instant(optional=True)


class RegulationArticle(SQLModel, table=True):
    """One article of one version; ``position`` is its place in the text, from 0."""

    __tablename__ = "regulation_article"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "position"),
        sa.Index("ix_regulation_article_number", "version_id", "number"),
    )

    id: int = key()
    regulation_id: int = reference("regulation.id", index=True)
    version_id: int = reference("regulation_version.id")
    position: int
    label: str | None = Field(default=None, max_length=40)
    number: int | None = None
    suffix: int = 0
    path: tuple[str, ...] = Field(default=(), sa_type=JsonList)
    text: str = Field(sa_type=sa.Text)


class Citation(SQLModel, table=True):
    """An edge: one article names another, in this or in another regulation.

    The target is kept by title and number, so that the edge does not depend on which was imported
    first and holds through the target's later versions; the index answers "cited by".
    """

    __tablename__ = "citation"
    __table_args__ = (sa.Index("ix_citation_target", "title_key", "number", "suffix"),)

    article_id: int = Field(primary_key=True, foreign_key="regulation_article.id", sa_type=KEY)
    title_key: str = Field(primary_key=True, max_length=300)
    number: int = Field(primary_key=True)
    suffix: int = Field(default=0, primary_key=True)


class ChangeKind(enum.StrEnum):
    """What happened to a regulation."""

    IMPORTED = "IMPORTED"
    IN_FORCE = "IN_FORCE"
    REPEALED = "REPEALED"


class RegulationChange(SQLModel, table=True):
    """A change of which not everybody was told yet; ``day`` is when it takes effect.

    ``followers_up_to`` and ``searchers_up_to`` are the last members, by id, that were gone
    through: whoever goes on after a failure tells nobody twice. Who follows since ``noted_at`` was
    told by what they saw.
    """

    __tablename__ = "regulation_change"

    id: int = key()
    regulation_id: int = reference("regulation.id")
    version_id: int = reference("regulation_version.id")
    kind: ChangeKind = Field(sa_type=enum_type(ChangeKind))
    day: date | None = Field(default=None, sa_type=sa.Date)
    actor_id: int | None = reference("member.id", optional=True)
    noted_at: datetime = instant()
    followers_up_to: int = Field(default=0, sa_type=KEY)
    searchers_up_to: int = Field(default=0, sa_type=KEY)
