"""Engagement tables: comments, likes and bookmarks."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, instant, key, reference


class Comment(SQLModel, table=True):
    """A comment; its key sorts by time, so the index below serves "the newest of a content"."""

    __tablename__ = "comment"
    __table_args__ = (
        sa.Index("ix_comment_content", "content_id", "id"),
        sa.Index("ix_comment_reply_to", "reply_to_id", "id"),
    )

    id: int = key()
    content_id: int = reference("content.id")
    author_id: int = reference("member.id")
    reply_to_id: int | None = reference("comment.id", optional=True)
    body: str = Field(sa_type=sa.Text)
    created_at: datetime = instant()
    edited_at: datetime | None = instant(optional=True)
    removed_at: datetime | None = instant(optional=True)


class ContentLike(SQLModel, table=True):
    """A like; the key makes a second one the same one."""

    __tablename__ = "content_like"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    created_at: datetime = instant()


class ContentBookmark(SQLModel, table=True):
    """A bookmark; the key makes a second one the same one."""

    __tablename__ = "content_bookmark"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    created_at: datetime = instant()
