"""Which pictures and videos a viewer may look up: those on something they see, and one's own."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.content.columns import column_visible_to
from app.content.models import (
    Content,
    ContentImage,
    LiveStream,
    MicroLecture,
    ShowcaseColumn,
)
from app.content.queries import visibility, visible_to
from app.database import Database
from app.database.statements import Among, Statement
from app.members.models import Member
from app.organizations.models import Organization
from app.uploads.models import Image, Upload, Video
from app.uploads.queries import ImageRow, VideoRow
from app.visibility import Viewer


def _of_visible(owner: Any, rule: sa.ColumnElement[bool], *joined: Any) -> sa.Select[Any]:
    """Rows of ``owner`` (with what is ``joined`` to its content) that the viewer sees."""
    seen: Any = sa.select(sa.literal_column("1")).select_from(owner)
    for beside in joined:
        seen = seen.join(beside, beside.content_id == owner.id)
    rows: sa.Select[Any] = seen.join(Organization, col(Organization.id) == owner.organization_id)
    return rows.where(rule)


def _on_content(asset: Any, *beside: Any, of: Any) -> sa.ColumnElement[bool]:
    return _of_visible(Content, visible_to(), *beside).where(asset == of).exists()


def _is_played() -> sa.ColumnElement[bool]:
    """``Video`` is a lecture or a replay that the viewer sees."""
    return sa.or_(
        _on_content(MicroLecture.video_id, MicroLecture, of=Video.id),
        _on_content(LiveStream.replay_id, LiveStream, of=Video.id),
    )


def _is_own(asset: Any, of: Any) -> sa.ColumnElement[bool]:
    """``of`` came of an upload of the viewer's."""
    own = col(Upload.member_id) == sa.bindparam("member_id", type_=sa.BigInteger)
    return sa.select(col(Upload.id)).where(asset == of, own).exists()


_OWN_VIDEO = _is_own(Upload.video_id, Video.id)
_SIGNED_IN = sa.bindparam("member_id", type_=sa.BigInteger).is_not(None)
_ON_COLUMN = _of_visible(ShowcaseColumn, column_visible_to()).where(
    col(ShowcaseColumn.cover_id) == col(Image.id)
)
_POSTER = sa.select(col(Video.id)).where(
    col(Video.poster_id) == col(Image.id), sa.or_(_is_played(), _OWN_VIDEO)
)
_AVATAR = sa.select(col(Member.id)).where(col(Member.avatar_id) == col(Image.id))
_IMAGES = Statement(
    ImageRow,
    sa.select(*(getattr(Image, field) for field in ImageRow._fields)).where(
        Among(col(Image.id), "ids"),
        sa.or_(
            _on_content(Content.cover_id, of=Image.id),
            _on_content(ContentImage.image_id, ContentImage, of=Image.id),
            _ON_COLUMN.exists(),
            _POSTER.exists(),
            _is_own(Upload.image_id, Image.id),
            sa.and_(_SIGNED_IN, _AVATAR.exists()),
        ),
    ),
)
_VIDEOS = Statement(
    VideoRow,
    sa.select(*(getattr(Video, field) for field in VideoRow._fields)).where(
        Among(col(Video.id), "ids"), sa.or_(_is_played(), _OWN_VIDEO)
    ),
)


async def visible_images(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, ImageRow]:
    """Pictures by id: on contents, columns and videos that ``viewer`` sees, avatars, one's own."""
    rows = await database.fetch(_IMAGES, ids=ids, **visibility(viewer))
    return {row.id: row for row in rows}


async def visible_videos(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, VideoRow]:
    """Videos by id: lectures and replays that ``viewer`` sees, and one's own."""
    rows = await database.fetch(_VIDEOS, ids=ids, **visibility(viewer))
    return {row.id: row for row in rows}
