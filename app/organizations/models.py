"""The organization table: a tree by materialized path."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import enum_type, instant, key, reference

# Bytes, not a language, must order paths, so that a subtree is one range of the index.
PATH = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")


class OrganizationKind(enum.StrEnum):
    """The four tiers of party organizations."""

    COMMITTEE = "COMMITTEE"
    GENERAL_BRANCH = "GENERAL_BRANCH"
    BRANCH = "BRANCH"
    GROUP = "GROUP"


class Organization(SQLModel, table=True):
    """One party organization; ``path`` is ``/<root id>/…/<own id>/``."""

    __tablename__ = "organization"

    id: int = key()
    name: str = Field(max_length=120)
    kind: OrganizationKind = Field(sa_type=enum_type(OrganizationKind))
    parent_id: int | None = reference("organization.id", index=True, optional=True)
    path: str = Field(sa_type=PATH, unique=True)
    created_at: datetime = instant()
