"""Captions: read strictly, written anew."""

import pytest

from app.errors import Invalid
from app.uploads.captions import checked_captions, checked_language, object_name

CUE = "00:01.000 --> 00:02.500"


def test_cues_are_kept_and_nothing_else():
    text = (
        "\ufeffWEBVTT 某某\r\n\r\nSTYLE\r\n::cue { background: url(http://x) }\r\n\r\n"
        f"NOTE 备注\r\n\r\n1\r\n{CUE} align:left\r\n<v 李老师>同志们<b>好</b>\r\n第二行\r\n\r\n"
        f"01:00:00.000 --> 01:00:01.000\r\n<script>alert(1)</script>\r\n"
    )
    assert checked_captions(text) == (
        f"WEBVTT\n\n{CUE}\n同志们好\n第二行\n\n01:00:00.000 --> 01:00:01.000\nalert(1)\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WEBVTT",
        "1\n00:00:01,000 --> 00:00:02,000\n好\n",
        f"WEBVTTX\n\n{CUE}\n好",
        f"WEBVTT\n\n{CUE[:-4]}\n好",
        "WEBVTT\n\n00:99.000 --> 01:00.000\n好",
        f"WEBVTT\n\n{CUE}\na\0",
        f"WEBVTT\n\n{CUE}\n" + "长" * 100_000,
    ],
)
def test_what_is_no_webvtt_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        checked_captions(text)
    assert refusal.value.path == ("input", "text")


def test_no_half_of_a_tag_is_left():
    assert (
        checked_captions(f"WEBVTT\n\n{CUE}\na <<b>script>x< y")
        == f"WEBVTT\n\n{CUE}\na script>x y\n"
    )


def test_a_language_is_a_code_and_names_a_file():
    assert checked_language("zh-Hans-CN") == "zh-Hans-CN"
    assert object_name(7, "zh-Hans-CN") == "captions/7/zhhanscn.vtt"
    for language in ("", "中文", "../x", "zh_CN", "zh-" + "a" * 20):
        with pytest.raises(Invalid):
            checked_language(language)
