"""Following tables: regulations that members follow, and searches that they saved."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, instant, key, reference


class FollowedRegulation(SQLModel, table=True):
    """That a member wants to know when a regulation changes."""

    __tablename__ = "followed_regulation"
    __table_args__ = (
        sa.Index("ix_followed_regulation_regulation", "regulation_id", "member_id"),
        sa.Index("ix_followed_regulation_member", "member_id", "created_at", "regulation_id"),
    )

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    regulation_id: int = Field(primary_key=True, foreign_key="regulation.id", sa_type=KEY)
    created_at: datetime = instant()


class SavedSearch(SQLModel, table=True):
    """A question that a member wants to know new answers to; an empty filter does not narrow."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("member_id", "query", "category", "issuer"),)

    id: int = key()
    member_id: int = reference("member.id")
    query: str = Field(max_length=200)
    category: str = Field(default="", max_length=60)
    issuer: str = Field(default="", max_length=200)
    created_at: datetime = instant()
