"""Whom the steps of a content concern, and how they are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.desks import Piece
from app.content.models import Content, ContentRevision
from app.content.rules import DECIDERS
from app.members.seats import nearest
from app.notifications.actions import notify
from app.notifications.models import NotificationKind
from app.subjects import Subject, SubjectKind
from app.visibility import path_ids


async def ask_reviewers(
    session: AsyncSession, piece: Piece, kind: NotificationKind, *, wanted_path: str, by_id: int
) -> None:
    """Tell those who may publish for the organization at ``wanted_path`` that something waits."""
    own = {piece.content.author_id, *piece.desk.writers, by_id}
    # Of the content's organization and of its audience's, the higher one must agree.
    path = min(piece.path, wanted_path, key=len)
    to = await nearest(session, path, DECIDERS, but=own)
    await notify(session, kind, to, subject=_subject(piece.content), actor_id=by_id)


async def tell_writers(
    session: AsyncSession,
    content: Content,
    revision: ContentRevision,
    *,
    kind: NotificationKind,
    by_id: int | None,
    note: str = "",
) -> None:
    """Tell its author, and whoever worked on it since, what became of a content.

    ``by_id`` decided it, be it hours before: the decision is no news to them.
    """
    to = sorted({content.author_id, *path_ids(revision.writers)})
    await notify(session, kind, to, subject=_subject(content), actor_id=by_id, note=note)


def _subject(content: Content) -> Subject:
    return Subject(SubjectKind.CONTENT, content.id)
