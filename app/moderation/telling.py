"""Whom a case concerns, and how they are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.members.seats import nearest
from app.moderation.models import Decision, ModerationCase
from app.notifications.actions import notify
from app.notifications.models import NotificationKind
from app.organizations.models import Organization
from app.subjects import Subject
from app.visibility import MODERATING_ROLES


async def tell_moderators(session: AsyncSession, case: ModerationCase) -> None:
    """Tell those who may decide a new case that it waits; who decided before may not."""
    but: set[int | None] = {case.author_id}
    if case.appeal_of_id is not None:
        but.add((await session.get_one(ModerationCase, case.appeal_of_id)).decided_by_id)
    organization = await session.get_one(Organization, case.organization_id)
    to = await nearest(session, organization.path, MODERATING_ROLES, but=but)
    await notify(
        session, NotificationKind.REPORTED, to, subject=_subject(case), actor_id=case.author_id
    )


async def tell_author(session: AsyncSession, case: ModerationCase) -> None:
    """Tell the author what was decided, unless it is that a report came to nothing."""
    kind = NotificationKind.DECIDED
    if case.decision is Decision.REMOVE and case.appeal_of_id is None:
        kind = NotificationKind.REMOVED
    elif case.decision is Decision.KEEP and case.appeal_of_id is None and not case.held_words:
        return
    await notify(
        session,
        kind,
        [case.author_id],
        subject=_subject(case),
        actor_id=case.decided_by_id,
        note=case.reason or "",
    )


def _subject(case: ModerationCase) -> Subject:
    return Subject(case.subject_kind, case.subject_id)
