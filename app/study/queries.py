"""Reads of study."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, Statement
from app.study.models import StudyProgress
from app.visibility import Viewer


class ProgressRow(NamedTuple):
    """How far the viewer has come with a content."""

    content_id: int
    watched_ms: int
    resume_at_ms: int
    completed_at: datetime | None

    @property
    def watched_seconds(self) -> int:
        """Whole seconds of the video that counted."""
        return self.watched_ms // 1000

    @property
    def resume_at_seconds(self) -> int:
        """Where to play on."""
        return self.resume_at_ms // 1000

    @property
    def is_complete(self) -> bool:
        """Whether the share to see was reached once."""
        return self.completed_at is not None


_PROGRESS = Statement(
    ProgressRow,
    sa.select(*(getattr(StudyProgress, field) for field in ProgressRow._fields)).where(
        col(StudyProgress.member_id) == sa.bindparam("member_id", type_=sa.BigInteger),
        Among(col(StudyProgress.content_id), "ids"),
    ),
)


async def progress(
    database: Database, viewer: Viewer, content_ids: Sequence[int]
) -> dict[int, ProgressRow]:
    """The viewer's own progress by content; nobody has none, without a statement."""
    if not viewer.signed_in:
        return {}
    rows = await database.fetch(_PROGRESS, member_id=viewer.member_id, ids=content_ids)
    return {row.content_id: row for row in rows}
