"""Correcting points, in the graph: inputs, requests that need a second person, and payload."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.members.queries import MemberRow, members
from app.points.models import Book, Kind, RequestState
from app.points.queries import EntryRow, entries_of, visible_entries
from app.points.requests import RequestRow, visible_requests
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.members import Member
from schema.nodes import Node, node
from schema.points import PointsEntry

strawberry.enum(
    RequestState,
    name="PointsRequestState",
    description="How a request stands: 待确认, 已确认, 已拒绝, 已过期.",
)


class PointsPayloadRow(NamedTuple):
    """An entry as it was committed, the request that it needs, or why nothing was done."""

    entry: EntryRow | None
    errors: list[UserError]
    request: RequestRow | None = None


async def find_requests(context: Context, ids: Sequence[int]) -> Mapping[int, RequestRow]:
    """Requests on members whom one administers."""
    return await visible_requests(context.database, context.viewer, ids)


async def _members(context: Context, ids: Sequence[int | None]) -> list[MemberRow | None]:
    wanted = list({key for key in ids if key is not None})
    found = await members(context.database, wanted) if wanted else {}
    return [found.get(key or 0) for key in ids]


async def members_of(context: Context, parents: Sequence[RequestRow]) -> list[MemberRow | None]:
    """Whose points each would correct."""
    return await _members(context, [row.member_id for row in parents])


async def askers_of(context: Context, parents: Sequence[RequestRow]) -> list[MemberRow | None]:
    """Who asked."""
    return await _members(context, [row.asker_id for row in parents])


async def deciders_of(context: Context, parents: Sequence[RequestRow]) -> list[MemberRow | None]:
    """Who decided."""
    return await _members(context, [row.decider_id for row in parents])


async def reversed_entries(
    context: Context, parents: Sequence[RequestRow]
) -> list[EntryRow | None]:
    """What each would reverse; who administers the member may see it."""
    ids = list({row.entry_id for row in parents if row.entry_id is not None})
    found = await visible_entries(context.database, context.viewer, ids) if ids else {}
    return [found.get(row.entry_id or 0) for row in parents]


async def posted_entries(context: Context, parents: Sequence[RequestRow]) -> list[EntryRow | None]:
    """What each led to."""
    ids = list({row.transaction_id for row in parents if row.transaction_id is not None})
    found = await entries_of(context.database, ids) if ids else {}
    return [found.get(row.transaction_id or 0) for row in parents]


@node(
    RequestRow,
    find=find_requests,
    description="A correction of points that waits for a second administrator (待确认的积分更正).",
)
class PointsRequest(Node):
    """The shape of :class:`app.points.requests.RequestRow`."""

    kind: Kind = strawberry.field(description="`ADJUSTMENT` or `REVERSAL`.")
    member: Member = edge(members_of, "Whose points it would correct.")
    book: Book = strawberry.field(description="The book to correct.")
    amount: int = strawberry.field(description="Points that the member would gain, or lose.")
    reverses: PointsEntry | None = edge(reversed_entries, "The entry that it would take back.")
    reason: str = strawberry.field(description="Why.")
    asked_by: Member = edge(askers_of, "Who asked; they may not decide (申请人).")
    state: RequestState = strawberry.field(description="How it stands.")
    decided_by: Member | None = edge(deciders_of, "The second person (确认人).")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    refusal: str | None = strawberry.field(description="Why it was refused (拒绝理由).")
    entry: PointsEntry | None = edge(posted_entries, "What was entered once it was approved.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    lapses_at: datetime = strawberry.field(description="Until when it can be decided.")


@strawberry.input(description="A correction of a member's points by hand.")
class AdjustPointsInput:
    """Who gets how much, and why."""

    member_id: strawberry.ID = strawberry.field(description="The member's id.")
    amount: int = strawberry.field(
        description="Points to add, or to take where negative; not 0, at most 10,000 either way."
    )
    reason: str = strawberry.field(description="Why, 1–200 characters; the member reads it.")
    idempotency_key: str = strawberry.field(
        description="1–100 characters of the client's choice: sent again, nothing is done twice."
    )
    book: Book = strawberry.field(default=Book.ADJUSTMENT, description="The book to correct.")


@strawberry.input(description="The reversal of an entry.")
class ReversePointsInput:
    """Which entry, and why."""

    entry_id: strawberry.ID = strawberry.field(description="The entry's id.")
    reason: str = strawberry.field(description="Why, 1–200 characters; the member reads it.")
    idempotency_key: str = strawberry.field(
        description="1–100 characters of the client's choice: sent again, nothing is done twice."
    )


@strawberry.input(description="A correction that one confirms as the second person.")
class ApprovePointsRequestInput:
    """Which request."""

    request_id: strawberry.ID = strawberry.field(description="The request's id.")


@strawberry.input(description="A correction that one refuses as the second person.")
class RefusePointsRequestInput:
    """Which request, and why."""

    request_id: strawberry.ID = strawberry.field(description="The request's id.")
    reason: str = strawberry.field(description="Why, 1–200 characters; who asked reads it.")


@strawberry.type(description="The new entry, the request that it waits for, or why there is none.")
class PointsPayload:
    """The shape of :class:`PointsPayloadRow`."""

    entry: PointsEntry | None = strawberry.field(
        description="What was entered; null while it waits for a second person."
    )
    request: PointsRequest | None = strawberry.field(
        description="The request, where the correction needs a second person (需要双人确认)."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


TYPES: tuple[Any, ...] = (PointsRequest,)
