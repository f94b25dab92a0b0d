"""Content and its kinds in the graph."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.content import queries, rules
from app.content.desks import desks
from app.content.models import ContentKind, ContentStatus
from app.content.queries import ContentRow
from app.content.rules import LiveState
from app.database.columns import now
from app.engagement.queries import MarkRow, marks
from app.errors import Invalid
from app.members.queries import MemberRow, members
from app.uploads.queries import ImageRow, VideoRow, videos
from schema.audiences import Audience, audiences_of
from schema.comments import Comment, comments_on
from schema.context import Context
from schema.dependence import AUDIENCE, VIEWER, differs_by
from schema.edges import edge
from schema.members import Member
from schema.nodes import Node, node, parse_id
from schema.organizations import Organization
from schema.paging import Connection
from schema.revisions import (
    ContentProblem,
    ContentRevision,
    drafts_of,
    problems_in,
    revisions_of,
)
from schema.showcase import columns_of
from schema.study import StudyProgress, progress_of_viewer
from schema.uploads import Image, Video

if TYPE_CHECKING:
    from schema.showcase import ShowcaseColumn

strawberry.enum(ContentKind, description="What a content is: 新闻, 微党课, 直播, 成果展示.")
strawberry.enum(
    ContentStatus,
    description="How far a content has come: 草稿, 待审核, 定时发布, 已发布, 已归档.",
)
strawberry.enum(
    LiveState, description="How a live stream stands: 预告, 直播中, 已结束, 可回放, 已取消."
)


async def find_contents(context: Context, ids: Sequence[int]) -> Mapping[int, ContentRow]:
    """Contents that the viewer sees, or works on."""
    return await queries.visible_contents(context.database, context.viewer, ids)


@differs_by(AUDIENCE)
async def body_htmls(context: Context, parents: Sequence[ContentRow]) -> list[str]:
    """The text of each; lists do not carry it, single items do."""
    missing = [row.id for row in parents if row.html is None]
    found = await queries.bodies(context.database, missing) if missing else {}
    return [found.get(row.id, "") if row.html is None else row.html for row in parents]


@differs_by(AUDIENCE)
async def galleries_of(context: Context, parents: Sequence[ContentRow]) -> list[list[ImageRow]]:
    """The pictures of each, in order."""
    found = await queries.galleries(context.database, [row.id for row in parents])
    return [found[row.id] for row in parents]


@differs_by(AUDIENCE)
async def authors_of(context: Context, parents: Sequence[ContentRow]) -> list[MemberRow]:
    """Who wrote each."""
    found = await members(context.database, list({row.author_id for row in parents}))
    return [found[row.author_id] for row in parents]


async def _marks(context: Context, parents: Sequence[ContentRow]) -> list[MarkRow]:
    found = await marks(context.database, context.viewer, [row.id for row in parents])
    return [found[row.id] for row in parents]


@differs_by(VIEWER)
async def likes_by_viewer(context: Context, parents: Sequence[ContentRow]) -> list[bool]:
    """Whether the viewer likes each."""
    return [mark.liked for mark in await _marks(context, parents)]


@differs_by(VIEWER)
async def bookmarks_by_viewer(context: Context, parents: Sequence[ContentRow]) -> list[bool]:
    """Whether the viewer keeps each."""
    return [mark.bookmarked for mark in await _marks(context, parents)]


@differs_by(VIEWER)
async def permissions_of_viewer(
    context: Context, parents: Sequence[ContentRow]
) -> list[rules.Permissions]:
    """What the viewer may do with each."""
    four_eyes = context.platform.settings.second_person_publishes
    found = await desks(context.database, context.viewer, parents, four_eyes=four_eyes)
    return [rules.permissions(context.viewer, found[row.id]) for row in parents]


def _videos_by(key: Callable[[ContentRow], int | None]) -> Any:
    @differs_by(AUDIENCE)
    async def load(context: Context, parents: Sequence[ContentRow]) -> list[VideoRow | None]:
        ids = list({wanted for row in parents if (wanted := key(row)) is not None})
        found = await videos(context.database, ids) if ids else {}
        return [found.get(key(row) or 0) for row in parents]

    return load


def _live_state(self: Any) -> LiveState:
    return rules.live_state(self, now())


def _is_pinned(self: Any) -> bool:
    return bool(self.rank >= rules.PINNED)


@strawberry.type(description="What the viewer may do with a content.")
class ContentPermissions:
    """The shape of :class:`rules.Permissions`."""

    can_edit: bool = strawberry.field(description="Change its text.")
    can_submit: bool = strawberry.field(description="Put its draft before the reviewers.")
    can_review: bool = strawberry.field(description="Return what waits for review or its time.")
    can_publish: bool = strawberry.field(description="Publish or schedule what was submitted.")
    can_archive: bool = strawberry.field(description="Take it away from its audience.")
    can_recommend: bool = strawberry.field(description="Propose it to a wider audience (推荐).")
    can_comment: bool = strawberry.field(description="Write a comment on it.")
    can_moderate: bool = strawberry.field(description="Remove comments on it.")


@strawberry.interface(description="What is published (内容), of any kind: one card of the feed.")
class Content(Node):
    """What all kinds share; the values are those of :class:`ContentRow`."""

    kind: ContentKind = strawberry.field(description="Which kind it is.")
    title: str = strawberry.field(description="The title.")
    summary: str = strawberry.field(description="A sentence or two for the card (摘要).")
    body_html: str = edge(body_htmls, "The text as sanitized HTML.")
    cover: Image | None = strawberry.field(description="The picture of the card (封面).")
    gallery: list[Image] = edge(galleries_of, "Further pictures, in order (图集).")
    tags: list[str] = strawberry.field(description="Its tags, in the author's order (标签).")
    author: Member = edge(authors_of, "Who wrote it.")
    organization: Organization = strawberry.field(description="The organization that publishes it.")
    audience: Audience = edge(audiences_of, "Who may see it (可见范围).")
    status: ContentStatus = strawberry.field(description="How far it has come.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    published_at: datetime | None = strawberry.field(description="When it was published.")
    like_count: int = strawberry.field(description="How many members like it (点赞).")
    share_count: int = strawberry.field(description="How many members shared it (转发).")
    comment_count: int = strawberry.field(description="Comments on it that stand (评论).")
    view_count: int = strawberry.field(description="How many members opened it (浏览).")
    viewer_has_liked: bool = edge(likes_by_viewer, "Whether the viewer likes it.")
    viewer_has_bookmarked: bool = edge(bookmarks_by_viewer, "Whether the viewer keeps it (收藏).")
    viewer_permissions: ContentPermissions = edge(
        permissions_of_viewer, "What the viewer may do with it."
    )
    comments: Connection[Comment] = edge(comments_on, "Its comments, newest first.")
    draft: ContentRevision | None = edge(
        drafts_of,
        "What an edit starts from: its newest revision, published or not. Null for those who do"
        " not work on it.",
    )
    revisions: Connection[ContentRevision] = edge(
        revisions_of, "Its revisions, newest first (修订记录); empty as `draft` is null."
    )
    problems: list[ContentProblem] = edge(
        problems_in, "What stands against publishing its draft (待完善); empty as `draft` is null."
    )


@node(ContentRow, find=find_contents, kind=ContentKind.NEWS, description="A news item (新闻).")
class NewsItem(Content):
    """A :class:`ContentRow` of kind NEWS."""

    source_name: str | None = strawberry.field(description="Where it comes from (来源).")
    source_url: str | None = strawberry.field(description="The page it comes from.")


@node(
    ContentRow,
    find=find_contents,
    kind=ContentKind.MICRO_LECTURE,
    description="A micro-lecture (精品党课、微视频).",
)
class MicroLecture(Content):
    """A :class:`ContentRow` of kind MICRO_LECTURE."""

    lecturer: str = strawberry.field(description="Who speaks (主讲人).")
    duration_seconds: int | None = strawberry.field(description="Length in seconds (时长).")
    video: Video | None = edge(_videos_by(lambda row: row.video_id), "What is played.")
    viewer_progress: StudyProgress | None = edge(
        progress_of_viewer, "How far the viewer has come, null before the first report."
    )


@node(
    ContentRow,
    find=find_contents,
    kind=ContentKind.LIVE_STREAM,
    description="A live stream (直播).",
)
class LiveStream(Content):
    """A :class:`ContentRow` of kind LIVE_STREAM."""

    stream_url: str = strawberry.field(description="Where to watch it.")
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime | None = strawberry.field(description="When it ends, null while open.")
    state: LiveState = strawberry.field(
        resolver=_live_state, description="How it stands at this moment."
    )
    replay: Video | None = edge(
        _videos_by(lambda row: row.replay_id), "The recording, once there is one (回放)."
    )
    viewer_progress: StudyProgress | None = edge(
        progress_of_viewer, "How far the viewer has come with the replay, null before a report."
    )


@node(
    ContentRow,
    find=find_contents,
    kind=ContentKind.SHOWCASE,
    description="An entry of a showcase column (成果展示).",
)
class ShowcaseEntry(Content):
    """A :class:`ContentRow` of kind SHOWCASE."""

    column: Annotated["ShowcaseColumn", strawberry.lazy("schema.showcase")] = edge(
        columns_of, "The column it stands in (专栏)."
    )
    is_pinned: bool = strawberry.field(
        resolver=_is_pinned, description="Whether it stands before all others there (置顶)."
    )


def content_key(value: str, *path: str, kind: ContentKind | None = None) -> int:
    """The key in the global id of a content, of any kind unless one is asked for."""
    name, key = parse_id(value, *path)
    wanted = _NAMES.values() if kind is None else (_NAMES[kind],)
    if name not in wanted:
        called = "内容" if kind is None else _NAMES[kind]
        raise Invalid(f"此处需要{called}的 ID", *path)
    return key


_NAMES = {
    ContentKind.NEWS: "NewsItem",
    ContentKind.MICRO_LECTURE: "MicroLecture",
    ContentKind.LIVE_STREAM: "LiveStream",
    ContentKind.SHOWCASE: "ShowcaseEntry",
}

TYPES: tuple[Any, ...] = (NewsItem, MicroLecture, LiveStream, ShowcaseEntry)
