"""Doors for uploads: requestUpload, completeUpload, describeImage, captionVideo."""

import asyncio
from typing import Annotated, Any

import strawberry

from app.errors import Conflict, NotFound, Refusal, Unauthenticated
from app.knowledge.actions import require_keeper
from app.uploads import actions, queries
from app.uploads.actions import Place, Wanted, new_key
from app.uploads.captions import checked_captions, checked_language, object_name
from app.uploads.models import MediaState, UploadPurpose, VideoTrack
from app.uploads.parts import missing
from app.uploads.queries import ImageRow, UploadRow, VideoRow
from app.uploads.rules import check_in_parts, check_request, checked_alt, checked_label
from media.keys import closed
from media.patience import answered
from schema.context import Context
from schema.errors import user_errors
from schema.nodes import key_of
from schema.uploading import (
    CaptionVideoInput,
    DescribeImageInput,
    ImagePayload,
    ImagePayloadRow,
    RequestUploadInput,
    UploadIdInput,
    UploadPayload,
    UploadPayloadRow,
    VideoPayload,
    VideoPayloadRow,
)
from schema.uploads import find_images, find_videos

#: Numbers of missing parts that a message holds; `parts` tells all.
_NAMED = 5

Info = strawberry.Info[Context]


@strawberry.type
class UploadMutations:
    """Root fields of uploading."""

    @strawberry.mutation(
        description="Ask for leave to send a picture or a video (申请上传), for members; or a"
        " document, for who may import regulations. The bytes then go straight to the store;"
        " `completeUpload` tells that they are there.",
        graphql_type=UploadPayload,
    )
    async def request_upload(
        self,
        info: Info,
        input: Annotated[RequestUploadInput, strawberry.argument(description="What is sent.")],
    ) -> Any:
        """Give leave."""
        try:
            return UploadPayloadRow(await _request(info.context, input), [])
        except Refusal as refusal:
            return UploadPayloadRow(None, user_errors(refusal))

    @strawberry.mutation(
        description="Tell that the bytes of one's upload are sent (完成上传): it is then looked at"
        " and made ready, or rejected. Twice is the same as once.",
        graphql_type=UploadPayload,
    )
    async def complete_upload(
        self,
        info: Info,
        input: Annotated[UploadIdInput, strawberry.argument(description="Which upload.")],
    ) -> Any:
        """Owe the work."""
        try:
            return UploadPayloadRow(await _complete(info.context, input), [])
        except Refusal as refusal:
            return UploadPayloadRow(None, user_errors(refusal))

    @strawberry.mutation(
        description="Say in words what a picture shows (替代文本); for whoever uploaded it.",
        graphql_type=ImagePayload,
    )
    async def describe_image(
        self,
        info: Info,
        input: Annotated[DescribeImageInput, strawberry.argument(description="The words.")],
    ) -> Any:
        """Describe."""
        try:
            return ImagePayloadRow(await _describe(info.context, input), [])
        except Refusal as refusal:
            return ImagePayloadRow(None, user_errors(refusal))

    @strawberry.mutation(
        description="Add captions to a video (字幕), or replace those of their language; for"
        " whoever uploaded it.",
        graphql_type=VideoPayload,
    )
    async def caption_video(
        self,
        info: Info,
        input: Annotated[CaptionVideoInput, strawberry.argument(description="The captions.")],
    ) -> Any:
        """Caption."""
        try:
            return VideoPayloadRow(await _caption(info.context, input), [])
        except Refusal as refusal:
            return VideoPayloadRow(None, user_errors(refusal))


async def _request(context: Context, given: RequestUploadInput) -> UploadRow:
    member_id = _member(context)
    wanted = Wanted(given.filename, given.content_type, given.byte_size, given.purpose)
    if given.purpose is UploadPurpose.DOCUMENT:
        await require_keeper(context.database, context.viewer)
    if given.in_parts:
        return await _own(context, await _begin_parts(context, member_id, wanted))
    async with context.database.transaction() as session:
        made = await actions.request(session, member_id, wanted, to=Place(new_key()))
    return await _own(context, made.id)


async def _begin_parts(context: Context, member_id: int, wanted: Wanted) -> int:
    """The store is asked first, and outside the transaction: it may be slow, and others write."""
    check_in_parts(wanted.purpose)
    check_request(wanted.purpose, wanted.content_type, wanted.byte_size)
    store, key = context.platform.media, new_key()
    place = Place(key, await answered(store.begin_parts(key, wanted.content_type)))
    try:
        async with context.database.transaction() as session:
            return (await actions.request(session, member_id, wanted, to=place)).id
    except Refusal:
        await answered(store.drop_parts(key, place.multipart or ""))
        raise


async def _complete(context: Context, given: UploadIdInput) -> UploadRow:
    member_id = _member(context)
    upload = await _own(context, key_of(given.upload_id, "Upload", "input", "uploadId"))
    # The store is asked outside the transaction: it may be slow, and others write.
    if upload.state is MediaState.AWAITING_UPLOAD:
        await _check_has_come(context, upload)
    async with context.database.transaction() as session:
        await actions.complete(session, member_id, upload.id)
    return await _own(context, upload.id)


async def _check_has_come(context: Context, upload: UploadRow) -> None:
    store = context.platform.media
    if upload.multipart is None:
        if await answered(store.size(upload.object_key)) is None:
            raise Conflict("文件尚未上传完成", "input", "uploadId")
        return
    received = await answered(store.received(upload.object_key, upload.multipart))
    if numbers := missing(upload.parts, received):
        named = "、".join(map(str, numbers[:_NAMED])) + ("…" if len(numbers) > _NAMED else "")
        raise Conflict(f"文件尚未上传完成，缺少第 {named} 部分", "input", "uploadId")


async def _describe(context: Context, given: DescribeImageInput) -> ImageRow:
    member_id, alt = _member(context), checked_alt(given.alt)
    key = key_of(given.image_id, "Image", "input", "imageId")
    if key not in await find_images(context, [key]):
        raise NotFound("图片不存在或不可见", "input", "imageId")
    async with context.database.transaction() as session:
        await actions.describe(session, member_id, key, alt=alt)
    return (await queries.images(context.database, [key]))[key]


async def _caption(context: Context, given: CaptionVideoInput) -> VideoRow:
    member_id, text = _member(context), checked_captions(given.text)
    language, label = checked_language(given.language), checked_label(given.label)
    key = key_of(given.video_id, "Video", "input", "videoId")
    if key not in await find_videos(context, [key]):
        raise NotFound("视频不存在或不可见", "input", "videoId")
    name = object_name(key, language)
    async with context.database.transaction() as session:
        folder = await actions.captionable(session, member_id, key)
    # The closed copy is the one that lasts; beside it, the one that is shown now.
    store, folders = context.platform.media, {closed(folder), folder}
    puts = [store.put(f"{each}/{name}", text.encode()) for each in folders]
    await answered(asyncio.gather(*puts))
    track = VideoTrack(video_id=key, language=language, label=label, object_name=name)
    async with context.database.transaction() as session:
        await actions.caption(session, track)
    return (await queries.videos(context.database, [key]))[key]


async def _own(context: Context, key: int) -> UploadRow:
    found = await queries.own_uploads(context.database, context.viewer, [key])
    if key not in found:
        raise NotFound("上传不存在", "input", "uploadId")
    return found[key]


def _member(context: Context) -> int:
    if context.viewer.member_id is None:
        raise Unauthenticated("请先登录")
    return context.viewer.member_id
