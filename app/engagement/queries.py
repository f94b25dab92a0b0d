"""Reads of comments, and of what the viewer did with contents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content
from app.content.queries import visibility, visible_to
from app.database import Database
from app.database.statements import Among, Statement, first_of_each
from app.engagement.models import Comment, ContentBookmark, ContentLike
from app.members.models import Member
from app.members.queries import MemberRow, member_columns
from app.organizations.models import Organization
from app.uploads.models import Image, MediaState
from app.visibility import Viewer


class CommentRow(NamedTuple):
    """A comment, its author joined in."""

    id: int
    content_id: int
    reply_to_id: int | None
    body: str
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    author_id: int
    author_name: str
    author_organization_id: int
    avatar_id: int | None
    avatar_state: MediaState | None
    avatar_key: str | None
    avatar_width: int | None
    avatar_height: int | None
    avatar_widths: tuple[int, ...] | None
    avatar_alt: str | None

    @property
    def author(self) -> MemberRow:
        """Who wrote it."""
        return MemberRow._make(self[7:17])


class MarkRow(NamedTuple):
    """What the viewer did with one content."""

    content_id: int
    liked: bool
    bookmarked: bool


_COLUMNS = [
    *(getattr(Comment, field) for field in CommentRow._fields[:7]),
    *member_columns(Member, Image),
]
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)
_ME = sa.bindparam("member_id", type_=sa.BigInteger)


def _newest_of(parent: str) -> Statement[CommentRow]:
    sources = first_of_each(Comment, parent, lambda child: child.id < _BEFORE, newest=True)
    return Statement(
        CommentRow,
        {
            dialect: sa.select(*_COLUMNS)
            .select_from(source)
            .outerjoin(Member, col(Member.id) == col(Comment.author_id))
            .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
            .order_by(col(Comment.id).desc())
            for dialect, source in sources.items()
        },
    )


def _done(mark: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(mark.member_id == _ME, mark.content_id == col(Content.id))


_OF_CONTENT = _newest_of("content_id")
_REPLIES = _newest_of("reply_to_id")
_VISIBLE = Statement(
    CommentRow,
    sa.select(*_COLUMNS)
    .select_from(Comment)
    .outerjoin(Member, col(Member.id) == col(Comment.author_id))
    .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
    .join(Content, col(Content.id) == col(Comment.content_id))
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Comment.id), "ids"), visible_to()),
)
_MARKS = Statement(
    MarkRow,
    sa.select(
        col(Content.id),
        _done(ContentLike),
        _done(ContentBookmark),
    ).where(Among(col(Content.id), "ids")),
)


async def comments(
    database: Database, content_ids: Sequence[int], *, first: int, before: int
) -> dict[int, list[CommentRow]]:
    """The ``first`` newest comments of each content. Whoever asks has seen the contents."""
    found: dict[int, list[CommentRow]] = {key: [] for key in content_ids}
    for row in await database.fetch(_OF_CONTENT, parents=content_ids, before=before, limit=first):
        found[row.content_id].append(row)
    return found


async def replies(
    database: Database, comment_ids: Sequence[int], *, first: int, before: int
) -> dict[int, list[CommentRow]]:
    """The ``first`` newest replies to each comment. Whoever asks has seen the comments."""
    found: dict[int, list[CommentRow]] = {key: [] for key in comment_ids}
    for row in await database.fetch(_REPLIES, parents=comment_ids, before=before, limit=first):
        found[row.reply_to_id or 0].append(row)
    return found


async def visible_comments(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, CommentRow]:
    """Comments by id whose content ``viewer`` may see."""
    rows = await database.fetch(_VISIBLE, ids=ids, **visibility(viewer))
    return {row.id: row for row in rows}


async def marks(
    database: Database, viewer: Viewer, content_ids: Sequence[int]
) -> dict[int, MarkRow]:
    """What ``viewer`` did with contents; nobody did nothing, without a statement."""
    if not viewer.signed_in:
        return {key: MarkRow(key, liked=False, bookmarked=False) for key in content_ids}
    rows = await database.fetch(_MARKS, ids=content_ids, member_id=viewer.member_id)
    return {row.content_id: row for row in rows}
