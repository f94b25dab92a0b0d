"""What reviewers decide, in the graph: inputs of the deeds on a content."""

from datetime import datetime

import strawberry

from schema.audiences import AudienceInput


@strawberry.input(description="A content to publish, now or at a time.")
class PublishContentInput:
    """A content by its id."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    at: datetime | None = strawberry.field(
        default=None, description="When, within a year; at once when left out (定时发布)."
    )
    version: int | None = strawberry.field(
        default=None,
        description="The number of the revision that the reviewer read: a later one is CONFLICT.",
    )


@strawberry.input(description="A content to give back to those who write it.")
class ReturnContentInput:
    """A content by its id, and why."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    reason: str = strawberry.field(
        description="Why, for its author to read, 1–400 characters (退回理由)."
    )


@strawberry.input(description="A published content to propose to a wider audience.")
class RecommendContentInput:
    """A content by its id, and for whom."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    audience: AudienceInput = strawberry.field(description="Who else is to see it.")


@strawberry.input(description="The recording of a live stream that has ended.")
class SetLiveReplayInput:
    """A live stream by its id, and the recording."""

    content_id: strawberry.ID = strawberry.field(description="The live stream's id.")
    video_id: strawberry.ID | None = strawberry.field(
        default=None, description="The recording; none takes it away (回放)."
    )
