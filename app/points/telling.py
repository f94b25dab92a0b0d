"""Whom a correction of points concerns, and how they are told."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.notifications.actions import notify
from app.notifications.models import NotificationKind
from app.subjects import Subject, SubjectKind


async def tell_corrected(session: AsyncSession, posted: dict[str, Any]) -> None:
    """Tell a member how many points a person added or took, by whom and why.

    It is about what had paid them; where nothing had, about themselves. ``posted`` are the columns
    of the correction's transaction.
    """
    kind = posted.get("subject_kind") or SubjectKind.MEMBER
    key = posted.get("subject_id") or posted["member_id"]
    await notify(
        session,
        NotificationKind.POINTS,
        [posted["member_id"]],
        subject=Subject(kind, key),
        actor_id=posted["actor_id"],
        note=f"{posted['amount']:+}，{posted['reason']}",
    )
