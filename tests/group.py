"""A group to test with: organizations, members and contents, made by the domain's own actions."""

import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import REFRESH_LIFETIME, hash_password
from app.content.actions import (
    Broadcast,
    Draft,
    Entry,
    Extra,
    Lecture,
    NewsSource,
    archive,
    create,
    open_column,
    publish,
    schedule,
    submit,
)
from app.content.models import Content, ContentKind, ContentStatus, ShowcaseColumn
from app.database import Database
from app.database.columns import now
from app.engagement.actions import comment, like
from app.engagement.models import Comment, ContentBookmark
from app.engagement.standing import change
from app.members.actions import enrol, grant
from app.members.models import LoginSession, Member, RoleGrant
from app.members.queries import viewer_of_session
from app.organizations.actions import found
from app.organizations.models import Organization, OrganizationKind
from app.uploads.models import Image, MediaState, Video
from app.visibility import PUBLIC, Role, Viewer

START = datetime(2025, 1, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

_TYPE_NAMES = {
    ContentKind.NEWS: "NewsItem",
    ContentKind.MICRO_LECTURE: "MicroLecture",
    ContentKind.LIVE_STREAM: "LiveStream",
    ContentKind.SHOWCASE: "ShowcaseEntry",
}
_numbers = itertools.count(1)


def global_id(name: str, key: int) -> str:
    return base64.b64encode(f"{name}:{key}".encode()).decode()


def gid(thing: Any) -> str:
    """The global id of anything that this module makes."""
    name = _TYPE_NAMES[thing.kind] if isinstance(thing, Content) else type(thing).__name__
    return global_id(name, thing.id)


@asynccontextmanager
async def building(database: Database) -> AsyncIterator["Group"]:
    """One transaction for all that is made within."""
    async with database.transaction() as session:
        yield Group(session)


async def viewer_of(database: Database, member: Member) -> Viewer:
    """The member, signed in, with the roles that hold now."""
    async with building(database) as group:
        session_id = await group.signed_in(member)
    viewer = await viewer_of_session(database, session_id)
    assert viewer is not None
    return viewer


class Group:
    """Makes things one by one; each content is published a minute after the one before."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._minutes = itertools.count()

    async def organization(
        self,
        name: str = "某某党支部",
        *,
        below: Organization | None = None,
        kind: OrganizationKind = OrganizationKind.BRANCH,
    ) -> Organization:
        return await found(self.session, name, kind, parent_id=below and below.id)

    async def member(
        self,
        of: Organization,
        name: str = "某某",
        *,
        username: str | None = None,
        password: str | None = None,
        avatar: Image | None = None,
    ) -> Member:
        kept = "-" if password is None else await hash_password(password)
        return await enrol(
            self.session,
            name,
            username or f"member{next(_numbers)}",
            password_hash=kept,
            organization_id=of.id,
            avatar_id=avatar and avatar.id,
        )

    async def grant(
        self, member: Member, role: Role, on: Organization, *, expires_at: datetime | None = None
    ) -> RoleGrant:
        return await grant(
            self.session, member.id, role, organization_id=on.id, expires_at=expires_at
        )

    async def signed_in(self, member: Member) -> int:
        """A session of the member's; answers its id."""
        begun = LoginSession(
            member_id=member.id, token_digest="-", expires_at=now() + REFRESH_LIFETIME
        )
        return (await self._keep(begun)).id

    async def image(
        self,
        alt: str = "一张图片",
        *,
        widths: tuple[int, ...] = (96, 320, 640),
        state: MediaState = MediaState.READY,
        owner_id: int | None = None,
    ) -> Image:
        made = Image(
            state=state,
            object_key=f"image/{next(_numbers)}",
            width=640,
            height=360,
            widths=widths,
            alt=alt,
            owner_id=owner_id,
        )
        return await self._keep(made)

    async def video(
        self,
        *,
        poster: Image | None = None,
        state: MediaState = MediaState.READY,
        owner_id: int | None = None,
    ) -> Video:
        made = Video(
            state=state,
            object_key=f"video/{next(_numbers)}",
            width=1280,
            height=720,
            duration_seconds=61.5,
            poster_id=poster and poster.id,
            owner_id=owner_id,
        )
        return await self._keep(made)

    async def column(
        self,
        of: Organization,
        title: str = "某某专栏",
        *,
        audience: str = PUBLIC,
        cover: Image | None = None,
    ) -> ShowcaseColumn:
        return await open_column(
            self.session,
            title,
            f"{title}的说明",
            organization_id=of.id,
            audience_key=audience,
            cover_id=cover and cover.id,
        )

    async def news(self, author: Member, title: str = "一条新闻", **more: Any) -> Content:
        return await self.content(author, title, NewsSource(), **more)

    async def lecture(self, author: Member, title: str = "一堂微党课", **more: Any) -> Content:
        return await self.content(author, title, Lecture(lecturer="李老师"), **more)

    async def live(
        self,
        author: Member,
        title: str = "一场直播",
        *,
        starts_at: datetime = START,
        ends_at: datetime | None = None,
        **more: Any,
    ) -> Content:
        broadcast = Broadcast(
            stream_url="https://live.example/1", starts_at=starts_at, ends_at=ends_at
        )
        return await self.content(author, title, broadcast, **more)

    async def entry(
        self, author: Member, column: ShowcaseColumn, title: str = "一项成果", **more: Any
    ) -> Content:
        return await self.content(author, title, Entry(column_id=column.id), **more)

    async def content(
        self,
        author: Member,
        title: str,
        extra: Extra,
        *,
        of: Organization | None = None,
        audience: str = PUBLIC,
        status: ContentStatus = ContentStatus.PUBLISHED,
        at: datetime | None = None,
        body: str = "正文",
        tags: tuple[str, ...] = (),
        cover: Image | None = None,
        gallery: tuple[Image, ...] = (),
    ) -> Content:
        """A content of the author's organization, or of another, brought to ``status``."""
        at = at or START + next(self._minutes) * MINUTE
        draft = Draft(
            title=title,
            summary=f"{title}的摘要",
            body=body,
            author_id=author.id,
            organization_id=of.id if of else author.organization_id,
            audience_key=audience,
            extra=extra,
            tags=tags,
            cover_id=cover and cover.id,
            gallery_ids=tuple(image.id for image in gallery),
        )
        made = await create(self.session, draft, at=at)
        await self._bring(made, status, at)
        return made

    async def comment(
        self,
        content: Content,
        author: Member,
        body: str = "一条评论",
        *,
        reply_to: Comment | None = None,
        removed: bool = False,
        held: bool = False,
        at: datetime | None = None,
    ) -> Comment:
        made = await comment(
            self.session,
            content.id,
            author.id,
            body=body,
            reply_to_id=reply_to and reply_to.id,
            held=held,
            at=at,
        )
        if removed:
            await change(self.session, made, removed_at=now())
        return made

    async def like(self, content: Content, member: Member) -> bool:
        return await like(self.session, content.id, member.id)

    async def bookmark(self, content: Content, member: Member) -> ContentBookmark:
        return await self._keep(ContentBookmark(member_id=member.id, content_id=content.id))

    async def _bring(self, content: Content, status: ContentStatus, at: datetime) -> None:
        if status is ContentStatus.PUBLISHED:
            await publish(self.session, content, at=at)
        elif status is ContentStatus.ARCHIVED:
            await publish(self.session, content, at=at)
            await archive(self.session, content)
        elif status is not ContentStatus.DRAFT:
            await submit(self.session, content)
            if status is ContentStatus.SCHEDULED:
                await schedule(self.session, content, at=now() + timedelta(days=1))

    async def _keep(self, made: Any) -> Any:
        self.session.add(made)
        await self.session.flush()
        return made
