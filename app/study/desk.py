"""Where a member's reports are taken: the member's clock, locked, and what was known before."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from app.database.columns import now
from app.database.writing import add_once
from app.errors import Conflict, Refusal
from app.study.models import StudyClock, StudyProgress, StudyReport
from app.study.queries import ProgressRow
from app.study.reports import Report, milliseconds
from app.study.rules import Clock, Policy, Progress, Video, is_complete, take
from app.study.spans import measure


class Taken(NamedTuple):
    """What became of a report: the progress after it, how much of it was new and counted."""

    progress: ProgressRow
    counted_ms: int = 0
    completes: bool = False


class Desk:
    """Takes the reports of one member at one instant, within the caller's transaction."""

    def __init__(self, session: AsyncSession, member_id: int, policy: Policy) -> None:
        self._session = session
        self._member_id = member_id
        self._policy = policy
        self._taken: dict[str, str] = {}
        self._progress: dict[int, StudyProgress] = {}

    async def open(self, reports: Sequence[Report]) -> None:
        """Lock the member's clock, so that two requests at once take turns; then read the rest."""
        self._clock = await self._locked_clock()
        # Not before the lock: whoever waited for it would be of another instant's past.
        self._at = now()
        keys = [report.client_key for report in reports if report.client_key is not None]
        taken = select(StudyReport).where(
            StudyReport.member_id == self._member_id, col(StudyReport.client_key).in_(keys)
        )
        if keys:
            found = await self._session.scalars(taken)
            self._taken = {each.client_key: each.digest for each in found}
        contents = {report.content_id for report in reports}
        begun = select(StudyProgress).where(
            StudyProgress.member_id == self._member_id, col(StudyProgress.content_id).in_(contents)
        )
        self._progress = {each.content_id: each for each in await self._session.scalars(begun)}

    def take(self, report: Report, video: Video) -> Taken | Refusal:
        """Take a report once; its key again changes nothing, with another body is a Conflict."""
        if (key := report.client_key) is None:
            return self._count(report, video)
        if (known := self._taken.get(key)) is None:
            self._taken[key] = report.digest
            taken = StudyReport(member_id=self._member_id, client_key=key, digest=report.digest)
            self._session.add(taken)
            return self._count(report, video)
        if known != report.digest:
            return Conflict("同一编号已用于另一份学习记录", *report.path, "clientKey")
        return Taken(_row(self._progress[report.content_id]))

    def _count(self, report: Report, video: Video) -> Taken:
        kept, before = self._kept(report.content_id), self._clock
        watched_ms, was_complete = kept.watched_ms, kept.completed_at is not None
        clock, progress = take(
            report.playing,
            Clock(before.opened_ms, before.reported_ms, before.occupied),
            Progress(kept.watched, kept.resume_at_ms, kept.played_ms),
            video=video,
            at=milliseconds(self._at),
            speed=self._policy.speed,
        )
        self._clock.opened_ms, self._clock.reported_ms, self._clock.occupied = clock
        self._keep(kept, progress, video)
        completes = kept.completed_at is not None and not was_complete
        return Taken(_row(kept), kept.watched_ms - watched_ms, completes)

    def _kept(self, content_id: int) -> StudyProgress:
        if (kept := self._progress.get(content_id)) is None:
            kept = StudyProgress(member_id=self._member_id, content_id=content_id)
            self._progress[content_id] = kept
            self._session.add(kept)
        return kept

    def _keep(self, kept: StudyProgress, progress: Progress, video: Video) -> None:
        kept.watched, kept.resume_at_ms, kept.played_ms = progress
        kept.watched_ms = measure(progress.watched)
        share = self._policy.completion
        if kept.completed_at is None and is_complete(kept.watched_ms, video, share):
            kept.completed_at = self._at
        if kept.completed_at is not None:
            kept.resume_at_ms = 0

    async def _locked_clock(self) -> StudyClock:
        wanted = select(StudyClock).where(StudyClock.member_id == self._member_id)
        if (clock := await self._session.scalar(wanted.with_for_update())) is None:
            new = StudyClock(member_id=self._member_id).model_dump()
            await add_once(self._session, StudyClock, **new)
            clock = (await self._session.scalars(wanted.with_for_update())).one()
        return clock


def _row(kept: StudyProgress) -> ProgressRow:
    return ProgressRow(kept.content_id, kept.watched_ms, kept.resume_at_ms, kept.completed_at)
