"""Writing comments, in the graph: inputs and payloads."""

from typing import NamedTuple

import strawberry

from app.engagement.queries import CommentRow
from schema.comments import Comment
from schema.errors import UserError


class CommentPayloadRow(NamedTuple):
    """A comment as it was committed, or why nothing was done."""

    comment: CommentRow | None
    errors: list[UserError]


@strawberry.input(description="What to say about a content.")
class AddCommentInput:
    """A comment, or an answer to one."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    body: str = strawberry.field(description="Plain text, 1–2,000 characters.")
    reply_to_id: strawberry.ID | None = strawberry.field(
        default=None, description="The comment that it answers, on the same content."
    )
    mention_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Members whom it names (@), at most 10, who may see the content.",
    )
    client_key: str | None = strawberry.field(
        default=None,
        description="A key of the client's choice, 1–64 characters: sent again with the same"
        " comment it answers the one that was written, with another it is CONFLICT.",
    )


@strawberry.input(description="How to change a comment.")
class EditCommentInput:
    """New words for one's own comment, within ten minutes."""

    comment_id: strawberry.ID = strawberry.field(description="The comment's id.")
    body: str = strawberry.field(description="Plain text, 1–2,000 characters.")
    mention_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Whom it names from now on; null leaves that as it is."
    )


@strawberry.input(description="Which comment to remove.")
class RemoveCommentInput:
    """A comment, and why."""

    comment_id: strawberry.ID = strawberry.field(description="The comment's id.")
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–200 characters, for its author to read; needed unless it is one's own.",
    )


@strawberry.input(description="Which removal to appeal from.")
class AppealRemovalInput:
    """One's own comment, and what speaks for it."""

    comment_id: strawberry.ID = strawberry.field(description="The comment's id.")
    statement: str = strawberry.field(description="What speaks for it, 1–500 characters.")


@strawberry.type(description="A comment as it is now, or why nothing was done.")
class CommentPayload:
    """The shape of :class:`CommentPayloadRow`."""

    comment: Comment | None = strawberry.field(description="The comment.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
