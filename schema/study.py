"""Study in the graph: progress, and what reports take and give."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import strawberry

from app.content.queries import ContentRow
from app.study.queries import ProgressRow, progress
from schema.context import Context
from schema.dependence import VIEWER, differs_by
from schema.errors import UserError


@differs_by(VIEWER)
async def progress_of_viewer(
    context: Context, parents: Sequence[ContentRow]
) -> list[ProgressRow | None]:
    """How far the viewer has come with each; nobody else's is ever shown."""
    found = await progress(context.database, context.viewer, [row.id for row in parents])
    return [found.get(row.id) for row in parents]


class StudyPayloadRow(NamedTuple):
    """The progress after a report, or why nothing was taken."""

    progress: ProgressRow | None
    counted_seconds: float
    completes: bool
    errors: Sequence[UserError]


class StudyBatchPayloadRow(NamedTuple):
    """What became of each report, or why none was looked at."""

    reports: Sequence[StudyPayloadRow]
    errors: Sequence[UserError]


@strawberry.type(description="How far the viewer has come with a lecture or a replay (学习进度).")
class StudyProgress:
    """The shape of :class:`ProgressRow`."""

    watched_seconds: int = strawberry.field(
        description="How much of it counted as watched; what is watched twice counts once."
    )
    resume_at_seconds: int = strawberry.field(
        description="Where to play on; 0 once it is complete."
    )
    is_complete: bool = strawberry.field(description="Whether the share to see was reached once.")
    completed_at: datetime | None = strawberry.field(description="When it was.")


@strawberry.input(description="A piece that was played without a jump, in seconds of the video.")
class WatchedInterval:
    """Two positions in a video."""

    start: float = strawberry.field(name="from", description="Where it began.")
    to: float = strawberry.field(description="Where it ended.")


@strawberry.input(description="What was watched just now.")
class RecordStudyInput:
    """An online report."""

    content_id: strawberry.ID = strawberry.field(
        description="A micro-lecture, or a live stream with a replay."
    )
    watched: list[WatchedInterval] = strawberry.field(
        description="What was played since the last report, in that order; at most 100."
    )
    client_key: str | None = strawberry.field(
        default=None, description="A key of the client's, 1–64 signs: the report is taken once."
    )


@strawberry.input(description="What was watched while offline.")
class StudyReportInput:
    """A report that was kept until there was a network."""

    content_id: strawberry.ID = strawberry.field(
        description="A micro-lecture, or a live stream with a replay."
    )
    watched: list[WatchedInterval] = strawberry.field(
        description="What was played, in that order; at most 100."
    )
    started_at: datetime = strawberry.field(
        description="When the playing began, at most 30 days ago."
    )
    ended_at: datetime = strawberry.field(description="When it ended; not in the future.")
    client_key: str = strawberry.field(
        description="A key of the client's, 1–64 signs: the report is taken once."
    )


@strawberry.input(description="Reports that were kept while offline.")
class RecordStudyBatchInput:
    """Up to 50 reports, each for itself."""

    reports: list[StudyReportInput] = strawberry.field(description="At most 50, oldest first.")


@strawberry.type(description="What became of a report.")
class StudyPayload:
    """The shape of :class:`StudyPayloadRow`."""

    progress: StudyProgress | None = strawberry.field(description="The progress after it.")
    counted_seconds: float = strawberry.field(
        description="How much of it was new and counted; the rest was known, or more than the time"
        " since the last report allows."
    )
    completes: bool = strawberry.field(description="Whether this very report completed it.")
    errors: list[UserError] = strawberry.field(description="Why nothing was taken.")


@strawberry.type(description="What became of a batch of reports.")
class StudyBatchPayload:
    """The shape of :class:`StudyBatchPayloadRow`."""

    reports: list[StudyPayload] = strawberry.field(
        description="One a report, in their order; those with errors changed nothing."
    )
    errors: list[UserError] = strawberry.field(description="Why none was looked at.")
