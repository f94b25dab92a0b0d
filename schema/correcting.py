"""Correcting points, in the graph: inputs and payload."""

from typing import NamedTuple

import strawberry

from app.points.models import Book
from app.points.queries import EntryRow
from schema.errors import UserError
from schema.points import PointsEntry


class PointsPayloadRow(NamedTuple):
    """An entry as it was committed, or why nothing was done."""

    entry: EntryRow | None
    errors: list[UserError]


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


@strawberry.type(description="The new entry, or why nothing was done.")
class PointsPayload:
    """The shape of :class:`PointsPayloadRow`."""

    entry: PointsEntry | None = strawberry.field(description="What was entered.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
