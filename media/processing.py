"""The work on an upload: out of quarantine, looked at, made ready, kept; or rejected, and why."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.members.actions import wear
from app.uploads import actions, queries
from app.uploads.models import MediaState, UploadPurpose
from app.uploads.queries import UploadRow
from media.images import rendition_key
from media.keys import closed
from media.pictures import Picture, make_picture
from media.port import MediaStore
from media.refusals import Rejected
from media.videos import Progress, Video, make_video
from media.workshop import Workshop

_log = structlog.get_logger("media")

#: Whoever watches is told at most so often.
_REPORT_SECONDS = 1.0


class Source(NamedTuple):
    """The bytes of an upload in a local file, and their SHA-256."""

    path: Path
    digest: str


Making = Callable[[Workshop, UploadRow, Source], Awaitable[None]]


async def prepare_image(shop: Workshop, upload_id: int) -> None:
    """Make a picture of an upload, or reject it. Doing it again is the same as once."""
    await _work(shop, upload_id, _make_image)


async def prepare_video(shop: Workshop, upload_id: int) -> None:
    """Make a video of an upload, or reject it. Doing it again is the same as once."""
    await _work(shop, upload_id, _make_video)


async def give_up(shop: Workshop, upload_id: int) -> None:
    """The work on an upload failed again and again: its sender shall not wait any longer."""
    async with shop.database.transaction() as session:
        await actions.reject(session, upload_id, "处理失败，请稍后重新上传")


async def keep_picture(store: MediaStore, made: Picture) -> dict[str, Any]:
    """Keep the renditions where they are closed; answers the values of the picture's row."""
    key = closed(made.key)
    for width in made.widths:
        await store.put_file(rendition_key(key, width), made.folder / f"{width}.webp")
    return {
        "object_key": key,
        "width": made.width,
        "height": made.height,
        "widths": made.widths,
        "placeholder": made.placeholder,
    }


async def keep_video(store: MediaStore, made: Video, digest: str) -> dict[str, Any]:
    """Keep a video's files where they are closed; answers the values of its row."""
    key = closed(f"video/{digest[:40]}")
    for path in sorted(each for each in made.folder.rglob("*") if each.is_file()):
        await store.put_file(f"{key}/{path.relative_to(made.folder)}", path)
    return {
        "object_key": key,
        "width": made.width,
        "height": made.height,
        "duration_seconds": made.duration_seconds,
    }


async def _work(shop: Workshop, upload_id: int, make: Making) -> None:
    upload = await queries.upload(shop.database, upload_id)
    if upload is None:
        return
    if upload.state is MediaState.PROCESSING:
        folder = shop.folder / str(upload_id)
        # Whoever worked here before us was killed, and left things half done.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            await make(shop, upload, await _take_out(shop, upload, folder))
        except Rejected as finding:
            _log.info("upload.rejected", upload=upload_id, reason=finding.reason)
            async with shop.database.transaction() as session:
                await actions.reject(session, upload_id, finding.reason)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    await shop.store.delete(upload.object_key)
    if upload.multipart is not None:
        await shop.store.drop_parts(upload.object_key, upload.multipart)


async def _take_out(shop: Workshop, upload: UploadRow, folder: Path) -> Source:
    path, key = folder / "source", upload.object_key
    if upload.multipart is not None:
        # What misses now was lost since it was completed; there is no object then.
        await shop.store.join_parts(key, upload.multipart, upload.parts)
    if not await shop.store.fetch(key, path):
        raise Rejected("没有收到文件，请重新上传")
    if path.stat().st_size != upload.byte_size:
        raise Rejected("收到的文件与申报的大小不符，请重新上传")
    return Source(path, await asyncio.to_thread(_digest, path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _make_image(shop: Workshop, upload: UploadRow, source: Source) -> None:
    if await _is_known(shop, upload, source):
        return
    square = upload.purpose is UploadPurpose.AVATAR
    made = await make_picture(source.path, source.path.with_name("made"), square=square)
    values = await keep_picture(shop.store, made)
    async with shop.database.transaction() as session:
        image = await actions.add_image(session, **values)
        await _become_image(session, upload, image.id, source.digest)


async def _is_known(shop: Workshop, upload: UploadRow, source: Source) -> bool:
    """The same bytes twice are one asset: the upload becomes what the earlier one became."""
    async with shop.database.transaction() as session:
        before = await actions.same_before(session, upload.member_id, upload.purpose, source.digest)
        if before is None:
            return False
        if before.image_id is not None:
            await _become_image(session, upload, before.image_id, source.digest)
        if before.video_id is not None:
            await actions.settle_video(session, upload.id, before.video_id, source.digest)
        return True


async def _become_image(
    session: AsyncSession, upload: UploadRow, image_id: int, digest: str
) -> None:
    await actions.settle_image(session, upload.id, image_id, digest)
    if upload.purpose is UploadPurpose.AVATAR:
        await wear(session, upload.member_id, image_id)


async def _make_video(shop: Workshop, upload: UploadRow, source: Source) -> None:
    if await _is_known(shop, upload, source):
        return
    folder = source.path.parent
    async with _reporting(shop, upload.id) as progress:
        made = await make_video(source.path, folder / "video", progress)
    poster = await make_picture(made.poster, folder / "poster")
    poster_values = await keep_picture(shop.store, poster)
    values = await keep_video(shop.store, made, source.digest)
    async with shop.database.transaction() as session:
        image = await actions.add_image(session, **poster_values)
        video = await actions.add_video(session, **values, poster_id=image.id)
        await actions.settle_video(session, upload.id, video.id, source.digest)


@asynccontextmanager
async def _reporting(shop: Workshop, upload_id: int) -> AsyncIterator[Progress]:
    """Keep the upload's progress in step, now and then: its sender asks for it."""
    done = 0.0

    def hear(part: float) -> None:
        nonlocal done
        done = part

    async def report() -> None:
        told = 0
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            # The last steps, after the encoding, are the remaining two hundredths.
            if (hundredths := int(done * 98)) > told:
                told = hundredths
                async with shop.database.transaction() as session:
                    await actions.report_progress(session, upload_id, told)

    reporting = asyncio.create_task(report())
    try:
        yield hear
    finally:
        reporting.cancel()
        await asyncio.wait({reporting})
