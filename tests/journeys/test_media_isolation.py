"""Which bytes each viewer gets in random groups, compared with a naive reading of the rule."""

import asyncio
import random
import shutil
import time
from types import SimpleNamespace

import httpx
import pytest
from group import building, gid
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import update
from starlette.applications import Starlette
from worlds import NOBODY, World, build, worlds

from app import visibility
from app.content.models import Content, ContentStatus
from app.database import Database
from app.members.queries import viewer_of_session
from app.worker import workshop
from media import playing, signing
from media.placing import place_everywhere
from media.playing import play_route, play_url
from media.serving import media_routes

LINKS = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  ... on Image { url(width: 96) } ... on Video { hlsUrl mp4Url } } }"""
FILES = {"index.m3u8": "v360/index.m3u8", "v360/index.m3u8": "00000.ts"}
SEGMENT, MP4 = "v360/00000.ts", "video.mp4"
#: Of so many items, for each viewer, every address is tried.
AT_ONCE = 6


class Fetching:
    """One world and its objects; counts what was compared, and remembers what was given."""

    def __init__(self, world: World, built, ask, http: httpx.AsyncClient) -> None:
        self.world, self.built, self.ask, self.http = world, built, ask, http
        self.chance = random.Random(len(built.items))
        self.given: list[tuple[int | None, int, str]] = []
        self.compared = 0

    async def keep(self) -> None:
        """Objects for every asset, each in its place: open where anybody may see it."""
        put = self.ask.platform.media.put
        for image in (*self.built.covers, *self.built.galleries, *self.built.posters.values()):
            await put(f"{image.object_key}/96.webp", image.object_key.encode())
        for video in self.built.videos.values():
            for name in (*FILES, SEGMENT, MP4):
                text = FILES.get(name) or f"{video.object_key} {name}"
                await put(f"{video.object_key}/{name}", text.encode())
        await place_everywhere(workshop(self.ask.platform))

    async def all(self, viewer: int | None) -> None:
        key = self.ask.platform.settings.signing_key
        asking, session = visibility.NOBODY, None
        if viewer is not NOBODY:
            session = self.built.sessions[viewer]
            asking = await viewer_of_session(self.ask.database, session)
        for index in self.chance.sample(range(len(self.world.items)), AT_ONCE):
            item = self.world.items[index]
            sees, anybody = self.world.sees(item, viewer), self.world.lists(item, NOBODY)
            pictures = [self.built.covers[index], self.built.galleries[index]]
            if index in self.built.videos:
                pictures.append(self.built.posters[index])
                video = self.built.videos[index]
                [links] = (await self.ask(LINKS, asking, ids=[gid(video)]))["nodes"]
                self._same((viewer, index, "film"), sees, links is not None)
                if links is not None:
                    self.given.append((viewer, index, links["hlsUrl"]))
                    await self._plays(links["hlsUrl"], video.object_key)
                    await self._gives(links["mp4Url"], f"{video.object_key} {MP4}")
                # Whatever it says, a link is worth what its holder may see.
                own = play_url(key, video.id, session, "index.m3u8")
                self._same((viewer, index, "play"), sees, await self._opens(own))
                for name in (*FILES, SEGMENT, MP4):
                    await self._is_open(f"{video.object_key}/{name}", anybody)
            nodes = (await self.ask(LINKS, asking, ids=[gid(each) for each in pictures]))["nodes"]
            for picture, node in zip(pictures, nodes, strict=True):
                self._same((viewer, index, "picture"), sees, node is not None)
                if node is not None:
                    self.given.append((viewer, index, node["url"]))
                    await self._gives(node["url"], picture.object_key)
                await self._is_open(f"{picture.object_key}/96.webp", anybody)

    async def once_all_is_archived(self) -> None:
        """Five minutes on, links to pictures are dead, and films play for whoever works on them."""
        async with self.ask.database.transaction() as session:
            await session.execute(update(Content).values(status=ContentStatus.ARCHIVED))
        await place_everywhere(workshop(self.ask.platform))
        with pytest.MonkeyPatch.context() as patch:
            later = SimpleNamespace(
                time=lambda: time.time() + signing.LINK_SECONDS,
                monotonic=lambda: time.monotonic() + signing.LINK_SECONDS,
            )
            patch.setattr(signing, "time", later)
            patch.setattr(playing, "time", later)
            for viewer, index, url in self.given:
                works = self.world.is_making(self.world.items[index], viewer)
                lasting = "/media/play/" in url and works
                self._same((viewer, index, url), lasting, await self._opens(url))

    async def _plays(self, url: str, key: str) -> None:
        """As a player does: from playlist to playlist to segment."""
        while url.endswith(".m3u8"):
            answer = await self.http.get(url)
            self._same(url, 200, answer.status_code)
            url = f"{url.rpartition('/')[0]}/{answer.text}"
        answer = await self.http.get(url)
        self._same(url, (200, f"{key} {SEGMENT}"), (answer.status_code, answer.text))
        redirected = [str(each.headers["location"]) for each in answer.history]
        self.given += [(NOBODY, 0, signed) for signed in redirected]

    async def _gives(self, url: str, expected: str) -> None:
        answer = await self.http.get(url)
        self._same(url, (200, expected), (answer.status_code, answer.text))

    async def _is_open(self, key: str, anybody: bool) -> None:
        """An object by its bare names: open or not at all, and never the closed one."""
        self._same(key, anybody, await self._opens(f"/media/{key}"))
        self._same(key, False, await self._opens(f"/media/closed/{key}"))

    async def _opens(self, url: str) -> bool:
        answer = await self.http.get(url)
        assert answer.status_code in {200, 403, 404}
        return answer.status_code == 200

    def _same(self, what, expected, found) -> None:
        self.compared += 1
        assert (what, found) == (what, expected)


async def _compare(world: World, database: Database, ask) -> int:
    async with building(database) as group:
        built = await build(world, group)
    app = Starlette(routes=[play_route(), *media_routes()])
    app.state.platform = ask.platform
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", follow_redirects=True
    ) as http:
        fetching = Fetching(world, built, ask, http)
        await fetching.keep()
        for viewer in (NOBODY, *range(len(world.members))):
            await fetching.all(viewer)
        await fetching.once_all_is_archived()
    return fetching.compared


@pytest.fixture
def asking(empty_search, tmp_path):
    """Makes an `Ask` of a database."""
    from asking import Ask
    from live import platform_on

    def make(database: Database) -> Ask:
        return Ask(platform_on(database, empty_search, tmp_path))

    return make


def test_each_viewer_gets_the_bytes_that_the_rule_says(sqlite_template, tmp_path, asking):
    compared = 0

    async def compare(world: World) -> int:
        path = tmp_path / "world.sqlite3"
        for old in tmp_path.glob("world.sqlite3*"):
            old.unlink()
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            return await _compare(world, database, asking(database))
        finally:
            await database.close()

    # A smaller world is not worth the minutes that it takes to find it.
    @settings(
        max_examples=4,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def check(world: World) -> None:
        nonlocal compared
        compared += asyncio.run(compare(world))

    check()
    assert compared >= 1_000
