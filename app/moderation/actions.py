"""Writes on cases: report, claim, decide."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor
from app.content.actions import archive
from app.content.models import Content, ContentStatus
from app.content.seeing import require_published
from app.database.columns import now
from app.engagement import commenting
from app.engagement.models import Comment
from app.engagement.places import comment_in_place, locked
from app.engagement.rules import plain_text
from app.errors import Conflict, Forbidden, NotFound
from app.moderation import cases
from app.moderation.models import Decision, ModerationCase, Report, ReportReason
from app.moderation.queries import CaseRow, case_within
from app.moderation.rules import LEASE, MAX_REASON, MAX_STATEMENT, obstacle
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer


class Complaint(NamedTuple):
    """What a member finds wrong; ``note`` may be empty unless the reason is OTHER."""

    reporter_id: int
    reason: ReportReason
    note: str


async def report_comment(
    session: AsyncSession, viewer: Viewer, comment_id: int, *, complaint: Complaint
) -> int:
    """Report a comment that the viewer sees; answers the report's id."""
    comment, place = await comment_in_place(session, viewer, comment_id)
    if comment.author_id == complaint.reporter_id:
        raise Forbidden("不能举报自己的评论", "input", "commentId")
    if comment.removed_at is not None:
        raise Conflict("评论已被删除", "input", "commentId")
    subject = Subject(SubjectKind.COMMENT, comment.id)
    case = await cases.undecided_or_new(session, place, subject, author_id=comment.author_id)
    return await _join(session, case, complaint, quote=comment.body)


async def report_content(
    session: AsyncSession, viewer: Viewer, content_id: int, *, complaint: Complaint
) -> int:
    """Report a published content that the viewer sees; answers the report's id."""
    place = await require_published(session, viewer, content_id)
    if place.author_id == complaint.reporter_id:
        raise Forbidden("不能举报自己的内容", "input", "contentId")
    await _locked_content(session, content_id)
    subject = Subject(SubjectKind.CONTENT, content_id)
    case = await cases.undecided_or_new(session, place, subject, author_id=place.author_id)
    return await _join(session, case, complaint, quote=place.title)


async def claim(session: AsyncSession, viewer: Viewer, case_id: int) -> None:
    """Keep a case to oneself for 15 minutes; again, for 15 minutes more."""
    await _seen(session, viewer, case_id)
    case = await _decidable(session, viewer, case_id)
    case.claimed_by_id = viewer.member_id
    case.claimed_until = now() + LEASE
    await session.flush()


async def decide(
    session: AsyncSession,
    actor: Actor,
    case_id: int,
    *,
    member_id: int,
    decision: Decision,
    reason: str | None,
) -> None:
    """Decide a case that nobody else has claimed; REMOVE needs a reason, which the author reads."""
    subject = (await _seen(session, actor.viewer, case_id)).subject
    is_comment = subject.kind is SubjectKind.COMMENT
    comment = await locked(session, subject.id) if is_comment else None
    content = None if is_comment else await _locked_content(session, subject.id)
    case = await _decidable(session, actor.viewer, case_id)
    said = _reason(decision, reason)
    await cases.close(session, case, decision, actor=actor, reason=said)
    if comment is not None:
        await _settle_comment(session, comment, decision, by_id=member_id, reason=said)
    if content is not None and decision is Decision.REMOVE:
        await _take_down(session, content)


async def _seen(session: AsyncSession, viewer: Viewer, case_id: int) -> CaseRow:
    row = await case_within(session, viewer, case_id)
    if row is None:
        raise NotFound("事项不存在或不可见", "input", "caseId")
    return row


async def _decidable(session: AsyncSession, viewer: Viewer, case_id: int) -> ModerationCase:
    """The case, locked, if the viewer, who sees it, may decide it now."""
    case = await session.get_one(ModerationCase, case_id, with_for_update=True)
    refusal = obstacle(await _seen(session, viewer, case_id), viewer.member_id, now())
    if refusal is not None:
        raise refusal
    return case


def _reason(decision: Decision, reason: str | None) -> str | None:
    if decision is Decision.KEEP and not (reason or "").strip():
        return None
    return plain_text(reason or "", "理由", MAX_REASON, path=("input", "reason"))


async def _settle_comment(
    session: AsyncSession, comment: Comment, decision: Decision, *, by_id: int, reason: str | None
) -> None:
    if decision is Decision.KEEP:
        await commenting.keep(session, comment)
    else:
        await commenting.remove(session, comment, by_id, reason=reason)


async def _take_down(session: AsyncSession, content: Content) -> None:
    if content.status is ContentStatus.PUBLISHED:
        await archive(session, content)


async def _locked_content(session: AsyncSession, content_id: int) -> Content | None:
    # Not against those who like it or comment on it: their keys must only know that it stays.
    return await session.get(Content, content_id, with_for_update={"key_share": True})


async def _join(
    session: AsyncSession, case: ModerationCase, complaint: Complaint, *, quote: str
) -> int:
    """Add a report to a case; a member reports a subject once."""
    reported = await session.scalar(
        sa.select(col(Report.id)).where(
            col(Report.subject_kind) == case.subject_kind,
            col(Report.subject_id) == case.subject_id,
            col(Report.reporter_id) == complaint.reporter_id,
        )
    )
    if reported is not None:
        raise Conflict("您已经举报过", "input")
    note = complaint.note
    if note.strip() or complaint.reason is ReportReason.OTHER:
        note = plain_text(note, "举报说明", MAX_STATEMENT, path=("input", "note"))
    made = Report(
        case_id=case.id,
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        reporter_id=complaint.reporter_id,
        reason=complaint.reason,
        note=note.strip(),
        quote=quote,
    )
    session.add(made)
    await session.flush()
    return made.id
