"""Pure rules of uploads: what may be sent, how large, and under which name it is shown."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from app.errors import ErrorCode, Invalid, Refusal, TooLarge
from app.uploads.models import UploadPurpose

MEGABYTE = 1_000_000
MAX_FILENAME = 120
MAX_ALT = 200
MAX_LABEL = 40
#: How long a leave to send is good: a phone on a slow line sends 2 GB in it, hardly more.
TICKET_LIFETIME: Mapping[UploadPurpose, timedelta] = {
    UploadPurpose.IMAGE: timedelta(minutes=15),
    UploadPurpose.AVATAR: timedelta(minutes=15),
    UploadPurpose.VIDEO: timedelta(hours=2),
    UploadPurpose.DOCUMENT: timedelta(minutes=15),
}
#: In parts it may take a day's work, with pauses; stores drop what lies in parts after a day.
PARTS_LIFETIME = timedelta(hours=12)
_LONGEST_GIVEN_NAME = 1000

_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"})
_DOCUMENTS = frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"})
_VIDEOS = frozenset({"video/mp4", "video/quicktime", "video/webm"})


class Allowance(NamedTuple):
    """What one purpose takes: types, and bytes at most."""

    content_types: frozenset[str]
    max_bytes: int
    named: str


ALLOWED: Mapping[UploadPurpose, Allowance] = {
    UploadPurpose.IMAGE: Allowance(_PICTURES, 30 * MEGABYTE, "JPEG、PNG、WebP、AVIF、HEIC"),
    UploadPurpose.AVATAR: Allowance(_PICTURES, 10 * MEGABYTE, "JPEG、PNG、WebP、AVIF、HEIC"),
    UploadPurpose.VIDEO: Allowance(_VIDEOS, 2000 * MEGABYTE, "MP4、MOV、WebM"),
    UploadPurpose.DOCUMENT: Allowance(_DOCUMENTS, 20 * MEGABYTE, "Word 文档（.docx）"),
}


class Quota(NamedTuple):
    """What one member may have or ask for at a time."""

    unfinished: int = 20
    a_day: int = 200
    bytes_a_day: int = 10_000 * MEGABYTE


def check_request(purpose: UploadPurpose, content_type: str, byte_size: int) -> None:
    """Refuse what could only be rejected later; errors name the field of the input."""
    allowed = ALLOWED[purpose]
    if content_type not in allowed.content_types:
        raise Refusal(
            f"仅支持 {allowed.named}",
            "input",
            "contentType",
            code=ErrorCode.UNSUPPORTED_MEDIA,
        )
    if byte_size < 1:
        raise Invalid("文件是空的", "input", "byteSize")
    if byte_size > allowed.max_bytes:
        raise TooLarge(f"文件超过 {allowed.max_bytes // MEGABYTE} MB", "input", "byteSize")


def check_in_parts(purpose: UploadPurpose) -> None:
    """Pictures are small enough to be sent again."""
    if purpose is not UploadPurpose.VIDEO:
        raise Invalid("仅视频可以分片上传", "input", "inParts")


def display_name(filename: str) -> str:
    """The name as it may be shown: no folders, nothing invisible, its ending kept; never a path."""
    if len(filename) > _LONGEST_GIVEN_NAME:
        raise Invalid("文件名过长", "input", "filename")
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    # Controls, marks of direction, surrogates and private letters: they hide what a name says.
    seen = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    seen = " ".join(seen.split()).strip(". ") or "未命名"
    if len(seen) <= MAX_FILENAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    kept = f"…{dot}{ending}" if stem and len(ending) <= 8 else "…"
    return seen[: MAX_FILENAME - len(kept)] + kept


def checked_alt(text: str) -> str:
    """A picture's words, trimmed; Invalid where there are none or too many."""
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= MAX_ALT or "\0" in trimmed:
        raise Invalid(f"替代文本应为 1 到 {MAX_ALT} 个字符", "input", "alt")
    return trimmed


def checked_label(text: str) -> str:
    """What captions are chosen by, trimmed."""
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= MAX_LABEL or not trimmed.isprintable():
        raise Invalid(f"名称应为 1 到 {MAX_LABEL} 个字符", "input", "label")
    return trimmed
