"""Whom the steps of a content concern, and how they are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.desks import Piece
from app.content.models import Content
from app.content.rules import DECIDERS
from app.members.seats import nearest
from app.notifications.actions import notify
from app.notifications.models import NotificationKind
from app.subjects import Subject, SubjectKind


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
    session: AsyncSession, piece: Piece, kind: NotificationKind, *, by_id: int, note: str = ""
) -> None:
    """Tell its author, and whoever worked on it since, what became of a content."""
    to = sorted({piece.content.author_id, *piece.desk.writers})
    await notify(session, kind, to, subject=_subject(piece.content), actor_id=by_id, note=note)


async def tell_on_time(session: AsyncSession, content: Content) -> None:
    """Tell the author that the hour of a scheduled content has come."""
    kind, to = NotificationKind.PUBLISHED, [content.author_id]
    await notify(session, kind, to, subject=_subject(content), actor_id=None)


def _subject(content: Content) -> Subject:
    return Subject(SubjectKind.CONTENT, content.id)
