"""Image and Video in the graph."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import strawberry

from app.content.pictures import visible_images, visible_videos
from app.errors import Invalid
from app.uploads import queries
from app.uploads.models import MediaState
from app.uploads.queries import ImageRow, VideoRow
from media.images import rendition, rendition_key
from media.keys import is_closed
from media.playing import play_url
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.edges import edge
from schema.nodes import Node, node

strawberry.enum(MediaState, description="How far an asset has come.")


async def find_images(context: Context, ids: Sequence[int]) -> Mapping[int, ImageRow]:
    """Pictures that stand on something the viewer sees."""
    return await visible_images(context.database, context.viewer, ids)


async def find_videos(context: Context, ids: Sequence[int]) -> Mapping[int, VideoRow]:
    """Videos that stand on something the viewer sees."""
    return await visible_videos(context.database, context.viewer, ids)


@differs_by(AUDIENCE)
async def image_urls(
    context: Context,
    parents: Sequence[ImageRow],
    *,
    width: Annotated[
        int | None,
        strawberry.argument(
            description="Pixels that it will fill; the narrowest rendition that does is chosen."
        ),
    ] = None,
) -> list[str]:
    """The URL of each picture's best rendition: arithmetic, no round trip."""
    if width is not None and width < 1:
        raise Invalid("width 必须大于 0", "width")
    store = context.platform.media
    # Until a picture is READY it has no renditions, but its URL may not be null.
    kept = [row.widths or (row.width,) for row in parents]
    return [
        store.url(rendition_key(row.object_key, rendition(widths, width)))
        for row, widths in zip(parents, kept, strict=True)
    ]


@differs_by(AUDIENCE)
async def placeholders(context: Context, parents: Sequence[ImageRow]) -> list[str | None]:
    """The blur of each picture, None for those that were kept without one."""
    found = await queries.placeholders(context.database, list({row.id for row in parents}))
    return [found.get(row.id) or None for row in parents]


@differs_by(AUDIENCE)
async def posters(context: Context, parents: Sequence[VideoRow]) -> list[ImageRow | None]:
    """The still picture of each video."""
    ids = list({row.poster_id for row in parents if row.poster_id is not None})
    found = await queries.images(context.database, ids) if ids else {}
    return [found.get(row.poster_id or 0) for row in parents]


@differs_by(AUDIENCE)
async def hls_urls(context: Context, parents: Sequence[VideoRow]) -> list[str | None]:
    """The HLS playlist of each video that is ready."""
    return [_published(context, row, "index.m3u8") for row in parents]


@differs_by(AUDIENCE)
async def mp4_urls(context: Context, parents: Sequence[VideoRow]) -> list[str | None]:
    """The MP4 of each video that is ready."""
    return [_published(context, row, "video.mp4") for row in parents]


class TrackLinkRow(NamedTuple):
    """Captions of a video, and where they are."""

    language: str
    label: str
    url: str


async def tracks_of(context: Context, parents: Sequence[VideoRow]) -> list[list[TrackLinkRow]]:
    """The captions of each video."""
    found = await queries.tracks(context.database, list({row.id for row in parents}))
    url = context.platform.media.url
    return [
        [
            TrackLinkRow(track.language, track.label, url(f"{row.object_key}/{track.object_name}"))
            for track in found[row.id]
        ]
        for row in parents
    ]


def _published(context: Context, row: VideoRow, name: str) -> str | None:
    if row.state is not MediaState.READY:
        return None
    if is_closed(row.object_key):
        key = context.platform.settings.signing_key
        return play_url(key, row.id, context.viewer.session_id, name)
    return context.platform.media.url(f"{row.object_key}/{name}")


@node(ImageRow, find=find_images, description="A picture (图片), kept as WebP at several widths.")
class Image(Node):
    """The shape of :class:`ImageRow`."""

    state: MediaState = strawberry.field(description="READY once it can be shown.")
    url: str = edge(image_urls, "Where the picture is, at the width that fits best.")
    width: int = strawberry.field(description="Pixels of the original.")
    height: int = strawberry.field(description="Pixels of the original.")
    alt: str = strawberry.field(description="What it shows, in words (替代文本).")
    placeholder: str | None = edge(
        placeholders, "A BlurHash: what to draw until the picture is there, 28 signs."
    )


@strawberry.type(description="Captions of a video in one language (字幕), as WebVTT.")
class VideoTrack:
    """The shape of :class:`TrackLinkRow`."""

    language: str = strawberry.field(description="The language, such as zh-CN.")
    label: str = strawberry.field(description="What members choose it by, such as 中文.")
    url: str = strawberry.field(description="Where the WebVTT file is.")


@node(VideoRow, find=find_videos, description="A video (视频), streamed as HLS, kept as MP4 too.")
class Video(Node):
    """The shape of :class:`VideoRow`."""

    state: MediaState = strawberry.field(description="READY once it can be played.")
    hls_url: str | None = edge(
        hls_urls,
        "The HLS playlist, null until READY. Its segments may come from another origin: in a page,"
        ' give the `<video>` a `crossorigin="anonymous"`.',
    )
    mp4_url: str | None = edge(mp4_urls, "The MP4 file, null until READY.")
    poster: Image | None = edge(posters, "A still picture of it.")
    tracks: list[VideoTrack] = edge(tracks_of, "Its captions, one a language.")
    duration_seconds: float | None = strawberry.field(description="Length in seconds.")
    width: int | None = strawberry.field(description="Pixels.")
    height: int | None = strawberry.field(description="Pixels.")


TYPES: tuple[Any, ...] = (Image, Video)
