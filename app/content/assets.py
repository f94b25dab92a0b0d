"""Which pictures and videos stand on something public: anybody may fetch those, and no others."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content, ContentImage, LiveStream, MicroLecture, ShowcaseColumn
from app.content.queries import LIMIT, PUBLISHED
from app.database import Database
from app.database.statements import Among, AnySelect, Statement, Within
from app.uploads.models import Image, Video
from app.visibility import PUBLIC

_CLOSED = "closed/%"


class AssetRow(NamedTuple):
    """A picture or video whose key does not say what it should; ``shown`` if that is "open"."""

    id: int
    object_key: str
    shown: bool


def _public(owner: Any) -> Any:
    return sa.literal_column(f"'{PUBLIC}'") == owner.audience_key


def _on_public_content(asset: Any, of: Any, beside: Any = None) -> sa.ColumnElement[bool]:
    """``of`` is the ``asset`` of a content (or of what stands ``beside`` it) that anybody sees."""
    seen: Any = sa.select(sa.literal_column("1")).select_from(Content)
    if beside is not None:
        seen = seen.join(beside, beside.content_id == col(Content.id))
    rows: sa.Select[Any] = seen.where(asset == of, col(Content.status) == PUBLISHED)
    return rows.where(_public(Content)).exists()


_VIDEO_SHOWN = sa.or_(
    _on_public_content(col(MicroLecture.video_id), col(Video.id), MicroLecture),
    _on_public_content(col(LiveStream.replay_id), col(Video.id), LiveStream),
)
_POSTER_SHOWN = (
    sa.select(col(Video.id)).where(col(Video.poster_id) == col(Image.id), _VIDEO_SHOWN).exists()
)
_COLUMN_SHOWN = (
    sa.select(col(ShowcaseColumn.id))
    .where(col(ShowcaseColumn.cover_id) == col(Image.id), _public(ShowcaseColumn))
    .exists()
)
_IMAGE_SHOWN = sa.or_(
    _on_public_content(col(Content.cover_id), col(Image.id)),
    _on_public_content(col(ContentImage.image_id), col(Image.id), ContentImage),
    _COLUMN_SHOWN,
    _POSTER_SHOWN,
)
_VIDEOS_OF: Any = sa.union_all(
    sa.select(col(MicroLecture.video_id)).where(Among(col(MicroLecture.content_id), "ids")),
    sa.select(col(LiveStream.replay_id)).where(Among(col(LiveStream.content_id), "ids")),
)
_IMAGES_OF: Any = sa.union_all(
    sa.select(col(Content.cover_id)).where(Among(col(Content.id), "ids")),
    sa.select(col(ContentImage.image_id)).where(Among(col(ContentImage.content_id), "ids")),
    sa.select(col(Video.poster_id)).where(Within(col(Video.id), _VIDEOS_OF)),
)


def _misplaced(asset: Any, shown: sa.ColumnElement[bool]) -> AnySelect:
    closed = asset.object_key.like(_CLOSED)
    wrong = sa.or_(sa.and_(shown, closed), sa.and_(sa.not_(shown), sa.not_(closed)))
    return sa.select(asset.id, asset.object_key, sa.type_coerce(shown, sa.Boolean)).where(wrong)


_EVERYWHERE: dict[type[Image] | type[Video], Statement[AssetRow]] = {
    table: Statement(AssetRow, _misplaced(table, shown).limit(LIMIT), slow=True)
    for table, shown in ((Image, _IMAGE_SHOWN), (Video, _VIDEO_SHOWN))
}
_OF_CONTENTS: dict[type[Image] | type[Video], Statement[AssetRow]] = {
    Image: Statement(
        AssetRow, _misplaced(Image, _IMAGE_SHOWN).where(Within(col(Image.id), _IMAGES_OF))
    ),
    Video: Statement(
        AssetRow, _misplaced(Video, _VIDEO_SHOWN).where(Within(col(Video.id), _VIDEOS_OF))
    ),
}


async def misplaced_on(
    database: Database, table: type[Image] | type[Video], content_ids: Sequence[int]
) -> list[AssetRow]:
    """Assets of these contents that are open and should not be, or the other way round."""
    return await database.fetch(_OF_CONTENTS[table], ids=content_ids)


async def misplaced(
    database: Database, table: type[Image] | type[Video], *, first: int
) -> list[AssetRow]:
    """The same of all assets, ``first`` at a time: whatever changed without a word."""
    return await database.fetch(_EVERYWHERE[table], limit=first)
