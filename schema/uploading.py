"""Upload in the graph, and what uploading takes and gives."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.uploads import queries
from app.uploads.models import MediaState, UploadPurpose
from app.uploads.queries import ImageRow, UploadRow, VideoRow
from media.patience import answered
from media.port import Ticket
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.nodes import Node, node
from schema.uploads import Image, Video

_IN_PARTS = "PARTS"

strawberry.enum(
    UploadPurpose,
    description="What an upload becomes: a picture (图片), a video (视频), one's portrait (头像), a"
    " Word document that `importRegulation` reads (文档).",
)


async def find_uploads(context: Context, ids: Sequence[int]) -> Mapping[int, UploadRow]:
    """One's own uploads."""
    return await queries.own_uploads(context.database, context.viewer, ids)


async def assets_of(
    context: Context, parents: Sequence[UploadRow]
) -> list[ImageRow | VideoRow | None]:
    """What became of each."""
    image_ids = [row.image_id for row in parents if row.image_id is not None]
    video_ids = [row.video_id for row in parents if row.video_id is not None]
    images = await queries.images(context.database, image_ids) if image_ids else {}
    videos = await queries.videos(context.database, video_ids) if video_ids else {}
    return [images.get(row.image_id or 0) or videos.get(row.video_id or 0) for row in parents]


class FieldRow(NamedTuple):
    """A header or a form field."""

    name: str
    value: str


class PartRow(NamedTuple):
    """A part of an upload: where it goes, and whether it has come."""

    number: int
    byte_size: int
    url: str
    received: bool


async def parts_of(context: Context, parents: Sequence[UploadRow]) -> list[list[PartRow]]:
    """The parts of each; the store tells which have come."""
    return list(await answered(asyncio.gather(*(_parts(context, row) for row in parents))))


async def _parts(context: Context, row: UploadRow) -> list[PartRow]:
    if row.multipart is None or row.state is not MediaState.AWAITING_UPLOAD:
        return []
    store, key, name = context.platform.media, row.object_key, row.multipart
    received = await store.received(key, name)
    return [
        PartRow(
            part.number,
            part.size,
            store.part_url(key, name, part, until=row.expires_at),
            received.get(part.number) == part.size,
        )
        for part in row.parts
    ]


def _ticket(context: Context, row: UploadRow) -> Ticket:
    if row.multipart is not None:
        return Ticket("", _IN_PARTS, {}, {})
    return context.platform.media.ticket(
        row.object_key, row.content_type, row.byte_size, until=row.expires_at
    )


async def urls_of(context: Context, parents: Sequence[UploadRow]) -> list[str]:
    """Where to send each."""
    return [_ticket(context, row).url for row in parents]


async def methods_of(context: Context, parents: Sequence[UploadRow]) -> list[str]:
    """How to send each."""
    return [_ticket(context, row).method for row in parents]


async def headers_of(context: Context, parents: Sequence[UploadRow]) -> list[list[FieldRow]]:
    """What to send beside each, as headers."""
    return [_fields(_ticket(context, row).headers) for row in parents]


async def form_fields_of(context: Context, parents: Sequence[UploadRow]) -> list[list[FieldRow]]:
    """What to send beside each, in the form."""
    return [_fields(_ticket(context, row).fields) for row in parents]


def _fields(values: Mapping[str, str]) -> list[FieldRow]:
    return [FieldRow(name, value) for name, value in values.items()]


@strawberry.type(description="A header to send with the bytes.")
class UploadHeader:
    """The shape of :class:`FieldRow`."""

    name: str = strawberry.field(description="The header's name.")
    value: str = strawberry.field(description="The header's value.")


@strawberry.type(description="A part of an upload that is sent in parts (分片).")
class UploadPart:
    """The shape of :class:`PartRow`."""

    number: int = strawberry.field(description="Its place, from 1.")
    byte_size: int = strawberry.field(
        description="How many bytes of the file it is: all parts but the last are as large."
    )
    url: str = strawberry.field(
        description="Where to PUT just these bytes; may be relative to this API. A header"
        " Content-MD5 is checked where it is sent."
    )
    received: bool = strawberry.field(description="Whether it has come, whole.")


@strawberry.type(description="A field of the form to send the bytes in.")
class UploadField:
    """The shape of :class:`FieldRow`."""

    name: str = strawberry.field(description="The field's name.")
    value: str = strawberry.field(description="The field's value.")


@node(
    UploadRow,
    find=find_uploads,
    description="Bytes that a member sends, and what became of them (上传). With `method` PUT the"
    " body is the file; with POST it is a multipart form of `formFields`, and the file last, as"
    " `file`; with PARTS the file is cut into `parts`. One's own only.",
)
class Upload(Node):
    """The shape of :class:`UploadRow`."""

    state: MediaState = strawberry.field(description="How far it has come.")
    progress: int = strawberry.field(description="How much of the work is done, in hundredths.")
    filename: str = strawberry.field(description="The name it was sent under, made safe to show.")
    url: str = edge(
        urls_of, "Where to send the bytes; may be relative to this API. Empty with PARTS."
    )
    method: str = edge(methods_of, "PUT, POST or PARTS.")
    headers: list[UploadHeader] = edge(headers_of, "Headers to send with the bytes.")
    form_fields: list[UploadField] = edge(form_fields_of, "Fields of the form, before the file.")
    parts: list[UploadPart] = edge(
        parts_of,
        "With PARTS, until it is completed: what to send, in any order, several at once, and again"
        " whatever did not come through. Ask again to go on after an interruption.",
    )
    expires_at: datetime = strawberry.field(description="Until when the bytes may be sent.")
    asset: Node | None = edge(assets_of, "The Image or Video, once READY; null for a document.")
    rejection: str | None = strawberry.field(description="Why it was REJECTED, fit to be shown.")


class UploadPayloadRow(NamedTuple):
    """An upload as it was committed, or why nothing was done."""

    upload: UploadRow | None
    errors: list[UserError]


class ImagePayloadRow(NamedTuple):
    """A picture as it was committed, or why nothing was done."""

    image: ImageRow | None
    errors: list[UserError]


class VideoPayloadRow(NamedTuple):
    """A video as it was committed, or why nothing was done."""

    video: VideoRow | None
    errors: list[UserError]


@strawberry.input(description="What is to be sent.")
class RequestUploadInput:
    """A file and its purpose."""

    filename: str = strawberry.field(description="Its name, kept for showing only.")
    content_type: str = strawberry.field(
        description="Pictures: image/jpeg, image/png, image/webp, image/avif, image/heic. Videos:"
        " video/mp4, video/quicktime, video/webm. Documents:"
        " application/vnd.openxmlformats-officedocument.wordprocessingml.document."
    )
    byte_size: int = strawberry.field(
        description="Its size, exactly. Pictures up to 30 MB, portraits 10 MB, documents 20 MB,"
        " videos 2 GB."
    )
    purpose: UploadPurpose = strawberry.field(description="What it is to become.")
    in_parts: bool = strawberry.field(
        default=False,
        description="For videos: to send it in parts, so that an interruption costs one part"
        " (断点续传). It may then take 12 hours.",
    )


@strawberry.input(description="Which upload.")
class UploadIdInput:
    """An upload by its global id."""

    upload_id: strawberry.ID = strawberry.field(description="The upload's id.")


@strawberry.input(description="What a picture shows, in words.")
class DescribeImageInput:
    """A picture and its words."""

    image_id: strawberry.ID = strawberry.field(description="The picture's id.")
    alt: str = strawberry.field(description="What it shows (替代文本), 1–200 signs.")


@strawberry.input(description="Captions for a video.")
class CaptionVideoInput:
    """A video, a language, and the text."""

    video_id: strawberry.ID = strawberry.field(description="The video's id.")
    language: str = strawberry.field(description="The language, such as zh-CN.")
    label: str = strawberry.field(description="What members choose it by, 1–40 signs.")
    text: str = strawberry.field(description="WebVTT, at most 100,000 signs; its cues are kept.")


@strawberry.type(description="A video as it is now, or why nothing was done.")
class VideoPayload:
    """The shape of :class:`VideoPayloadRow`."""

    video: Video | None = strawberry.field(description="The video.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type(description="An upload as it is now, or why nothing was done.")
class UploadPayload:
    """The shape of :class:`UploadPayloadRow`."""

    upload: Upload | None = strawberry.field(description="The upload.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type(description="A picture as it is now, or why nothing was done.")
class ImagePayload:
    """The shape of :class:`ImagePayloadRow`."""

    image: Image | None = strawberry.field(description="The picture.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


TYPES: tuple[Any, ...] = (Upload,)
