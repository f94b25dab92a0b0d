"""WebVTT captions (https://www.w3.org/TR/webvtt1/): read strictly, written anew."""

import re

from app.errors import Invalid

#: A film of 30 minutes has some 40 kB of captions; a request holds 256 KiB.
MAX_CHARACTERS = 100_000
_MAX_CUES = 5_000
_TIME = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"({_TIME})[ \t]+-->[ \t]+({_TIME})(?:[ \t].*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_PATH = ("input", "text")


def checked_captions(text: str) -> str:
    """The cues of a WebVTT file, and nothing else of it: no styles, no regions, no notes."""
    if len(text) > MAX_CHARACTERS or "\0" in text:
        raise Invalid(f"字幕不能超过 {MAX_CHARACTERS} 个字符", *_PATH)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head, *blocks = re.split(r"\n{2,}", lines.strip())
    if re.match(r"WEBVTT(?:[ \t\n]|$)", head) is None:
        raise Invalid("字幕应为 WebVTT 格式（第一行是 WEBVTT）", *_PATH)
    cues = [cue for block in blocks if (cue := _cue(block)) is not None]
    if not 1 <= len(cues) <= _MAX_CUES:
        raise Invalid(f"字幕应有 1 到 {_MAX_CUES} 条", *_PATH)
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def checked_language(language: str) -> str:
    """A BCP 47 tag such as ``zh-CN``."""
    if len(language) > 16 or _LANGUAGE.fullmatch(language) is None:
        raise Invalid("语言应为 zh-CN 这样的代码", "input", "language")
    return language


def object_name(video_id: int, language: str) -> str:
    """Where the captions lie, below their video's key: each member's own."""
    return f"captions/{video_id}/{re.sub('[^a-z0-9]', '', language.lower())}.vtt"


def _cue(block: str) -> str | None:
    """Timing and text; None for what is no cue (NOTE, STYLE, REGION)."""
    lines = block.split("\n")
    start = next((place for place, line in enumerate(lines[:2]) if "-->" in line), None)
    if start is None:
        return None
    timing = _TIMING.fullmatch(lines[start].strip())
    if timing is None:
        raise Invalid(f"字幕时间不正确：{lines[start][:60]}", *_PATH)
    # Markup is for players to make something of; captions are words.
    words = [re.sub(r"<[^>]*>", "", line).replace("<", "").strip() for line in lines[start + 1 :]]
    return "\n".join([f"{timing[1]} --> {timing[2]}", *(word for word in words if word)])
