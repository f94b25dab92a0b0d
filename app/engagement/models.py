"""Engagement tables: comments, whom they name, likes, bookmarks and views."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, instant, key, reference

#: Characters of what tells a comment sent twice from two comments.
MAX_CLIENT_KEY = 64


def _when(condition: str) -> Any:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


class Comment(SQLModel, table=True):
    """A comment; its key sorts by time, so the index below serves "the newest of a content".

    It stands while it is neither held (``held_at``: it waits for a moderator, unseen by others)
    nor removed (``removed_at``: its place stays, its words are gone). ``thread_id`` is the comment
    that its thread began with, null for that one itself.
    """

    __tablename__ = "comment"
    __table_args__ = (
        # With all that decides who sees a held one, so that a page is found in the index alone.
        sa.Index("ix_comment_content", "content_id", "id", "held_at", "author_id"),
        sa.Index("ix_comment_opening", "content_id", "id", **_when("thread_id IS NULL")),
        sa.Index("ix_comment_reply_to", "reply_to_id", "id"),
        sa.Index("ix_comment_thread", "thread_id", "id"),
        sa.Index("ix_comment_author", "author_id", "created_at"),
        sa.Index(
            "ix_comment_client_key",
            "author_id",
            "client_key",
            unique=True,
            **_when("client_key IS NOT NULL"),
        ),
    )

    id: int = key()
    content_id: int = reference("content.id")
    author_id: int = reference("member.id")
    reply_to_id: int | None = reference("comment.id", optional=True)
    thread_id: int | None = reference("comment.id", optional=True)
    body: str = Field(sa_type=sa.Text)
    client_key: str | None = Field(default=None, max_length=MAX_CLIENT_KEY)
    created_at: datetime = instant()
    edited_at: datetime | None = instant(optional=True)
    held_at: datetime | None = instant(optional=True)
    removed_at: datetime | None = instant(optional=True)
    removed_by_id: int | None = reference("member.id", optional=True)
    removal_reason: str | None = Field(default=None, sa_type=sa.Text)

    @property
    def stands(self) -> bool:
        """Whether everybody who sees the content reads it; only then it counts."""
        return self.held_at is None and self.removed_at is None


class CommentMention(SQLModel, table=True):
    """A member whom a comment names (@)."""

    __tablename__ = "comment_mention"

    comment_id: int = Field(primary_key=True, foreign_key="comment.id", sa_type=KEY)
    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)


class ContentLike(SQLModel, table=True):
    """A like; the key makes a second one the same one."""

    __tablename__ = "content_like"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    created_at: datetime = instant()


class ContentBookmark(SQLModel, table=True):
    """A bookmark; the key makes a second one the same one."""

    __tablename__ = "content_bookmark"
    __table_args__ = (
        sa.Index("ix_content_bookmark_newest", "member_id", "created_at", "content_id"),
    )

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    created_at: datetime = instant()


class ContentView(SQLModel, table=True):
    """A member's first opening of a content; the key makes each later one the same one."""

    __tablename__ = "content_view"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    content_id: int = Field(primary_key=True, foreign_key="content.id", sa_type=KEY)
    created_at: datetime = instant()
