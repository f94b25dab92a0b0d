"""Files that are not the pictures they say they are."""

import io
import struct
import zipfile

import pytest
from PIL import Image, PngImagePlugin
from pixels import encoded, frames, phone_picture, picture, png_that_claims

from media import pictures
from media.pictures import make_picture
from media.refusals import Rejected

pytestmark = pytest.mark.anyio

UNKNOWN = "文件不是可用的图片，请上传 JPEG、PNG、WebP、AVIF 或 HEIC 图片"
UNREADABLE = "图片已损坏或不完整，请重新导出后上传"
LARGE = "图片超过 4000 万像素，请缩小后上传"
SCRIPT = b"<script>alert(document.domain)</script>"


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(10_000_000))
    return out.getvalue()


NOT_PICTURES = {
    "html": b"<!doctype html><html>" + SCRIPT,
    "html after a blank": b"\n\n <html>" + SCRIPT,
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "php": b"<?php system($_GET['c']); ?>",
    "zip bomb": zipped(),
    "pdf": b"%PDF-1.7\n1 0 obj",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "gif that is a script": b"GIF89a=1;alert(1)//",
    "tiff": encoded(picture(), "TIFF"),
    "bmp": encoded(picture(), "BMP"),
    "playlist": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n",
    "one byte": b"\xff",
    "nothing": b"",
}


async def made(tmp_path, data):
    source = tmp_path / "source"
    source.write_bytes(data)
    return await make_picture(source, tmp_path / "made")


async def reason(tmp_path, data):
    with pytest.raises(Rejected) as finding:
        await made(tmp_path, data)
    return finding.value.reason


@pytest.mark.parametrize("name", NOT_PICTURES)
async def test_what_is_no_picture_is_rejected_before_anything_decodes_it(
    tmp_path, name, monkeypatch
):
    monkeypatch.setattr(pictures, "run_bounded", None)
    assert await reason(tmp_path, NOT_PICTURES[name]) == UNKNOWN


async def test_a_long_gif_is_rejected_before_anything_decodes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "run_bounded", None)
    assert await reason(tmp_path, frames(10_000, "GIF")) == UNKNOWN


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff" + SCRIPT,
        b"\0\0\0\x18ftypavif" + SCRIPT,
    ],
)
async def test_a_good_beginning_alone_makes_no_picture(tmp_path, data):
    assert await reason(tmp_path, data) in {UNKNOWN, UNREADABLE}


async def test_half_a_picture_is_rejected(tmp_path):
    data = encoded(picture(600, 400), quality=95)
    assert await reason(tmp_path, data[: len(data) // 2]) == UNREADABLE


async def test_a_bomb_is_rejected_by_what_its_header_claims(tmp_path):
    assert await reason(tmp_path, png_that_claims(50_000, 50_000)) == LARGE


async def test_a_header_that_claims_what_does_not_come_is_rejected(tmp_path):
    assert await reason(tmp_path, png_that_claims(6_000, 6_000)) == UNREADABLE


async def test_a_bomb_in_the_metadata_is_rejected(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("bomb", "0" * 3_000_000, zip=True)
    assert await reason(tmp_path, encoded(picture(), "PNG", pnginfo=notes)) == UNREADABLE


async def test_of_an_animation_the_first_frame_is_taken(tmp_path):
    result = await made(tmp_path, frames(1_000, "PNG", default_image=False))
    assert (result.width, result.height) == (2, 2)
    with Image.open(result.folder / "2.webp") as first:
        assert not getattr(first, "is_animated", False)


@pytest.mark.parametrize(
    "data",
    [
        encoded(picture(), comment=SCRIPT) + SCRIPT + zipped(),
        phone_picture(),
    ],
)
async def test_nothing_of_a_polyglot_is_left_but_the_picture(tmp_path, data):
    result = await made(tmp_path, data)
    for width in result.widths:
        kept = (result.folder / f"{width}.webp").read_bytes()
        assert kept[:4] == b"RIFF"
        assert struct.unpack("<I", kept[4:8])[0] == len(kept) - 8
        for trace in (b"script", b"PK\3\4", b"Exif", "某某手机".encode()):
            assert trace not in kept


async def test_a_decoder_that_wants_too_much_memory_ends_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_BOUNDS", pictures._BOUNDS._replace(memory=150_000_000))
    big = encoded(Image.new("RGB", (5000, 4000)), "PNG", compress_level=1)
    assert await reason(tmp_path, big) in {UNREADABLE, LARGE}


async def test_a_decoder_that_takes_too_long_ends_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_BOUNDS", pictures._BOUNDS._replace(seconds=0.001))
    assert await reason(tmp_path, encoded(picture())) == LARGE


async def test_a_transparent_picture_is_put_on_white(tmp_path):
    result = await made(tmp_path, encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    with Image.open(result.folder / "8.webp") as kept:
        assert kept.convert("RGB").getpixel((4, 4)) == (255, 255, 255)
