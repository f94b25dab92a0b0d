"""Reads of comments, and of what the viewer did with contents.

A held comment is seen by its author and by whoever moderates the content's organization, in every
list and by its id; the words of a removed one by the same.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content
from app.content.queries import visibility, visible_to
from app.database import Database
from app.database.rows import part
from app.database.statements import Among, Statement, Under, first_of_each
from app.engagement.models import Comment, CommentMention, ContentBookmark, ContentLike
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
    thread_id: int | None
    body: str
    created_at: datetime
    edited_at: datetime | None
    held_at: datetime | None
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
        return part(MemberRow, self[9:19])


class MarkRow(NamedTuple):
    """What the viewer did with one content."""

    content_id: int
    liked: bool
    bookmarked: bool


class RemovalRow(NamedTuple):
    """What a removed comment said, and why it went; the reason is null where its author took it."""

    id: int
    body: str
    reason: str | None


class _MentionRow(NamedTuple):
    comment_id: int
    id: int
    name: str
    organization_id: int
    avatar_id: int | None
    avatar_state: MediaState | None
    avatar_key: str | None
    avatar_width: int | None
    avatar_height: int | None
    avatar_widths: tuple[int, ...] | None
    avatar_alt: str | None


_COLUMNS = [
    *(getattr(Comment, field) for field in CommentRow._fields[:9]),
    *member_columns(Member, Image),
]
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)
_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_ME = sa.bindparam("member_id", type_=sa.BigInteger)


def _moderated(path: Any = Organization.path) -> sa.ColumnElement[bool]:
    return Under(path, "moderated")


def _shown(comment: Any) -> sa.ColumnElement[bool]:
    """Not held, or the viewer's own, or theirs to moderate; the last costs a read only if held."""
    # The path of one content: PostgreSQL would answer an EXISTS by all contents of the subtree.
    path = (
        sa.select(col(Organization.path))
        .join(Content, col(Content.organization_id) == col(Organization.id))
        .where(col(Content.id) == comment.content_id)
        .correlate(comment)
        .scalar_subquery()
    )
    return sa.or_(comment.held_at.is_(None), comment.author_id == _ME, _moderated(path))


def _voice(viewer: Viewer) -> dict[str, Any]:
    """The parameters of :func:`_shown`."""
    return {"member_id": viewer.voice, **_moderation(viewer)}


def _moderation(viewer: Viewer) -> dict[str, Any]:
    """The parameter of :func:`_moderated`."""
    return {"moderated": viewer.moderated}


def _listed(
    parent: str, *where: Callable[[Any], sa.ColumnElement[bool]], newest: bool
) -> Statement[CommentRow]:
    """A page of the comments that have each parent in the column ``parent``."""
    sources = first_of_each(Comment, parent, _shown, *where, newest=newest)
    return Statement(
        CommentRow,
        {
            dialect: sa.select(*_COLUMNS)
            .select_from(source)
            .outerjoin(Member, col(Member.id) == col(Comment.author_id))
            .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
            .order_by(col(Comment.id).desc() if newest else col(Comment.id))
            for dialect, source in sources.items()
        },
    )


def _older(comment: Any) -> Any:
    return comment.id < _BEFORE


def _done(mark: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(mark.member_id == _ME, mark.content_id == col(Content.id))


_OF_CONTENT = _listed("content_id", _older, newest=True)
_OPENINGS = _listed("content_id", _older, lambda comment: comment.thread_id.is_(None), newest=True)
_REPLIES = _listed("reply_to_id", _older, newest=True)
_THREADS = _listed("thread_id", lambda comment: comment.id > _AFTER, newest=False)
_VISIBLE = Statement(
    CommentRow,
    sa.select(*_COLUMNS)
    .select_from(Comment)
    .outerjoin(Member, col(Member.id) == col(Comment.author_id))
    .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
    .join(Content, col(Content.id) == col(Comment.content_id))
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Comment.id), "ids"), visible_to())
    .where(sa.or_(col(Comment.held_at).is_(None), col(Comment.author_id) == _ME, _moderated())),
)
_REMOVALS = Statement(
    RemovalRow,
    sa.select(col(Comment.id), col(Comment.body), col(Comment.removal_reason))
    .join(Content, col(Content.id) == col(Comment.content_id))
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Comment.id), "ids"), col(Comment.removed_at).is_not(None))
    .where(sa.or_(col(Comment.author_id) == _ME, _moderated())),
)
_MENTIONS = Statement(
    _MentionRow,
    sa.select(col(CommentMention.comment_id), *member_columns(Member, Image))
    .join(Member, col(Member.id) == col(CommentMention.member_id))
    .outerjoin(Image, col(Image.id) == col(Member.avatar_id))
    .where(Among(col(CommentMention.comment_id), "ids"))
    .order_by(col(CommentMention.comment_id), col(CommentMention.member_id)),
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
    database: Database,
    viewer: Viewer,
    content_ids: Sequence[int],
    *,
    first: int,
    before: int,
    threads: bool = False,
) -> dict[int, list[CommentRow]]:
    """The ``first`` newest comments of each content; of ``threads``, what each began with.

    Whoever asks has seen the contents.
    """
    found: dict[int, list[CommentRow]] = {key: [] for key in content_ids}
    for row in await database.fetch(
        _OPENINGS if threads else _OF_CONTENT,
        parents=content_ids,
        before=before,
        limit=first,
        **_voice(viewer),
    ):
        found[row.content_id].append(row)
    return found


async def replies(
    database: Database, viewer: Viewer, comment_ids: Sequence[int], *, first: int, before: int
) -> dict[int, list[CommentRow]]:
    """The ``first`` newest replies to each comment. Whoever asks has seen the comments."""
    found: dict[int, list[CommentRow]] = {key: [] for key in comment_ids}
    for row in await database.fetch(
        _REPLIES, parents=comment_ids, before=before, limit=first, **_voice(viewer)
    ):
        found[row.reply_to_id or 0].append(row)
    return found


async def threads(
    database: Database, viewer: Viewer, comment_ids: Sequence[int], *, first: int, after: int
) -> dict[int, list[CommentRow]]:
    """The ``first`` oldest answers of each thread, by the comment that it began with.

    Whoever asks has seen the comments.
    """
    found: dict[int, list[CommentRow]] = {key: [] for key in comment_ids}
    for row in await database.fetch(
        _THREADS, parents=comment_ids, after=after, limit=first, **_voice(viewer)
    ):
        found[row.thread_id or 0].append(row)
    return found


async def visible_comments(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, CommentRow]:
    """Comments by id that ``viewer`` may see, on contents that they may see."""
    rows = await database.fetch(_VISIBLE, ids=ids, **visibility(viewer), **_moderation(viewer))
    return {row.id: row for row in rows}


async def removals(database: Database, viewer: Viewer, ids: Sequence[int]) -> dict[int, RemovalRow]:
    """The removed ones of ``ids`` whose words ``viewer`` may read: author and moderators."""
    if not viewer.signed_in:
        return {}
    return {row.id: row for row in await database.fetch(_REMOVALS, ids=ids, **_voice(viewer))}


async def mentions(database: Database, ids: Sequence[int]) -> dict[int, list[MemberRow]]:
    """Whom each comment names. Whoever asks has seen the comments."""
    found: dict[int, list[MemberRow]] = {key: [] for key in ids}
    for row in await database.fetch(_MENTIONS, ids=ids):
        found[row.comment_id].append(MemberRow._make(row[1:]))
    return found


async def marks(
    database: Database, viewer: Viewer, content_ids: Sequence[int]
) -> dict[int, MarkRow]:
    """What ``viewer`` did with contents; nobody did nothing, without a statement."""
    if not viewer.signed_in:
        return {key: MarkRow(key, liked=False, bookmarked=False) for key in content_ids}
    rows = await database.fetch(_MARKS, ids=content_ids, member_id=viewer.member_id)
    return {row.content_id: row for row in rows}
