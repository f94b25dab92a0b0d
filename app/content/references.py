"""What an author may refer to: pictures and videos that are theirs or seen, columns in reach."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.columns import visible_columns
from app.content.pictures import visible_images, visible_videos
from app.database import Database
from app.database.statements import Among, Statement
from app.errors import Invalid
from app.uploads.models import Image, Video
from app.visibility import Viewer


class _OwnRow(NamedTuple):
    id: int


class _LengthRow(NamedTuple):
    duration_seconds: float | None


_ME = sa.bindparam("member_id", type_=sa.BigInteger)
_OWN_IMAGES = Statement(
    _OwnRow,
    sa.select(col(Image.id)).where(Among(col(Image.id), "ids"), col(Image.owner_id) == _ME),
)
_OWN_VIDEOS = Statement(
    _OwnRow,
    sa.select(col(Video.id)).where(Among(col(Video.id), "ids"), col(Video.owner_id) == _ME),
)
_LENGTH = Statement(
    _LengthRow, sa.select(col(Video.duration_seconds)).where(Among(col(Video.id), "ids"))
)


async def check_images(database: Database, viewer: Viewer, ids: Sequence[int], name: str) -> None:
    """Refuse pictures that the viewer neither brought nor sees, naming the field."""
    if not ids:
        return
    own = {row.id for row in await database.fetch(_OWN_IMAGES, ids=ids, member_id=viewer.member_id)}
    others = [key for key in ids if key not in own]
    if others and set(others) - set(await visible_images(database, viewer, others)):
        raise Invalid("图片不存在或不可使用", "input", name)


async def check_video(database: Database, viewer: Viewer, video_id: int, name: str) -> int | None:
    """Refuse a video that the viewer neither brought nor sees; answers its length in seconds."""
    own = await database.fetch(_OWN_VIDEOS, ids=[video_id], member_id=viewer.member_id)
    if not own and not await visible_videos(database, viewer, [video_id]):
        raise Invalid("视频不存在或不可使用", "input", name)
    found = await database.first(_LENGTH, ids=[video_id])
    seconds = found and found.duration_seconds
    return None if seconds is None else round(seconds)


async def check_column(
    database: Database, viewer: Viewer, column_id: int, organization_path: str
) -> None:
    """Refuse a column that the viewer does not see, or of no organization at or above theirs."""
    column = (await visible_columns(database, viewer, [column_id])).get(column_id)
    if column is None or not organization_path.startswith(column.organization_path):
        raise Invalid("专栏不存在，或不属于本组织及上级组织", "input", "columnId")
