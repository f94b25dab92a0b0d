"""Telling those who follow a regulation, or await answers, of a change: some at a time."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.following.models import FollowedRegulation
from app.following.rules import told_of
from app.knowledge.models import Regulation, RegulationChange
from app.members.models import Member, MemberStatus
from app.notifications.actions import notify
from app.notifications.models import NotificationKind
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer

_AT_ONCE = 200


class Answer(NamedTuple):
    """That a change brings an answer to what a member asked."""

    member_id: int
    query: str


async def tell_followers(session: AsyncSession, change_id: int) -> bool:
    """Tell the next two hundred followers who may see the regulation; False after the last."""
    change = await _locked(session, change_id)
    if change is None:
        return False
    regulation = await session.get_one(Regulation, change.regulation_id)
    found = await session.execute(
        sa.select(col(Member.id), col(Member.organization_id), col(Organization.path))
        .join(FollowedRegulation, col(FollowedRegulation.member_id) == col(Member.id))
        .join(Organization, col(Organization.id) == col(Member.organization_id))
        .where(
            col(FollowedRegulation.regulation_id) == change.regulation_id,
            col(FollowedRegulation.member_id) > change.followers_up_to,
            col(FollowedRegulation.created_at) < change.noted_at,
            col(Member.status) == MemberStatus.ACTIVE,
        )
        .order_by(col(FollowedRegulation.member_id))
        .limit(_AT_ONCE)
    )
    followers = [Viewer(*row) for row in found]
    if not followers:
        return False
    await notify(
        session,
        NotificationKind.REGULATION_CHANGED,
        [one.member_id or 0 for one in followers if regulation.audience_key in one.keys],
        subject=Subject(SubjectKind.REGULATION, regulation.id),
        actor_id=change.actor_id,
        note=told_of(change.kind, change.day),
    )
    change.followers_up_to = followers[-1].member_id or 0
    return len(followers) == _AT_ONCE


async def tell_searchers(
    session: AsyncSession, change_id: int, answers: Collection[Answer], *, after: int, up_to: int
) -> bool:
    """Tell members with ids above ``after`` and ``up_to`` of their answers, once.

    False where somebody else has gone on from ``after`` already, and nothing changes.
    """
    change = await _locked(session, change_id)
    if change is None or change.searchers_up_to != after:
        return False
    for query in dict.fromkeys(answer.query for answer in answers):
        await notify(
            session,
            NotificationKind.SEARCH_ANSWERED,
            [answer.member_id for answer in answers if answer.query == query],
            subject=Subject(SubjectKind.REGULATION, change.regulation_id),
            actor_id=change.actor_id,
            note=query,
        )
    change.searchers_up_to = up_to
    return True


async def forget(session: AsyncSession, change_ids: Sequence[int]) -> None:
    """Everybody was told."""
    told = col(RegulationChange.id).in_(change_ids)
    await session.execute(sa.delete(RegulationChange).where(told))


async def _locked(session: AsyncSession, change_id: int) -> RegulationChange | None:
    return await session.get(RegulationChange, change_id, with_for_update=True)
