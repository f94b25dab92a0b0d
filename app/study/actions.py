"""Writes on study: take reports of what was watched."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.deeds import study_deed
from app.content.earning import earn
from app.content.models import Content, ContentKind, ContentStatus, LiveStream, MicroLecture
from app.content.seeing import Place, seen
from app.database.columns import now
from app.database.statements import Among
from app.errors import Invalid, NotFound, Refusal
from app.study.desk import Desk, Taken
from app.study.models import StudyReport
from app.study.reports import Report, instant, milliseconds
from app.study.rules import OLDEST, SECOND, Policy, Video
from app.uploads import models as uploads
from app.visibility import Viewer

# A video knows its length better than who typed it in.
_SECONDS = sa.func.coalesce(col(uploads.Video.duration_seconds), col(MicroLecture.duration_seconds))
_VIDEOS = (
    sa.select(col(Content.id), col(Content.published_at), _SECONDS)
    .outerjoin(MicroLecture, col(MicroLecture.content_id) == col(Content.id))
    .outerjoin(LiveStream, col(LiveStream.content_id) == col(Content.id))
    .outerjoin(
        uploads.Video,
        col(uploads.Video.id)
        == sa.func.coalesce(col(MicroLecture.video_id), col(LiveStream.replay_id)),
    )
    .where(
        Among(col(Content.id), "ids"),
        sa.or_(
            col(Content.kind) == ContentKind.MICRO_LECTURE, col(LiveStream.replay_id).is_not(None)
        ),
    )
)


async def record(
    session: AsyncSession, viewer: Viewer, reports: Sequence[Report], *, policy: Policy
) -> list[Taken | Refusal]:
    """Take a member's reports one after the other; each is answered by itself, in their order.

    A refused one changes nothing, and holds no other up.
    """
    contents = {report.content_id for report in reports}
    places = await seen(session, viewer, contents)
    videos = await _videos(session, contents)
    found = [_studied(report, places, videos) for report in reports]
    desk = Desk(session, viewer.member_id or 0, policy)
    if any(isinstance(video, Video) for video in found):
        await desk.open(reports)
    taken = [
        desk.take(report, video) if isinstance(video, Video) else video
        for report, video in zip(reports, found, strict=True)
    ]
    for report, one in zip(reports, taken, strict=True):
        if isinstance(one, Taken) and one.completes:
            deed = study_deed(report.content_id, viewer.member_id or 0)
            await earn(session, deed, report.content_id)
    return taken


async def sweep(session: AsyncSession) -> None:
    """Forget the keys of reports that are too old to be sent again."""
    over = col(StudyReport.taken_at) < instant(milliseconds(now()) - OLDEST)
    await session.execute(sa.delete(StudyReport).where(over))


def _studied(
    report: Report, places: Mapping[int, Place], videos: Mapping[int, Video]
) -> Video | Refusal:
    if (place := places.get(report.content_id)) is None:
        return NotFound("内容不存在或不可见", *report.path, "contentId")
    if place.status is not ContentStatus.PUBLISHED or report.content_id not in videos:
        return Invalid("只有已发布的微党课和直播回放可以记录学习", *report.path, "contentId")
    return videos[report.content_id]


async def _videos(session: AsyncSession, content_ids: Iterable[int]) -> dict[int, Video]:
    """What lectures and replays play."""
    rows = await session.execute(_VIDEOS, {"ids": list(content_ids)})
    return {key: _video(published, length) for key, published, length in rows}


def _video(published: datetime | None, seconds: float | None) -> Video:
    length = None if seconds is None else round(seconds * SECOND)
    return Video(length, 0 if published is None else milliseconds(published))
