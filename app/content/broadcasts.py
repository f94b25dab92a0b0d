"""Deeds on live streams that are shown at once: call one off, add the recording."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.content import rules
from app.content.announcing import changed
from app.content.desks import Piece, take
from app.content.editorial import require_member
from app.content.models import LiveStream
from app.content.rules import LiveState
from app.database.columns import now
from app.errors import Conflict
from app.subjects import Subject, SubjectKind

_OVER = frozenset({LiveState.ENDED, LiveState.REPLAY})


async def cancel(session: AsyncSession, actor: Actor, content_id: int) -> None:
    """Call a live stream off before it ends; once more changes nothing."""
    piece, stream = await _take(session, actor, content_id)
    state = rules.live_state(stream, now())
    if state is LiveState.CANCELLED:
        return
    if state in _OVER:
        raise Conflict("直播已经结束，不能取消")
    stream.cancelled_at = now()
    changed(session, content_id)
    _record(session, actor, "live.cancel", piece, before=state.value, after="CANCELLED")


async def set_replay(
    session: AsyncSession, actor: Actor, content_id: int, video_id: int | None
) -> None:
    """Add the recording of a live stream that has ended, or take it away."""
    piece, stream = await _take(session, actor, content_id)
    if rules.live_state(stream, now()) not in _OVER:
        raise Conflict("直播结束后才能设置回放")
    before, stream.replay_id = stream.replay_id, video_id
    if before != video_id:
        changed(session, content_id)
        _record(session, actor, "live.replay", piece, before=before, after=video_id)


async def _take(session: AsyncSession, actor: Actor, content_id: int) -> tuple[Piece, LiveStream]:
    piece = await take(session, actor.viewer, content_id)
    require_member(actor)
    rules.check_on_air(actor.viewer, piece.desk)
    return piece, await session.get_one(LiveStream, content_id)


def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    piece: Piece,
    *,
    before: str | int | None,
    after: str | int | None,
) -> None:
    name = "state" if action == "live.cancel" else "replay_id"
    record(
        session,
        actor,
        action,
        subject=Subject(SubjectKind.CONTENT, piece.content.id),
        organization_id=piece.content.organization_id,
        before={name: before},
        after={name: after},
    )
