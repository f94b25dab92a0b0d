"""Videos: what is made of them, and that nothing else is opened on the way."""

import asyncio
import re

import pytest
from films import SOUND, ffmpeg, film

from media import ffmpeg as ffmpeg_module
from media import videos
from media.ffmpeg import run_ffmpeg
from media.ladder import ladder
from media.refusals import Rejected
from media.sniffing import Kind
from media.videos import make_video

pytestmark = pytest.mark.anyio

UNKNOWN = "文件不是可用的视频，请上传 MP4、MOV 或 WebM 视频"
UNREADABLE = "视频已损坏或编码不受支持，请重新导出后上传"


async def made(tmp_path, source):
    return await make_video(source, tmp_path / "made", lambda part: None)


async def reason(tmp_path, source):
    with pytest.raises(Rejected) as finding:
        await made(tmp_path, source)
    return finding.value.reason


def names(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


@pytest.mark.parametrize(
    ("size", "rungs"),
    [
        ((1920, 1080), [(640, 360), (960, 540), (1280, 720)]),
        ((1080, 1920), [(360, 640), (540, 960), (720, 1280)]),
        ((1000, 550), [(654, 360), (982, 540)]),
        ((640, 360), [(640, 360)]),
        ((321, 241), [(320, 240)]),
        ((3, 2000), [(2, 2000)]),
    ],
)
def test_a_ladder_has_what_the_source_allows_and_even_sides(size, rungs):
    assert [(rung.width, rung.height) for rung in ladder(*size)] == rungs


async def test_a_film_becomes_a_ladder_an_mp4_and_a_poster(tmp_path):
    where = ("-metadata", "location=+31.2304+121.4737/", "-metadata", "title=某某手机")
    source = film(tmp_path / "a.mp4", *where, size="960x540", seconds=1)
    heard = []
    result = await make_video(source, tmp_path / "made", heard.append)
    assert (result.width, result.height, result.duration_seconds) == (960, 540, 1.0)
    assert 0.5 < heard[-1] <= 1.0
    assert names(result.folder) == [
        "index.m3u8",
        "v360/00000.ts",
        "v360/index.m3u8",
        "v540/00000.ts",
        "v540/index.m3u8",
        "video.mp4",
    ]
    master = (result.folder / "index.m3u8").read_text()
    assert re.findall(r"RESOLUTION=(\w+),.+\n(.+)\n", master) == [
        ("640x360", "v360/index.m3u8"),
        ("960x540", "v540/index.m3u8"),
    ]
    for name in names(result.folder):
        data = (result.folder / name).read_bytes()
        assert b"31.2304" not in data
        assert "某某手机".encode() not in data
    said = ffmpeg("-i", str(result.folder / "index.m3u8"), "-f", "null", "-")
    assert "frame=   10" in said


def sequence(segment):
    """Profile, constraints and level of the H.264 in a segment: the bytes that begin its SPS."""
    data = segment.read_bytes()
    start = data.index(b"\0\0\1\x67") + 4
    return data[start : start + 3].hex()


@pytest.mark.parametrize(("sound", "heard"), [((), ""), (SOUND, ",mp4a.40.2")])
async def test_the_playlist_names_the_codecs_that_its_segments_hold(tmp_path, sound, heard):
    result = await made(tmp_path, film(tmp_path / "a.mp4", *sound, size="960x540"))
    named = re.findall('CODECS="(.+)"', (result.folder / "index.m3u8").read_text())
    found = [sequence(result.folder / f"v{side}/00000.ts") for side in (360, 540)]
    assert named == [f"avc1.{each}{heard}" for each in found]
    assert len(set(found)) == 2
    said = ffmpeg("-i", str(result.folder / "video.mp4"), "-f", "null", "-")
    assert "h264 (Main)" in said
    assert ("aac (LC)" in said) == bool(sound)


async def test_a_film_from_a_phone_held_upright_is_upright(tmp_path):
    lying = film(tmp_path / "lying.mp4")
    source = tmp_path / "held.mov"
    ffmpeg("-display_rotation", "90", "-i", str(lying), "-c", "copy", str(source))
    result = await made(tmp_path, source)
    assert (result.width, result.height) == (36, 64)


async def test_a_webm_with_a_quiet_voice_becomes_an_mp4_that_is_heard(tmp_path):
    quiet = ("-f", "lavfi", "-i", "sine=440:d=3", "-af", "volume=-40dB")
    source = film(tmp_path / "a.webm", *quiet, "-c:v", "libvpx", seconds=3)
    result = await made(tmp_path, source)
    measure = ("-i", str(result.folder / "video.mp4"), "-af", "volumedetect", "-f", "null", "-")
    said = ffmpeg(*measure)
    assert float(re.search(r"mean_volume: (\S+) dB", said)[1]) > -25


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x89PNG\r\n\x1a\n0000",
        b"\0\0\0\x18ftypavif0000",
        b"GIF89a",
        b"\x1a\x45\xdf\xa3 no such document",
    ],
)
async def test_what_is_no_film_is_rejected_before_anything_decodes_it(tmp_path, data, monkeypatch):
    monkeypatch.setattr(videos, "run_ffmpeg", None)
    (tmp_path / "a.mp4").write_bytes(data)
    assert await reason(tmp_path, tmp_path / "a.mp4") == UNKNOWN


async def test_half_a_film_is_rejected(tmp_path):
    source = film(tmp_path / "a.mp4", "-movflags", "+faststart")
    data = source.read_bytes()
    source.write_bytes(data[: len(data) // 4])
    assert await reason(tmp_path, source) == UNREADABLE


async def test_sound_without_a_picture_is_rejected(tmp_path):
    ffmpeg(*SOUND, str(tmp_path / "a.m4a"))
    (tmp_path / "a.m4a").rename(tmp_path / "a.mp4")
    assert await reason(tmp_path, tmp_path / "a.mp4") == UNREADABLE


async def test_a_frame_larger_than_the_bound_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr("media.ffmpeg._MAX_PIXELS", 64 * 36 - 1)
    assert await reason(tmp_path, film(tmp_path / "a.mp4")) == UNREADABLE


async def test_a_film_that_is_too_long_is_rejected_at_a_look(tmp_path, monkeypatch):
    monkeypatch.setattr(videos, "MAX_SECONDS", 1)
    source = film(tmp_path / "a.mp4", seconds=1.5)
    assert await reason(tmp_path, source) == "视频超过 30 分钟，请剪短后上传"


async def test_a_film_that_conceals_its_length_is_rejected_while_it_is_encoded(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(videos, "MAX_SECONDS", 1)
    monkeypatch.setattr(videos, "_DURATION", re.compile("(never)"))
    source = film(tmp_path / "a.mp4", seconds=3)
    assert await reason(tmp_path, source) == "视频超过 30 分钟，请剪短后上传"


async def test_a_film_that_takes_too_long_to_encode_is_rejected(tmp_path, monkeypatch):
    source = film(tmp_path / "a.mp4", "-preset", "ultrafast", size="1280x720", seconds=12)
    bounded = ffmpeg_module.run_bounded

    async def briefly(command, bounds, **more):
        seconds = 1 if "-filter_complex" in command else 60
        return await bounded(command, bounds._replace(cpu_seconds=seconds), **more)

    monkeypatch.setattr(ffmpeg_module, "run_bounded", briefly)
    assert await reason(tmp_path, source) == "视频处理超时，请压缩后重新上传"


class Listening:
    """A server on loopback that should never be called."""

    def __init__(self):
        self.called = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._count, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}/a.ts"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _count(self, _reader, writer):
        self.called += 1
        writer.close()


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {url}\n",
    "dash": '<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("kind", [Kind.MOV, Kind.MATROSKA])
async def test_a_playlist_is_not_followed_even_past_the_first_look(
    tmp_path, name, kind, monkeypatch
):
    source = tmp_path / "a.mp4"
    async with Listening() as listening:
        source.write_text(PLAYLISTS[name].format(url=listening.url))
        assert await reason(tmp_path, source) == UNKNOWN
        ended = await run_ffmpeg(source, kind, ["-f", "null", "-"], seconds=20)
        assert ended.code != 0
        assert listening.called == 0


async def test_the_listener_would_have_heard_it(tmp_path):
    """What the proof above is worth: ffmpeg without our bounds does call."""
    source = tmp_path / "a.m3u8"
    async with Listening() as listening:
        source.write_text(PLAYLISTS["hls"].format(url=listening.url))
        whitelist = ("-protocol_whitelist", "file,http,tcp", "-allowed_extensions", "ALL")
        command = [*whitelist, "-i", str(source), "-f", "null", "-"]
        with pytest.raises(Exception, match="non-zero exit status"):
            await asyncio.to_thread(ffmpeg, *command)
        assert listening.called > 0
