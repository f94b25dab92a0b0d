"""Whom a comment concerns, and how they are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.models import Content
from app.engagement.mentioning import named
from app.engagement.models import Comment
from app.notifications.actions import already_told, notify
from app.notifications.models import NotificationKind
from app.subjects import Subject, SubjectKind


async def tell(session: AsyncSession, comment: Comment) -> None:
    """Tell whom a new comment names, whom it answers, and whose item it is about, each once."""
    knowing = {comment.author_id}
    for kind, member_id, subject in await _concerned(session, comment):
        if member_id not in knowing:
            knowing.add(member_id)
            await notify(session, kind, [member_id], subject=subject, actor_id=comment.author_id)


async def tell_named(session: AsyncSession, comment: Comment) -> None:
    """Tell those whom a comment names that it names them, unless they were told before."""
    subject = Subject(SubjectKind.COMMENT, comment.id)
    names = set(await named(session, comment.id)) - {comment.author_id}
    others = names - await already_told(session, NotificationKind.MENTION, names, subject=subject)
    await notify(
        session,
        NotificationKind.MENTION,
        sorted(others),
        subject=subject,
        actor_id=comment.author_id,
    )


async def _concerned(
    session: AsyncSession, comment: Comment
) -> list[tuple[NotificationKind, int, Subject]]:
    """What is said to whom, the most personal first; answers to one comment are one group."""
    itself = Subject(SubjectKind.COMMENT, comment.id)
    names = await named(session, comment.id)
    concerned = [(NotificationKind.MENTION, member_id, itself) for member_id in names]
    if comment.reply_to_id is not None:
        answered = await session.get_one(Comment, comment.reply_to_id)
        subject = Subject(SubjectKind.COMMENT, answered.id)
        concerned.append((NotificationKind.REPLY, answered.author_id, subject))
    content = await session.get_one(Content, comment.content_id)
    subject = Subject(SubjectKind.CONTENT, content.id)
    concerned.append((NotificationKind.COMMENTED, content.author_id, subject))
    return concerned
