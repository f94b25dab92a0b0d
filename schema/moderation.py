"""ModerationCase, Report and HeldWord in the graph."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Optional

import strawberry

from app.database.columns import now
from app.members.queries import MemberRow, members
from app.moderation import held_words, queries
from app.moderation.held_words import HeldWordRow
from app.moderation.models import Decision, ReportReason
from app.moderation.queries import CaseRow, ReportRow
from app.moderation.rules import CaseState, case_state, obstacle
from app.visibility import Role
from schema.context import Context
from schema.edges import edge
from schema.members import Member
from schema.nodes import Node, node
from schema.organizations import Organization
from schema.paging import (
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    page_size,
)
from schema.subjects import subjects

strawberry.enum(CaseState, description="How a case stands: 待处理, 已认领, 已处理, 已申诉.")
strawberry.enum(Decision, description="What becomes of it: 保留, 删除.")
strawberry.enum(
    ReportReason,
    description="What is wrong with it: 垃圾广告, 辱骂攻击, 不实信息, 泄露隐私, 泄露秘密, 违法违规,"
    " 其他.",
)


async def find_cases(context: Context, ids: Sequence[int]) -> Mapping[int, CaseRow]:
    """Cases that the viewer moderates."""
    return await queries.visible_cases(context.database, context.viewer, ids)


async def find_held_words(context: Context, ids: Sequence[int]) -> Mapping[int, HeldWordRow]:
    """Words that the viewer keeps."""
    return await held_words.held_words_by_id(context.database, context.viewer, ids)


def _members_by(key: Callable[[Any], int | None]) -> Any:
    async def load(context: Context, parents: Sequence[Any]) -> list[MemberRow | None]:
        ids = list({wanted for row in parents if (wanted := key(row)) is not None})
        found = await members(context.database, ids) if ids else {}
        return [found.get(key(row) or 0) for row in parents]

    return load


async def subjects_of(context: Context, parents: Sequence[CaseRow]) -> list[Any | None]:
    """What each case is about."""
    return await subjects(context, [row.subject for row in parents])


async def appealed_from(context: Context, parents: Sequence[CaseRow]) -> list[CaseRow | None]:
    """The case that each appeals from."""
    ids = list({row.appeal_of_id for row in parents if row.appeal_of_id is not None})
    found = await find_cases(context, ids) if ids else {}
    return [found.get(row.appeal_of_id or 0) for row in parents]


async def reports_of(
    context: Context, parents: Sequence[CaseRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the reports of each, oldest first."""
    size = page_size(first)
    found = await queries.reports(
        context.database,
        [row.id for row in parents],
        first=size + 1,
        after=id_after(after, 0),
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


async def reporters_of(context: Context, parents: Sequence[ReportRow]) -> list[MemberRow | None]:
    """Who reported, for administrators of the organization that decides."""
    own, admin = context.viewer.member_id, (Role.ADMIN,)
    known = [
        row.reporter_id if row.reporter_id == own or context.viewer.holds(admin, row.path) else None
        for row in parents
    ]
    ids = list({key for key in known if key is not None})
    found = await members(context.database, ids) if ids else {}
    return [found.get(key or 0) for key in known]


async def decidable_by_viewer(context: Context, parents: Sequence[CaseRow]) -> list[bool]:
    """Whether the viewer may decide each now."""
    at, own = now(), context.viewer.member_id
    return [obstacle(row, own, at) is None for row in parents]


def _state(self: Any) -> CaseState:
    return case_state(self, now())


def _claimant(row: CaseRow) -> int | None:
    return row.claimed_by_id if case_state(row, now()) is CaseState.CLAIMED else None


def _claimed_until(self: Any) -> datetime | None:
    claimed: datetime | None = self.claimed_until
    return claimed if case_state(self, now()) is CaseState.CLAIMED else None


@strawberry.type(description="What one member found wrong with a comment or a content (举报).")
class Report:
    """The shape of :class:`ReportRow`."""

    reason: ReportReason = strawberry.field(description="What is wrong.")
    note: str = strawberry.field(description="In the member's own words; may be empty.")
    quote: str = strawberry.field(
        description="The comment's words, or the content's title, when it was reported."
    )
    created_at: datetime = strawberry.field(description="When.")
    reporter: Member | None = edge(
        reporters_of, "Who: for administrators of the organization that decides, and oneself."
    )


@node(
    CaseRow,
    find=find_cases,
    description="Whether a comment or a content may stay (审核事项), for those who moderate the"
    " organization that decides.",
)
class ModerationCase(Node):
    """The shape of :class:`CaseRow`."""

    state: CaseState = strawberry.field(
        resolver=_state, description="How it stands at this moment."
    )
    subject: Node | None = edge(
        subjects_of, "The comment or content in question; null where the viewer does not see it."
    )
    text: str = strawberry.field(description="The comment's words, or the content's title.")
    author: Member | None = edge(_members_by(lambda row: row.author_id), "Whose words they are.")
    organization: Organization = strawberry.field(description="The tier that decides.")
    held_words: list[str] = strawberry.field(description="The words that held it (敏感词).")
    report_count: int = strawberry.field(description="How many members reported it.")
    reports: Connection[Report] = edge(reports_of, "What they found wrong, oldest first.")
    claimed_by: Member | None = edge(
        _members_by(_claimant), "Who keeps it to decide it; null unless CLAIMED."
    )
    claimed_until: datetime | None = strawberry.field(
        resolver=_claimed_until, description="Until when; null unless CLAIMED."
    )
    decision: Decision | None = strawberry.field(description="What was decided.")
    decided_by: Member | None = edge(_members_by(lambda row: row.decided_by_id), "Who decided.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    reason: str | None = strawberry.field(description="Why it was decided so.")
    appeal_of: Optional["ModerationCase"] = edge(
        appealed_from, "The decision that the author appeals from (申诉)."
    )
    statement: str | None = strawberry.field(description="What the author says in an appeal.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    viewer_can_decide: bool = edge(
        decidable_by_viewer,
        "Whether the viewer may claim and decide it now: not about their own words, nor where"
        " they decided before.",
    )


@node(
    HeldWordRow,
    find=find_held_words,
    description="A word that holds a comment until a moderator has read it (敏感词).",
)
class HeldWord(Node):
    """The shape of :class:`HeldWordRow`."""

    word: str = strawberry.field(description="The word as it was written.")
    organization: Organization = strawberry.field(
        description="Where it holds, and in all organizations below."
    )
    added_by: Member | None = edge(_members_by(lambda row: row.added_by_id), "Who added it.")


TYPES: tuple[Any, ...] = (ModerationCase, HeldWord)
