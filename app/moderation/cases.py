"""Cases: how one is opened, joined, decided, and taken to the next tier."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.content.seeing import Place
from app.database.columns import now
from app.engagement.models import Comment
from app.moderation.models import Decision, ModerationCase
from app.moderation.telling import tell_author, tell_moderators
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind

# Whoever opens, finds or closes a case holds the lock on its subject's row: first the subject,
# then the case, so that no two transactions wait for each other.


async def undecided(session: AsyncSession, subject: Subject) -> ModerationCase | None:
    """The case that the subject waits for, locked."""
    theirs = _about(subject).where(col(ModerationCase.decided_at).is_(None))
    found: ModerationCase | None = await session.scalar(theirs.with_for_update())
    return found


async def last_decided(session: AsyncSession, subject: Subject) -> ModerationCase | None:
    """The newest decision about the subject."""
    theirs = _about(subject).where(col(ModerationCase.decided_at).is_not(None))
    found: ModerationCase | None = await session.scalar(
        theirs.order_by(col(ModerationCase.id).desc()).limit(1).with_for_update()
    )
    return found


async def undecided_or_new(
    session: AsyncSession, place: Place, subject: Subject, *, author_id: int
) -> ModerationCase:
    """The case that the subject waits for; if there is none, one of its content's organization."""
    if (waiting := await undecided(session, subject)) is not None:
        return waiting
    return await _open(
        session,
        ModerationCase(
            subject_kind=subject.kind,
            subject_id=subject.id,
            content_id=place.content_id,
            author_id=author_id,
            organization_id=place.organization_id,
        ),
    )


async def hold(
    session: AsyncSession, place: Place, comment: Comment, *, words: Sequence[str]
) -> None:
    """Let a held comment wait for a moderator, who is told which words held it."""
    subject = Subject(SubjectKind.COMMENT, comment.id)
    waiting = await undecided_or_new(session, place, subject, author_id=comment.author_id)
    waiting.held_words = tuple(dict.fromkeys((*waiting.held_words, *words)))
    await session.flush()


async def close(
    session: AsyncSession,
    case: ModerationCase,
    decision: Decision,
    *,
    actor: Actor,
    reason: str | None,
) -> None:
    """Write the decision down; what follows from it is the caller's."""
    case.decision = decision
    case.decided_by_id = actor.viewer.member_id
    case.decided_at = now()
    case.reason = reason
    case.claimed_by_id = case.claimed_until = None
    await session.flush()
    _record(session, actor, "moderation.decide", case, decision=decision.value, reason=reason)
    await tell_author(session, case)


async def open_appeal(
    session: AsyncSession, actor: Actor, decided: ModerationCase, *, statement: str
) -> ModerationCase:
    """A case about a decision, one tier up; at the top it stays there, for another person."""
    organization = await session.get_one(Organization, decided.organization_id)
    decided.appealed_at = now()
    _record(session, actor, "moderation.appeal", decided, statement=statement)
    return await _open(
        session,
        ModerationCase(
            subject_kind=decided.subject_kind,
            subject_id=decided.subject_id,
            content_id=decided.content_id,
            author_id=decided.author_id,
            organization_id=organization.parent_id or organization.id,
            appeal_of_id=decided.id,
            statement=statement,
        ),
    )


async def _open(session: AsyncSession, case: ModerationCase) -> ModerationCase:
    session.add(case)
    await session.flush()
    await tell_moderators(session, case)
    return case


def _record(
    session: AsyncSession, actor: Actor, action: str, case: ModerationCase, **after: str | None
) -> None:
    record(
        session,
        actor,
        action,
        subject=Subject(case.subject_kind, case.subject_id),
        organization_id=case.organization_id,
        after={"case": case.id, **after},
    )


def _about(subject: Subject) -> sa.Select[ModerationCase]:
    return sa.select(ModerationCase).where(
        col(ModerationCase.subject_kind) == subject.kind,
        col(ModerationCase.subject_id) == subject.id,
    )
