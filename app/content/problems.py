"""What stands against publishing a content, told to those who write it before a reviewer does."""

import asyncio
import enum
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.bounds import is_web_address
from app.content.desks import Piece
from app.content.models import ContentKind
from app.content.wording import Wording
from app.database import Database
from app.database.statements import Among, Statement
from app.errors import Invalid
from app.uploads.models import Image, MediaState, Video, VideoTrack

#: Longer ones are cut off on a card.
FITTING_TITLE = 60
FITTING_SUMMARY = 200
#: Where the platform serves its own pictures.
OWN_MEDIA = "/media/"


class Severity(enum.StrEnum):
    """Whether a problem keeps a content from being published."""

    ERROR = "ERROR"
    WARNING = "WARNING"


class ProblemCode(enum.StrEnum):
    """What is wrong."""

    TITLE_TOO_LONG = "TITLE_TOO_LONG"
    SUMMARY_MISSING = "SUMMARY_MISSING"
    SUMMARY_TOO_LONG = "SUMMARY_TOO_LONG"
    BODY_MISSING = "BODY_MISSING"
    COVER_MISSING = "COVER_MISSING"
    VIDEO_MISSING = "VIDEO_MISSING"
    CAPTIONS_MISSING = "CAPTIONS_MISSING"
    MEDIA_NOT_READY = "MEDIA_NOT_READY"
    ALT_MISSING = "ALT_MISSING"
    ADDRESS_INVALID = "ADDRESS_INVALID"
    ARTICLE_REPEALED = "ARTICLE_REPEALED"
    ARTICLE_UNKNOWN = "ARTICLE_UNKNOWN"
    AUDIENCE_BEYOND_REACH = "AUDIENCE_BEYOND_REACH"


class Problem(NamedTuple):
    """One thing that is wrong, in words for its author; ``field`` is an input's name."""

    code: ProblemCode
    severity: Severity
    message: str
    field: str


class Unfit(Invalid):
    """A content that is not published as it is; ``problems`` are those that forbid it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("；".join(problem.message for problem in problems))
        self.problems = problems


class _ImageRow(NamedTuple):
    id: int
    state: MediaState
    alt: str


class _VideoRow(NamedTuple):
    id: int
    state: MediaState
    is_captioned: bool


class Media(NamedTuple):
    """What a content shows, by id."""

    images: Mapping[int, _ImageRow]
    videos: Mapping[int, _VideoRow]


_IMAGES = sa.select(col(Image.id), col(Image.state), col(Image.alt)).where(
    Among(col(Image.id), "ids")
)
_VIDEOS = sa.select(
    col(Video.id),
    col(Video.state),
    sa.exists().where(col(VideoTrack.video_id) == col(Video.id)),
).where(Among(col(Video.id), "ids"))
_READ_IMAGES = Statement(_ImageRow, _IMAGES)
_READ_VIDEOS = Statement(_VideoRow, _VIDEOS)


async def media_of(database: Database, wordings: list[Wording]) -> Media:
    """The pictures and videos that any of these show: two reads at most."""
    images = list({key for said in wordings for key in said.image_ids})
    videos = list({said.video_id for said in wordings if said.video_id is not None})
    shown = await database.fetch(_READ_IMAGES, ids=images) if images else []
    played = await database.fetch(_READ_VIDEOS, ids=videos) if videos else []
    return Media({row.id: row for row in shown}, {row.id: row for row in played})


async def require_publishable(session: AsyncSession, piece: Piece) -> None:
    """Refuse what has a problem of severity ERROR; the refusal lists them all."""
    said = piece.revision.wording
    shown = await session.execute(_IMAGES, {"ids": list(said.image_ids)})
    played = await session.execute(_VIDEOS, {"ids": [said.video_id] if said.video_id else []})
    media = Media(
        {row[0]: _ImageRow(*row) for row in shown}, {row[0]: _VideoRow(*row) for row in played}
    )
    found = await asyncio.to_thread(_listed, piece, media)
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    if errors:
        raise Unfit(errors)


def _listed(piece: Piece, media: Media) -> list[Problem]:
    return list(problems_of(piece.content.kind, piece.revision.wording, piece.revision.html, media))


def problems_of(kind: ContentKind, said: Wording, html: str, media: Media) -> Iterator[Problem]:
    """What is wrong with a wording whose rendered body is ``html``; reads a long body for ms."""
    yield from _lengths(kind, said)
    yield from _media(kind, said, media)
    yield from _addresses(html)


def beyond_reach(path: str, audience_path: str) -> Iterator[Problem]:
    """Whether the reviewers of the organization at ``path`` cannot publish for the audience."""
    if not audience_path.startswith(path):
        yield _warning(
            ProblemCode.AUDIENCE_BEYOND_REACH,
            "可见范围超出本组织，须由该范围所属组织的审核人发布",
            "audience",
        )


def _lengths(kind: ContentKind, said: Wording) -> Iterator[Problem]:
    if len(said.title) > FITTING_TITLE:
        message = f"标题超过 {FITTING_TITLE} 个字，卡片上会显示不全"
        yield _warning(ProblemCode.TITLE_TOO_LONG, message, "title")
    if not said.summary.strip():
        yield _warning(ProblemCode.SUMMARY_MISSING, "没有摘要", "summary")
    if len(said.summary) > FITTING_SUMMARY:
        message = f"摘要超过 {FITTING_SUMMARY} 个字，卡片上会显示不全"
        yield _warning(ProblemCode.SUMMARY_TOO_LONG, message, "summary")
    if kind in {ContentKind.NEWS, ContentKind.SHOWCASE} and not said.body.strip():
        yield _error(ProblemCode.BODY_MISSING, "没有正文", "body")


def _media(kind: ContentKind, said: Wording, media: Media) -> Iterator[Problem]:
    if said.cover_id is None:
        yield _warning(ProblemCode.COVER_MISSING, "没有封面", "coverId")
    for key in said.image_ids:
        field = "coverId" if key == said.cover_id else "galleryIds"
        if (image := media.images[key]).state is not MediaState.READY:
            yield _error(ProblemCode.MEDIA_NOT_READY, "图片尚未处理完成", field)
        if not image.alt.strip():
            yield _warning(ProblemCode.ALT_MISSING, "图片没有替代文本", field)
    if kind is ContentKind.MICRO_LECTURE and said.video_id is None:
        yield _warning(ProblemCode.VIDEO_MISSING, "微党课没有视频", "videoId")
    if said.video_id is not None:
        yield from _video(media.videos[said.video_id])


def _video(video: _VideoRow) -> Iterator[Problem]:
    if video.state is not MediaState.READY:
        yield _error(ProblemCode.MEDIA_NOT_READY, "视频尚未处理完成", "videoId")
    if not video.is_captioned:
        yield _warning(ProblemCode.CAPTIONS_MISSING, "视频没有字幕", "videoId")


def _addresses(html: str) -> Iterator[Problem]:
    found = _Found(html)
    for address in found.links:
        if not is_web_address(address) and not address.startswith("mailto:"):
            yield _error(ProblemCode.ADDRESS_INVALID, f"链接无法打开：{address[:80]}", "body")
    for address, alt in found.pictures:
        if not is_web_address(address) and not address.startswith(OWN_MEDIA):
            message = f"图片地址应为网址或本平台的图片：{address[:80]}"
            yield _error(ProblemCode.ADDRESS_INVALID, message, "body")
        if not alt.strip():
            yield _error(ProblemCode.ALT_MISSING, "正文中的图片没有替代文本", "body")


class _Found(HTMLParser):
    """The addresses of links and pictures in sanitized HTML; one that was no address is empty."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag points at."""
        said = dict(attrs)
        if tag == "a":
            self.links.append(said.get("href") or "")
        elif tag == "img":
            self.pictures.append((said.get("src") or "", said.get("alt") or ""))


def _error(code: ProblemCode, message: str, field: str) -> Problem:
    return Problem(code, Severity.ERROR, message, field)


def _warning(code: ProblemCode, message: str, field: str) -> Problem:
    return Problem(code, Severity.WARNING, message, field)
