"""Writes on uploads: leave to send, sent, made ready or rejected, described."""

import secrets
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.announcements import announce, hint
from app.database.columns import now
from app.errors import Forbidden, NotFound, RateLimited
from app.jobs import JobKind, enqueue
from app.uploads.models import Image, MediaState, Upload, UploadPurpose, Video, VideoTrack
from app.uploads.parts import part_size
from app.uploads.rules import (
    PARTS_LIFETIME,
    TICKET_LIFETIME,
    Quota,
    check_request,
    display_name,
)

_QUOTA = Quota()
_UNFINISHED = (MediaState.AWAITING_UPLOAD, MediaState.PROCESSING)


class Wanted(NamedTuple):
    """What a member wants to send."""

    filename: str
    content_type: str
    byte_size: int
    purpose: UploadPurpose


class Place(NamedTuple):
    """Where the bytes of an upload go; ``multipart`` where they come in parts."""

    object_key: str
    multipart: str | None = None


def upload_topic(upload_id: int) -> str:
    """Where changes of an upload are announced."""
    return f"upload:{upload_id}"


def new_key() -> str:
    """Where the bytes of another upload lie until they are looked at."""
    return f"quarantine/{secrets.token_hex(16)}"


async def request(session: AsyncSession, member_id: int, wanted: Wanted, *, to: Place) -> Upload:
    """Give leave to send something, within what one member may at a time."""
    check_request(wanted.purpose, wanted.content_type, wanted.byte_size)
    whole = to.multipart is None
    lifetime = TICKET_LIFETIME[wanted.purpose] if whole else PARTS_LIFETIME
    made = Upload(
        member_id=member_id,
        purpose=wanted.purpose,
        filename=display_name(wanted.filename),
        content_type=wanted.content_type,
        byte_size=wanted.byte_size,
        object_key=to.object_key,
        multipart=to.multipart,
        part_size=None if whole else part_size(wanted.byte_size),
        expires_at=now() + lifetime,
    )
    await _keep_within_quota(session, member_id, wanted.byte_size)
    session.add(made)
    await session.flush()
    return made


async def complete(session: AsyncSession, member_id: int, upload_id: int) -> bool:
    """The bytes are sent: owe the work on them, if any. False where that was done before."""
    upload = await _own(session, member_id, upload_id)
    if upload.state is not MediaState.AWAITING_UPLOAD:
        return False
    announce(session, upload_topic(upload_id))
    if upload.purpose is UploadPurpose.DOCUMENT:
        upload.state, upload.progress = MediaState.READY, 100
        return True
    upload.state = MediaState.PROCESSING
    video = upload.purpose is UploadPurpose.VIDEO
    enqueue(session, JobKind.PREPARE_VIDEO if video else JobKind.PREPARE_IMAGE, upload.id)
    return True


async def reject(session: AsyncSession, upload_id: int, reason: str) -> None:
    """Nothing comes of it, and its sender reads why."""
    await _settle(session, upload_id, state=MediaState.REJECTED, rejection=reason[:200])


async def settle_image(session: AsyncSession, upload_id: int, image_id: int, digest: str) -> None:
    """It became this picture, which its sender may now use."""
    await _hand_over(session, Image, image_id, upload_id)
    await _settle(
        session, upload_id, state=MediaState.READY, image_id=image_id, digest=digest, progress=100
    )


async def settle_video(session: AsyncSession, upload_id: int, video_id: int, digest: str) -> None:
    """It became this video, which its sender may now use."""
    await _hand_over(session, Video, video_id, upload_id)
    await _settle(
        session, upload_id, state=MediaState.READY, video_id=video_id, digest=digest, progress=100
    )


async def report_progress(session: AsyncSession, upload_id: int, hundredths: int) -> None:
    """Tell how far the work has come."""
    # Told often, and looked at again anyway.
    hint(session, upload_topic(upload_id))
    await _change(session, upload_id, progress=hundredths)


async def same_before(
    session: AsyncSession, member_id: int, purpose: UploadPurpose, digest: str
) -> Upload | None:
    """The member's earlier upload of the same bytes for the same purpose, if that is READY.

    Each member has an asset of their own, whose words are theirs; its objects may be shared.
    """
    found = await session.scalars(
        sa.select(Upload)
        .where(
            col(Upload.member_id) == member_id,
            col(Upload.digest) == digest,
            col(Upload.purpose) == purpose,
            col(Upload.state) == MediaState.READY,
        )
        .order_by(col(Upload.id))
        .limit(1)
    )
    return found.first()


async def describe(session: AsyncSession, member_id: int, image_id: int, *, alt: str) -> None:
    """Say what a picture shows; its sender may. Whoever calls has seen the picture."""
    image = await session.get(Image, image_id, with_for_update=True)
    if image is None:
        raise NotFound("图片不存在或不可见", "input", "imageId")
    if not await sent_by(session, member_id, image_id=image_id):
        raise Forbidden("只有上传者可以填写替代文本", "input", "imageId")
    image.alt = alt


async def captionable(session: AsyncSession, member_id: int, video_id: int) -> str:
    """The key of a video that the member sent, below which captions go."""
    video = await session.get(Video, video_id)
    if video is None:
        raise NotFound("视频不存在或不可见", "input", "videoId")
    if not await sent_by(session, member_id, video_id=video_id):
        raise Forbidden("只有上传者可以添加字幕", "input", "videoId")
    return video.object_key


async def caption(session: AsyncSession, track: VideoTrack) -> None:
    """Show captions, whose file is kept, instead of those of their language."""
    await session.merge(track)


async def sent_by(session: AsyncSession, member_id: int, **asset: int) -> bool:
    """Whether the member sent a picture (``image_id=``) or a video (``video_id=``)."""
    found = await session.scalar(
        sa.select(col(Upload.id)).filter_by(member_id=member_id, **asset).limit(1)
    )
    return found is not None


async def add_image(session: AsyncSession, **made: Any) -> Image:
    """A picture that is ready."""
    image = Image(state=MediaState.READY, **made)
    session.add(image)
    await session.flush()
    return image


async def add_video(session: AsyncSession, **made: Any) -> Video:
    """A video that is ready."""
    video = Video(state=MediaState.READY, **made)
    session.add(video)
    await session.flush()
    return video


async def move(
    session: AsyncSession, table: type[Image] | type[Video], asset_id: int, key: str
) -> None:
    """Say where an asset's objects are fetched from now."""
    await session.execute(sa.update(table).where(col(table.id) == asset_id).values(object_key=key))


async def is_used(session: AsyncSession, table: type[Image] | type[Video], key: str) -> bool:
    """Whether an asset's objects are fetched from ``key``: assets of several members may share."""
    found = await session.scalar(
        sa.select(col(table.id)).where(col(table.object_key) == key).limit(1)
    )
    return found is not None


async def _keep_within_quota(session: AsyncSession, member_id: int, byte_size: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # Twenty at once must not all pass the count.
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(member_id)))
    today = now() - timedelta(days=1)
    counted = await session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(col(Upload.byte_size)), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((col(Upload.state).in_(_UNFINISHED), 1), else_=0)), 0
            ),
        ).where(col(Upload.member_id) == member_id, col(Upload.created_at) > today)
    )
    uploads, sent, unfinished = counted.one()
    if unfinished >= _QUOTA.unfinished:
        raise RateLimited(f"未完成的上传已有 {unfinished} 个，请完成后再试")
    if uploads >= _QUOTA.a_day or sent + byte_size > _QUOTA.bytes_a_day:
        raise RateLimited("今日上传已达上限，请明天再试")


async def _own(session: AsyncSession, member_id: int, upload_id: int) -> Upload:
    upload = await session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.member_id != member_id:
        raise NotFound("上传不存在", "input", "uploadId")
    return upload


async def _hand_over(
    session: AsyncSession, table: type[Image | Video], asset_id: int, upload_id: int
) -> None:
    sender = sa.select(col(Upload.member_id)).where(col(Upload.id) == upload_id)
    owned = sa.update(table).where(col(table.id) == asset_id)
    await session.execute(owned.values(owner_id=sender.scalar_subquery()))


async def _settle(session: AsyncSession, upload_id: int, **values: object) -> None:
    announce(session, upload_topic(upload_id))
    await _change(session, upload_id, **values)


async def _change(session: AsyncSession, upload_id: int, **values: object) -> None:
    # What is settled stays so, whichever of two workers was first.
    await session.execute(
        sa.update(Upload)
        .where(col(Upload.id) == upload_id, col(Upload.state) == MediaState.PROCESSING)
        .values(values)
    )
