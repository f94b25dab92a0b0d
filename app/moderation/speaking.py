"""What members do with their comments: say, reword, remove; held words and cases in step."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor
from app.content.seeing import require_published
from app.database.columns import now
from app.engagement import commenting
from app.engagement.commenting import Remark
from app.engagement.models import Comment
from app.engagement.places import comment_in_place, moderates
from app.engagement.rules import plain_text
from app.errors import Conflict, Forbidden
from app.moderation import cases
from app.moderation.held_words import words_in
from app.moderation.models import Decision
from app.moderation.rules import MAX_REASON, MAX_STATEMENT
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer


async def say(
    session: AsyncSession, viewer: Viewer, content_id: int, *, author_id: int, remark: Remark
) -> Comment:
    """Write a comment on what the viewer sees; with a held word it waits for a moderator."""
    place = await require_published(session, viewer, content_id)
    words = await words_in(session, place.path, remark.body)
    said = await commenting.say(session, place, author_id, remark=remark, held=bool(words))
    if said.is_new and words:
        await cases.hold(session, place, said.comment, words=words)
    return said.comment


async def reword(
    session: AsyncSession,
    viewer: Viewer,
    comment_id: int,
    *,
    body: str,
    mention_ids: Sequence[int] | None,
) -> None:
    """Change one's own comment within ten minutes; with a held word it waits for a moderator."""
    comment, place = await comment_in_place(session, viewer, comment_id)
    commenting.check_editable(comment, viewer.member_id, now())
    words = await words_in(session, place.path, body)
    await commenting.reword(
        session, place, comment, body=body, mention_ids=mention_ids, held=bool(words)
    )
    if words and comment.held_at is not None:
        await cases.hold(session, place, comment, words=words)


async def remove(
    session: AsyncSession, actor: Actor, comment_id: int, *, member_id: int, reason: str | None
) -> None:
    """Take a comment away: one's own, or with a reason what one moderates.

    Once more by the same person changes nothing; of what another took it is CONFLICT. The case
    that waits about it is decided with it.
    """
    comment, place = await comment_in_place(session, actor.viewer, comment_id)
    own = comment.author_id == member_id
    if not own and not moderates(actor.viewer, place.path):
        raise Forbidden("只能删除自己的评论，或本级及下级组织的评论", "input", "commentId")
    if comment.removed_at is not None and comment.removed_by_id == member_id:
        return
    if comment.removed_at is not None:
        raise Conflict("评论已被删除", "input", "commentId")
    if own:
        await _take_back(session, actor, comment)
        return
    said = plain_text(reason or "", "删除理由", MAX_REASON, path=("input", "reason"))
    subject = Subject(SubjectKind.COMMENT, comment.id)
    # A moderator's removal is a decision of a case, so that there is one to appeal from.
    case = await cases.undecided_or_new(session, place, subject, author_id=comment.author_id)
    await cases.close(session, case, Decision.REMOVE, actor=actor, reason=said)
    await commenting.remove(session, comment, member_id, reason=said)


async def appeal(session: AsyncSession, actor: Actor, comment_id: int, *, statement: str) -> None:
    """Ask the next tier to look at the removal of one's comment, once a removal."""
    comment, _ = await comment_in_place(session, actor.viewer, comment_id)
    if comment.author_id != actor.viewer.member_id:
        raise Forbidden("只能为自己的评论申诉", "input", "commentId")
    if comment.removed_at is None or comment.removed_by_id == comment.author_id:
        raise Conflict("评论没有被管理人员删除", "input", "commentId")
    decided = await cases.last_decided(session, Subject(SubjectKind.COMMENT, comment.id))
    if decided is None or decided.appeal_of_id is not None or decided.appealed_at is not None:
        raise Conflict("这次删除已经申诉过", "input", "commentId")
    said = plain_text(statement, "申诉说明", MAX_STATEMENT, path=("input", "statement"))
    await cases.open_appeal(session, actor, decided, statement=said)


async def _take_back(session: AsyncSession, actor: Actor, comment: Comment) -> None:
    """Whoever takes their own words back leaves nothing to decide."""
    waiting = await cases.undecided(session, Subject(SubjectKind.COMMENT, comment.id))
    if waiting is not None:
        await cases.close(session, waiting, Decision.REMOVE, actor=actor, reason=None)
    await commenting.remove(session, comment, comment.author_id, reason=None)
