"""A video from leave to play: made ready, captioned, and played by whoever may see it."""

import re

import httpx
import pytest
from films import film
from group import building
from sqlmodel import select
from starlette.applications import Starlette
from uploading import Sending

from app.content.actions import Lecture, archive
from app.content.models import Content
from app.uploads.models import Video
from app.visibility import EVERYONE, PUBLIC
from app.worker import workshop
from media import playing
from media.placing import place_on
from media.playing import play_route
from media.serving import media_routes

pytestmark = pytest.mark.anyio
# Statements have tests on both databases; encoding a film takes seconds.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

VIDEO = """query ($id: ID!) { node(id: $id) { ... on Video {
  state hlsUrl mp4Url durationSeconds width height poster { id width url }
  tracks { language label url } } } }"""
CAPTION = """mutation ($id: ID!, $text: String!) { captionVideo(input: {videoId: $id,
  language: "zh-CN", label: "中文", text: $text}) {
  video { tracks { language label url } } errors { code message path } } }"""
CUES = "WEBVTT\n\n00:00.000 --> 00:01.000\n同志们好\n"


@pytest.fixture(scope="module")
def a_film(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "a.mp4").read_bytes()


@pytest.fixture
async def members(database):
    async with building(database) as group:
        branch = await group.organization()
        return [await group.member(branch), await group.member(branch)]


@pytest.fixture
async def http(ask, anyio_backend):
    app = Starlette(routes=[play_route(), *media_routes()])
    app.state.platform = ask.platform
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", follow_redirects=True
    ) as client:
        yield client


async def sent(ask, member, data):
    done = await Sending(ask, member).all(data, content_type="video/mp4", purpose="VIDEO")
    assert (done["state"], done["progress"], done["rejection"]) == ("READY", 100, None)
    return done["asset"]["id"]


async def lecture_on(database, author, audience):
    async with building(database) as group:
        video = (await group.session.scalars(select(Video))).one()
        extra = Lecture(lecturer="李老师", video_id=video.id)
        return await group.content(author, "一堂微党课", extra, audience=audience)


async def test_a_video_is_made_ready_captioned_and_played_to_its_end(ask, members, http, a_film):
    key = await sent(ask, members[0], a_film)
    video = (await ask(VIDEO, members[0], id=key))["node"]
    assert (video["state"], video["width"], video["height"]) == ("READY", 64, 36)
    assert video["durationSeconds"] == 1.0
    assert video["poster"]["width"] == 64
    assert (await http.get(video["poster"]["url"])).status_code == 200
    said = (await ask(CAPTION, members[0], id=key, text=CUES))["captionVideo"]
    assert said["errors"] == []
    (track,) = said["video"]["tracks"]
    assert (track["language"], track["label"]) == ("zh-CN", "中文")
    captions = await http.get(track["url"])
    assert captions.headers["content-type"] == "text/vtt; charset=utf-8"
    assert captions.text == CUES
    await plays(http, video["hlsUrl"])
    mp4 = await http.get(video["mp4Url"], headers={"Range": "bytes=4-7"})
    assert (mp4.status_code, mp4.content) == (206, b"ftyp")


async def plays(http, url):
    """What a player does: the playlist, its playlists, their segments."""
    master = await http.get(url)
    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    (rung,) = re.findall(r"^v\d+/index.m3u8$", master.text, re.MULTILINE)
    playlist = await http.get(join(url, rung))
    (name,) = re.findall(r"^\d+\.ts$", playlist.text, re.MULTILINE)
    segment = await http.get(join(join(url, rung), name))
    assert (segment.status_code, segment.content[:1]) == (200, b"\x47")
    return join(join(url, rung), name)


def join(url, name):
    return f"{url.rpartition('/')[0]}/{name}"


@on_sqlite
async def test_a_closed_video_plays_for_whoever_sees_it_and_not_a_moment_longer(
    ask, database, members, http, a_film, monkeypatch
):
    monkeypatch.setattr(playing, "_BELIEVED_SECONDS", 0.0)
    key = await sent(ask, members[0], a_film)
    content = await lecture_on(database, members[0], EVERYONE)
    viewer = await ask.viewer(members[1])
    url = (await ask(VIDEO, viewer, id=key))["node"]["hlsUrl"]
    segment = await plays(http, url)
    assert (await ask(VIDEO, id=key))["node"] is None
    # The same video behind a link that says "nobody", or another, or none.
    token = url.split("/")[3]
    video_id, _, until, signed = token.split(".")
    for forged in (f"{video_id}.0.{until}.{signed}", f"{token}0", "x", f"1.2.{until}.{signed}"):
        assert (await http.get(url.replace(token, forged))).status_code == 403
    async with database.transaction() as session:
        await archive(session, await session.get_one(Content, content.id))
    assert (await http.get(url)).status_code == 403
    assert (await http.get(segment)).status_code == 403
    own = (await ask(VIDEO, members[0], id=key))["node"]["hlsUrl"]
    await plays(http, own)


@on_sqlite
async def test_a_link_ends_with_the_session_and_in_any_case_after_hours(
    ask, members, http, a_film, monkeypatch
):
    monkeypatch.setattr(playing, "_BELIEVED_SECONDS", 0.0)
    key = await sent(ask, members[0], a_film)
    viewer = await ask.viewer(members[0])
    url = (await ask(VIDEO, viewer, id=key))["node"]["hlsUrl"]
    assert (await http.get(url)).status_code == 200
    real = playing.time.time
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: real() + 12 * 3600)
        assert (await http.get(url)).status_code == 403
    await ask.platform.sessions.logout(viewer)
    assert (await http.get(url)).status_code == 403


@on_sqlite
async def test_a_link_leads_to_files_of_its_video_only(ask, members, http, a_film):
    key = await sent(ask, members[0], a_film)
    url = (await ask(VIDEO, members[0], id=key))["node"]["hlsUrl"]
    for name in ("%2e%2e/%2e%2e/secret.key", "index.html", "", "%2e%2e/video.mp4", "1.ts/2.ts"):
        path = join(url, name).encode()
        answer = await http.get(httpx.URL("http://test", raw_path=path))
        assert answer.status_code == 404


@on_sqlite
async def test_a_public_video_is_fetched_by_anybody_without_a_signature(
    ask, database, members, http, a_film
):
    key = await sent(ask, members[0], a_film)
    content = await lecture_on(database, members[0], PUBLIC)
    closed = (await ask(VIDEO, id=key))["node"]["hlsUrl"]
    await plays(http, closed)
    await place_on(workshop(ask.platform), [content.id])
    video = (await ask(VIDEO, id=key))["node"]
    assert video["hlsUrl"].startswith("/media/video/")
    await plays(http, video["hlsUrl"])
    assert video["poster"]["url"].startswith("/media/image/")
    # Whoever began before it was opened plays on.
    await plays(http, closed)


@on_sqlite
async def test_only_the_sender_captions_a_video(ask, database, members, a_film):
    key = await sent(ask, members[0], a_film)
    unseen = (await ask(CAPTION, members[1], id=key, text=CUES))["captionVideo"]
    assert unseen["errors"][0]["code"] == "NOT_FOUND"
    await lecture_on(database, members[0], EVERYONE)
    refused = (await ask(CAPTION, members[1], id=key, text=CUES))["captionVideo"]
    assert refused["errors"][0]["code"] == "FORBIDDEN"
    assert (await ask(VIDEO, members[1], id=key))["node"]["tracks"] == []


async def test_a_playlist_called_mp4_is_rejected_in_words(ask, members):
    data = b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n"
    done = await Sending(ask, members[0]).all(data, content_type="video/mp4", purpose="VIDEO")
    assert (done["state"], done["asset"]) == ("REJECTED", None)
    assert done["rejection"] == "文件不是可用的视频，请上传 MP4、MOV 或 WebM 视频"
