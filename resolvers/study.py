"""Doors for whoever studies: recordStudy, recordStudyBatch."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from app.database.columns import now
from app.errors import Refusal, TooLarge
from app.study import reports
from app.study.actions import record
from app.study.desk import Taken
from app.study.reports import MAX_REPORTS, Report
from app.study.rules import Playing, Policy
from resolvers.deeds import require_member
from schema.content import content_key
from schema.context import Context
from schema.errors import user_errors
from schema.study import (
    RecordStudyBatchInput,
    RecordStudyInput,
    StudyBatchPayload,
    StudyBatchPayloadRow,
    StudyPayload,
    StudyPayloadRow,
    StudyReportInput,
    WatchedInterval,
)

Info = strawberry.Info[Context]


@strawberry.type
class StudyMutations:
    """Root fields that take reports of players."""

    @strawberry.mutation(
        description="Tell what was watched of a lecture or a replay (学习). Send a first report"
        " when the playing begins (an empty list will do) and another every minute or so: what is"
        " new counts as far as real time since the last report allows, 10 minutes at most, and 60"
        " seconds in the first report of a sitting. What exceeds that is cut.",
        graphql_type=StudyPayload,
    )
    async def record_study(
        self,
        info: Info,
        input: Annotated[RecordStudyInput, strawberry.argument(description="What was watched.")],
    ) -> Any:
        """Take an online report."""
        try:
            require_member(info.context)
            [taken] = await _record(info.context, [_online(input, "input")])
            return _payload(taken)
        except Refusal as refusal:
            return _payload(refusal)

    @strawberry.mutation(
        description="Tell what was watched while offline (离线学习补报). Each report counts as far"
        " as the time it took allows, and time counts once, whatever was watched in it; a key that"
        " was taken counts no more.",
        graphql_type=StudyBatchPayload,
    )
    async def record_study_batch(
        self,
        info: Info,
        input: Annotated[
            RecordStudyBatchInput, strawberry.argument(description="What was watched.")
        ],
    ) -> Any:
        """Take reports that were kept; one that is refused holds up no other."""
        try:
            require_member(info.context)
            if len(input.reports) > MAX_REPORTS:
                raise TooLarge(f"一次最多补报 {MAX_REPORTS} 份", "input", "reports")
            read = [_read(each, place) for place, each in enumerate(input.reports)]
            taken = iter(await _record(info.context, [r for r in read if isinstance(r, Report)]))
        except Refusal as refusal:
            return StudyBatchPayloadRow([], user_errors(refusal))
        return StudyBatchPayloadRow(
            [_payload(next(taken) if isinstance(each, Report) else each) for each in read], []
        )


async def _record(context: Context, told: Sequence[Report]) -> list[Taken | Refusal]:
    settings = context.platform.settings
    policy = Policy(settings.study_speed, settings.study_completion)
    async with context.database.transaction() as session:
        return await record(session, context.viewer, told, policy=policy)


def _online(told: RecordStudyInput, *path: str) -> Report:
    return Report(
        content_key(told.content_id, *path, "contentId"),
        Playing(_watched(told.watched, *path)),
        reports.client_key(told.client_key, *path, "clientKey"),
        path,
    )


def _read(told: StudyReportInput, place: int) -> Report | Refusal:
    path = "input", "reports", str(place)
    try:
        return Report(
            content_key(told.content_id, *path, "contentId"),
            Playing(
                _watched(told.watched, *path),
                reports.during(told.started_at, told.ended_at, now(), path=path),
            ),
            reports.client_key(told.client_key, *path, "clientKey"),
            path,
        )
    except Refusal as refusal:
        return refusal


def _watched(told: Sequence[WatchedInterval], *path: str) -> tuple[tuple[int, int], ...]:
    return reports.intervals([(each.start, each.to) for each in told], *path, "watched")


def _payload(taken: Taken | Refusal) -> StudyPayloadRow:
    if isinstance(taken, Refusal):
        return StudyPayloadRow(None, 0.0, completes=False, errors=user_errors(taken))
    counted = taken.counted_ms / 1000
    return StudyPayloadRow(taken.progress, counted, completes=taken.completes, errors=[])
