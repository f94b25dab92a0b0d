"""Writing the demo group to an empty database, through the same actions as everybody's."""

import asyncio
import dataclasses
import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import sqlalchemy as sa
from PIL import Image as Picture
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.auth import hash_password, password_matches
from app.content.actions import (
    Broadcast,
    Draft,
    Entry,
    Extra,
    Lecture,
    NewsSource,
    create,
    open_column,
    publish,
    submit,
)
from app.database import Database
from app.database.columns import now
from app.demo.films import FILMED, make_film
from app.demo.group import DemoAudience, DemoContent, DemoGroup
from app.demo.loading import load_demo
from app.demo.pictures import draw_picture
from app.demo.portraits import draw_avatar
from app.engagement.actions import comment, like
from app.knowledge.importing import import_regulation
from app.knowledge.reading.markdown import parse_regulation
from app.members.actions import enrol, grant
from app.members.models import Member
from app.organizations.actions import found
from app.organizations.models import OrganizationKind
from app.organizations.queries import root
from app.points.sealing import seal
from app.uploads.actions import add_image, add_video
from app.visibility import AudienceScope, Role, Viewer, audience_key
from media.images import Renditions, render, rendition_key
from media.keys import closed
from media.pictures import make_picture
from media.processing import keep_picture, keep_video
from media.videos import make_video
from schema.context import Platform

LOGINS = ("member", "editor", "reviewer", "secretary", "admin")
PASSWORD = "demo-pass"  # noqa: S105  it is meant to be known; `serve` binds loopback for it


class Film(NamedTuple):
    """A film that is kept: the values of its row, and of its poster's."""

    video: dict[str, Any]
    poster: dict[str, Any]


Drawing = Callable[[], Picture.Image]

#: Enough for a phone, and for whoever waits for `make dev`.
_COVER_WIDTH, _COVER_HEIGHT = 800, 450
_COLUMN_COVERS = 5000  # seeds of covers; contents count from 0


async def seed_demo(platform: Platform) -> bool:
    """Write the demo group, unless there is an organization already; answers whether it did.

    All of it is one transaction: a start that is interrupted leaves nothing behind.
    """
    if await root(platform.database) is not None:
        return False
    group = load_demo()
    pictures = await _draw(platform, group)
    films = await _film(platform, group)
    hashed = await hash_password(PASSWORD)
    async with platform.database.transaction(slow=True) as session:
        await _Seeding(session, group, pictures, films, password_hash=hashed).write()
        await _import_regulations(session, platform)
    await seal(platform.database)
    return True


async def demo_logins_exist(database: Database) -> bool:
    """Whether one of the demo logins still has its well-known password."""
    async with database.transaction() as session:
        hashes = await session.scalars(
            sa.select(col(Member.password_hash)).where(col(Member.username).in_(LOGINS))
        )
        kept = set(hashes)
    return any([await password_matches(each, PASSWORD) for each in kept])


class _Seeding:
    """One walk through the group: each noun in turn, keys turned into ids on the way."""

    def __init__(
        self,
        session: AsyncSession,
        group: DemoGroup,
        pictures: dict[str, Renditions],
        films: dict[str, Film],
        *,
        password_hash: str,
    ) -> None:
        self._session = session
        self._group = group
        self._pictures = pictures
        self._films = films
        self._password_hash = password_hash
        self._started = now()
        self._organizations: dict[str, int] = {}
        self._paths: dict[str, str] = {}
        self._viewers: list[Viewer] = []
        self._audiences: dict[int, str] = {}
        self._members: dict[str, int] = {}
        self._columns: dict[str, int] = {}
        self._published: dict[str, tuple[int, datetime]] = {}

    async def write(self) -> None:
        """Write everything but the regulations."""
        await self._write_organizations()
        await self._write_members()
        await self._write_columns()
        for content in self._group.contents:
            await self._write_content(content)
        await self._write_comments()
        await self._write_likes()

    async def _write_organizations(self) -> None:
        for each in self._group.organizations:
            made = await found(
                self._session,
                each.name,
                OrganizationKind(each.kind),
                parent_id=self._organizations.get(each.parent or ""),
            )
            self._organizations[each.key] = made.id
            self._paths[each.key] = made.path

    async def _write_members(self) -> None:
        for each in self._group.members:
            member = await enrol(
                self._session,
                each.name,
                each.username,
                password_hash=self._password_hash,
                organization_id=self._organizations[each.organization],
                avatar_id=await self._add_image(f"member:{each.key}", f"{each.name}的头像"),
            )
            self._members[each.key] = member.id
            home = self._organizations[each.organization]
            self._viewers.append(Viewer(member.id, home, self._paths[each.organization]))
        for given in self._group.grants:
            days = given.expires_in_days
            await grant(
                self._session,
                self._members[given.member],
                Role(given.role),
                organization_id=self._organizations[given.organization],
                expires_at=None if days is None else self._started + timedelta(days=days),
            )

    async def _write_columns(self) -> None:
        for each in self._group.columns:
            column = await open_column(
                self._session,
                each.title,
                each.description,
                organization_id=self._organizations[each.organization],
                audience_key=audience_key(AudienceScope.PUBLIC, None),
                cover_id=await self._add_image(f"column:{each.key}", each.alt),
            )
            self._columns[each.key] = column.id

    async def _write_content(self, each: DemoContent) -> None:
        at = self._started - timedelta(hours=each.published_hours_ago)
        draft = Draft(
            title=each.title,
            summary=each.summary,
            body=each.body,
            author_id=self._members[each.author],
            organization_id=self._organizations[each.organization],
            audience_key=self._audience(each.audience),
            extra=await self._extra(each),
            tags=each.tags,
            cover_id=await self._add_image(f"content:{each.key}", each.alt),
        )
        content = await create(self._session, draft, at=at)
        if each.status == "PUBLISHED":
            await publish(self._session, content, at=at)
            self._published[each.key] = (content.id, at)
            self._audiences[content.id] = draft.audience_key
        elif each.status == "IN_REVIEW":
            await submit(self._session, content)

    async def _write_comments(self) -> None:
        written: dict[str, int] = {}
        for each in self._group.comments:
            content_id, published = self._published[each.content]
            author_id = self._members[each.author]
            at = min(published + timedelta(minutes=each.after), self._started)
            made = await comment(
                self._session,
                content_id,
                author_id,
                body=each.body,
                reply_to_id=written.get(each.reply_to or ""),
                at=at,
            )
            if each.key is not None:
                written[each.key] = made.id

    async def _write_likes(self) -> None:
        """Give every content some likes, by a rule that spreads them: no chance, no two alike."""
        for place, (content_id, published) in enumerate(self._published.values()):
            audience = self._audiences[content_id]
            readers = [viewer for viewer in self._viewers if audience in viewer.keys]
            fans = readers[place % 3 :: 1 + place % 5]
            for number, fan in enumerate(fans, 1):
                at = min(published + number * timedelta(minutes=7), self._started)
                await like(self._session, content_id, fan.member_id or 0, at=at)

    async def _add_image(self, name: str, alt: str) -> int:
        made = self._pictures[name]
        image = await add_image(
            self._session,
            object_key=closed(made.key),
            width=made.width,
            height=made.height,
            widths=tuple(made.by_width),
            alt=alt,
            placeholder=made.placeholder,
        )
        return image.id

    async def _lecture(self, each: DemoContent) -> Lecture:
        if (film := self._films.get(each.key)) is None:
            return Lecture(lecturer=each.lecturer or "", duration_seconds=each.duration_seconds)
        poster = await add_image(self._session, **film.poster, alt=each.alt)
        video = await add_video(self._session, **film.video, poster_id=poster.id)
        seconds = round(film.video["duration_seconds"])
        return Lecture(lecturer=each.lecturer or "", duration_seconds=seconds, video_id=video.id)

    def _audience(self, audience: DemoAudience) -> str:
        named = self._organizations.get(audience.organization or "")
        return audience_key(AudienceScope(audience.scope), named)

    async def _extra(self, each: DemoContent) -> Extra:
        if each.kind == "MICRO_LECTURE":
            return await self._lecture(each)
        if each.kind == "LIVE_STREAM":
            return Broadcast(
                stream_url=each.stream_url or "",
                starts_at=self._started + timedelta(minutes=each.starts_in_minutes or 0),
                ends_at=self._started + timedelta(minutes=each.ends_in_minutes or 0),
            )
        if each.kind == "SHOWCASE":
            return Entry(column_id=self._columns[each.column or ""])
        return NewsSource(source_name=each.source_name, source_url=each.source_url)


async def _draw(platform: Platform, group: DemoGroup) -> dict[str, Renditions]:
    """Draw, scale and store every picture, on all cores; by the name of what it stands on."""
    names, drawings = zip(*_drawings(group), strict=True)
    # Threads: most of it is Pillow's, which lets others run; a process would import us all first.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        loop = asyncio.get_running_loop()
        made = await asyncio.gather(*(loop.run_in_executor(pool, _render, d) for d in drawings))
    for renditions in made:
        for width, data in renditions.by_width.items():
            key = rendition_key(closed(renditions.key), width)
            await platform.media.put(key, data)
    return dict(zip(names, made, strict=True))


async def _film(platform: Platform, group: DemoGroup) -> dict[str, Film]:
    """Film some lectures, and make the films ready as if they had been uploaded."""
    places = {each.key: place for place, each in enumerate(group.contents)}
    with TemporaryDirectory() as folder:
        tasks = {
            key: _prepared(platform, group.contents[places[key]], places[key], Path(folder) / key)
            for key in FILMED
        }
        return dict(zip(tasks, await asyncio.gather(*tasks.values()), strict=True))


async def _prepared(platform: Platform, content: DemoContent, place: int, folder: Path) -> Film:
    await asyncio.to_thread(folder.mkdir)
    source = await make_film(content.theme, place, FILMED[content.key], folder=folder)
    made = await make_video(source, folder / "video", lambda _: None)
    poster = await make_picture(made.poster, folder / "poster")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    return Film(
        await keep_video(platform.media, made, digest), await keep_picture(platform.media, poster)
    )


def _render(drawing: Drawing) -> Renditions:
    return render(drawing(), effort=2)


def _drawings(group: DemoGroup) -> Iterable[tuple[str, Drawing]]:
    for member in group.members:
        yield f"member:{member.key}", partial(draw_avatar, member.portrait)
    for place, column in enumerate(group.columns, _COLUMN_COVERS):
        yield f"column:{column.key}", partial(_cover, column.theme, place)
    for place, content in enumerate(group.contents):
        yield f"content:{content.key}", partial(_cover, content.theme, place)


def _cover(theme: str, seed: int) -> Picture.Image:
    return draw_picture(theme, seed, _COVER_WIDTH, height=_COVER_HEIGHT)


async def _import_regulations(session: AsyncSession, platform: Platform) -> None:
    """Import the group's own regulations, older versions first."""
    home = resources.files("app.demo") / "regulations"
    listed = tomllib.loads((home / "regulations.toml").read_text("utf-8"))["regulations"]
    for each in sorted(listed, key=lambda row: row["file"][-14:]):
        text = (home / each["file"]).read_text("utf-8")
        name = each["file"].removesuffix(".md")
        parsed = parse_regulation(text, name=name, category=each["category"])
        await import_regulation(
            session,
            dataclasses.replace(parsed, issuer=each["issuer"]),
            today=platform.today(),
            audience_key=each["audience"],
            source_name=each["file"],
        )
