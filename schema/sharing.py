"""Sharing in the graph: what a link takes and gives."""

from collections.abc import Sequence
from typing import NamedTuple

import strawberry

from app.content.queries import ContentRow
from app.sharing.models import ShareChannel
from schema.content import Content
from schema.errors import UserError

strawberry.enum(
    ShareChannel,
    description="How a link is passed on: 复制链接, 微信, 企业微信, 钉钉, 邮件, 二维码.",
)


class ShareContentPayloadRow(NamedTuple):
    """A link and its content as it was committed, or why there is none."""

    url: str | None
    open_count: int | None
    content: ContentRow | None
    errors: Sequence[UserError]


@strawberry.input(description="What is shared, and how.")
class ShareContentInput:
    """A content and a channel."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    channel: ShareChannel = strawberry.field(description="How the link is passed on.")


@strawberry.input(description="Which link was followed.")
class OpenShareInput:
    """A link by its code."""

    code: str = strawberry.field(description="The last part of the link: `/s/<code>`.")


@strawberry.type(description="A trackable link, or why there is none.")
class ShareContentPayload:
    """The shape of :class:`ShareContentPayloadRow`."""

    url: str | None = strawberry.field(
        description="The viewer's own link on this channel; the same one however often asked for."
    )
    open_count: int | None = strawberry.field(
        description="How many members opened this link, the viewer not counted."
    )
    content: Content | None = strawberry.field(description="The content, counters included.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
