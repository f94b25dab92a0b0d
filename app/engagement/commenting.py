"""Writing, changing and removing comments: what decides is read inside the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.seeing import Place
from app.database.columns import now
from app.engagement import actions, standing
from app.engagement.mentioning import name, nameable, named
from app.engagement.models import Comment
from app.engagement.rules import MAX_COMMENTS, RATE_WINDOW, is_editable
from app.engagement.telling import tell_named
from app.errors import Conflict, Forbidden, NotFound, RateLimited, Unauthenticated
from app.members.models import Member, MemberStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a member wants to say; ``client_key`` marks what is sent again as the same."""

    body: str
    reply_to_id: int | None = None
    mention_ids: Sequence[int] = ()
    client_key: str | None = None


class Said(NamedTuple):
    """A comment, and whether this transaction wrote it."""

    comment: Comment
    is_new: bool


async def say(
    session: AsyncSession, place: Place, author_id: int, *, remark: Remark, held: bool
) -> Said:
    """Write a comment, once.

    The same again is the comment that was written: with its ``client_key``, or within a minute
    the same words in the same place. The same key for something else is CONFLICT, the eleventh
    comment in a minute RATE_LIMITED.
    """
    await _take_turn(session, author_id)
    if (before := await _said_with_key(session, place, author_id, remark=remark)) is not None:
        return Said(before, is_new=False)
    recent = await _recent(session, author_id)
    for one in recent:
        if _is_same(one, place, remark) and remark.client_key is None and one.removed_at is None:
            return Said(one, is_new=False)
    if len(recent) >= MAX_COMMENTS:
        raise RateLimited("评论过于频繁，请稍后再试")
    await _check_answered(session, place, author_id, reply_to_id=remark.reply_to_id)
    made = await actions.comment(
        session,
        place.content_id,
        author_id,
        body=remark.body,
        reply_to_id=remark.reply_to_id,
        mention_ids=await nameable(session, place, remark.mention_ids),
        client_key=remark.client_key,
        held=held,
    )
    return Said(made, is_new=True)


def check_editable(comment: Comment, member_id: int | None, at: datetime) -> None:
    """FORBIDDEN unless it is the member's own, CONFLICT once it is removed or too old."""
    if comment.author_id != member_id:
        raise Forbidden("只能修改自己的评论", "input", "commentId")
    if comment.removed_at is not None:
        raise Conflict("评论已被删除", "input", "commentId")
    if not is_editable(comment.created_at, at):
        raise Conflict("发表超过 10 分钟，不能再修改", "input", "commentId")


async def reword(
    session: AsyncSession,
    place: Place,
    comment: Comment,
    *,
    body: str,
    mention_ids: Sequence[int] | None,
    held: bool,
) -> None:
    """Change a comment's words, and whom it names unless ``mention_ids`` is None.

    What is held stays held, whatever it now says: else one could try out what is let through.
    """
    names = await named(session, comment.id)
    wanted = names if mention_ids is None else await nameable(session, place, mention_ids)
    if body == comment.body and set(wanted) == set(names):
        return
    if set(wanted) != set(names):
        await name(session, comment.id, wanted)
        if comment.stands and not held:
            await tell_named(session, comment)
    at = now()
    held_at = comment.held_at or (at if held else None)
    await standing.change(session, comment, body=body, edited_at=at, held_at=held_at)


async def remove(
    session: AsyncSession, comment: Comment, by_id: int, *, reason: str | None
) -> None:
    """Take a comment's words away; its place stays, and ``reason`` is its author's to read."""
    await standing.change(
        session, comment, removed_at=now(), removed_by_id=by_id, removal_reason=reason
    )


async def keep(session: AsyncSession, comment: Comment) -> None:
    """Let a comment stand, whether it was held or removed."""
    await standing.change(
        session, comment, held_at=None, removed_at=None, removed_by_id=None, removal_reason=None
    )


async def _take_turn(session: AsyncSession, member_id: int) -> None:
    """One comment of a member after the other, so that fifty at once are counted one by one."""
    row = sa.select(col(Member.status)).where(col(Member.id) == member_id)
    status = await session.scalar(row.with_for_update(key_share=True))
    if status is not MemberStatus.ACTIVE:
        raise Unauthenticated("登录已失效，请重新登录")


async def _said_with_key(
    session: AsyncSession, place: Place, author_id: int, *, remark: Remark
) -> Comment | None:
    if remark.client_key is None:
        return None
    found = await session.scalar(
        sa.select(Comment).where(
            col(Comment.author_id) == author_id, col(Comment.client_key) == remark.client_key
        )
    )
    if found is not None and not _is_same(found, place, remark):
        raise Conflict("同一个 clientKey 已用于另一条评论", "input", "clientKey")
    return found


async def _recent(session: AsyncSession, author_id: int) -> Sequence[Comment]:
    since = col(Comment.created_at) > now() - RATE_WINDOW
    mine = sa.select(Comment).where(col(Comment.author_id) == author_id, since)
    return (await session.scalars(mine.limit(MAX_COMMENTS))).all()


def _is_same(comment: Comment, place: Place, remark: Remark) -> bool:
    said = (comment.content_id, comment.reply_to_id, comment.body)
    return said == (place.content_id, remark.reply_to_id, remark.body)


async def _check_answered(
    session: AsyncSession, place: Place, author_id: int, *, reply_to_id: int | None
) -> None:
    """What is answered is about the same content, seen by its answerer, and not removed."""
    if reply_to_id is None:
        return
    answered = await session.get(Comment, reply_to_id)
    unseen = answered is not None and answered.held_at and answered.author_id != author_id
    if answered is None or answered.content_id != place.content_id or unseen:
        raise NotFound("要回复的评论不存在或不可见", "input", "replyToId")
    if not answered.stands:
        raise Conflict("要回复的评论已被删除或正在审核", "input", "replyToId")
