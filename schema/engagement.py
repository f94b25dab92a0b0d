"""What members do with contents, in the graph: inputs and payloads."""

from typing import NamedTuple

import strawberry

from app.content.queries import ContentRow
from schema.content import Content
from schema.errors import UserError


class ContentPayloadRow(NamedTuple):
    """A content as it was committed, or why nothing was done."""

    content: ContentRow | None
    errors: list[UserError]


@strawberry.input(description="Which content.")
class ContentIdInput:
    """A content by its global id."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")


@strawberry.type(description="A content as it is now, or why nothing was done.")
class ContentPayload:
    """The shape of :class:`ContentPayloadRow`."""

    content: Content | None = strawberry.field(description="The content, counters included.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
