"""Reads of cases and reports; only whoever moderates a case's organization sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.content.models import Content
from app.database import Database
from app.database.statements import Among, Statement, Under, Within, first_of_each
from app.database.writing import read
from app.engagement.models import Comment
from app.moderation.models import Decision, ModerationCase, Report, ReportReason
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import OrganizationRow, below, organization_columns
from app.subjects import Subject, SubjectKind
from app.visibility import MODERATING_ROLES, Viewer


class CaseRow(NamedTuple):
    """A case, the organization that decides it, and what it is about joined in."""

    id: int
    subject_kind: SubjectKind
    subject_id: int
    author_id: int
    held_words: tuple[str, ...]
    appeal_of_id: int | None
    statement: str | None
    claimed_by_id: int | None
    claimed_until: datetime | None
    decision: Decision | None
    decided_by_id: int | None
    decided_at: datetime | None
    reason: str | None
    appealed_at: datetime | None
    created_at: datetime
    organization_id: int
    organization_name: str
    organization_kind: OrganizationKind
    organization_parent_id: int | None
    organization_path: str
    text: str
    decided_before_by_id: int | None
    report_count: int

    @property
    def subject(self) -> Subject:
        """The comment or content in question."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def organization(self) -> OrganizationRow:
        """The tier that decides."""
        return OrganizationRow._make(self[15:20])


class ReportRow(NamedTuple):
    """What one member found wrong; ``path`` is that of the organization that decides."""

    id: int
    case_id: int
    reporter_id: int
    reason: ReportReason
    note: str
    quote: str
    created_at: datetime
    path: str


_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_before = aliased(ModerationCase)


def _cases() -> Any:
    is_comment = col(ModerationCase.subject_kind) == sa.literal_column(
        f"'{SubjectKind.COMMENT.value}'"
    )
    reports = sa.select(sa.func.count()).where(col(Report.case_id) == col(ModerationCase.id))
    return (
        sa.select(
            *(getattr(ModerationCase, field) for field in CaseRow._fields[:15]),
            *organization_columns(Organization),
            sa.func.coalesce(col(Comment.body), col(Content.title)),
            col(_before.decided_by_id),
            reports.scalar_subquery(),
        )
        .select_from(ModerationCase)
        .join(Organization, col(Organization.id) == col(ModerationCase.organization_id))
        .join(Content, col(Content.id) == col(ModerationCase.content_id))
        .outerjoin(Comment, sa.and_(col(Comment.id) == col(ModerationCase.subject_id), is_comment))
        .outerjoin(_before, col(_before.id) == col(ModerationCase.appeal_of_id))
        .where(Under(col(Organization.path), "moderated"))
    )


def _subtree() -> Any:
    inner, top = aliased(Organization), aliased(Organization)
    return (
        sa.select(col(inner.id))
        .join(top, below(inner, top))
        .where(col(top.id) == sa.bindparam("organization_id", type_=sa.BigInteger))
    )


_BY_ID = Statement(CaseRow, _cases().where(Among(col(ModerationCase.id), "ids")))
_WAITING = (
    _cases()
    .where(col(ModerationCase.decided_at).is_(None), col(ModerationCase.id) > _AFTER)
    .order_by(col(ModerationCase.id))
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_QUEUE = Statement(CaseRow, _WAITING)
_QUEUE_OF = Statement(
    CaseRow, _WAITING.where(Within(col(ModerationCase.organization_id), _subtree()))
)
_REPORT_COLUMNS = [getattr(Report, field) for field in ReportRow._fields[:7]]
_REPORTS = Statement(
    ReportRow,
    {
        dialect: sa.select(*_REPORT_COLUMNS, col(Organization.path))
        .select_from(source)
        .outerjoin(ModerationCase, col(ModerationCase.id) == col(Report.case_id))
        .outerjoin(Organization, col(Organization.id) == col(ModerationCase.organization_id))
        .order_by(col(Report.id))
        for dialect, source in first_of_each(
            Report, "case_id", lambda report: report.id > _AFTER
        ).items()
    },
)
_REPORT = Statement(
    ReportRow,
    sa.select(*_REPORT_COLUMNS, col(Organization.path))
    .join(ModerationCase, col(ModerationCase.id) == col(Report.case_id))
    .join(Organization, col(Organization.id) == col(ModerationCase.organization_id))
    .where(Among(col(Report.id), "ids")),
)


async def queue(
    database: Database, viewer: Viewer, organization_id: int | None, *, first: int, after: int
) -> list[CaseRow]:
    """The ``first`` oldest undecided cases that ``viewer`` moderates, behind the id ``after``.

    ``organization_id`` narrows to that organization and all below it.
    """
    if not (moderated := viewer.subtrees(MODERATING_ROLES)):
        return []
    return await database.fetch(
        _QUEUE if organization_id is None else _QUEUE_OF,
        moderated=moderated,
        organization_id=organization_id,
        limit=first,
        after=after,
    )


async def visible_cases(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, CaseRow]:
    """Cases by id that ``viewer`` moderates."""
    rows = await database.fetch(_BY_ID, ids=ids, moderated=viewer.subtrees(MODERATING_ROLES))
    return {row.id: row for row in rows}


async def case_within(session: AsyncSession, viewer: Viewer, case_id: int) -> CaseRow | None:
    """The case as the transaction sees it, None where ``viewer`` does not moderate it."""
    moderated = viewer.subtrees(MODERATING_ROLES)
    rows = await read(session, _BY_ID, ids=[case_id], moderated=moderated)
    return rows[0] if rows else None


async def reports(
    database: Database, case_ids: Sequence[int], *, first: int, after: int
) -> dict[int, list[ReportRow]]:
    """The ``first`` oldest reports of each case. Whoever asks has seen the cases."""
    found: dict[int, list[ReportRow]] = {key: [] for key in case_ids}
    for row in await database.fetch(_REPORTS, parents=case_ids, limit=first, after=after):
        found[row.case_id].append(row)
    return found


async def report(database: Database, report_id: int) -> ReportRow | None:
    """One report, for whoever has just made it."""
    return await database.first(_REPORT, ids=[report_id])
