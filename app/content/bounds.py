"""What an author's words may be: bounds on every field, named as the graph's inputs name them."""

import re
from urllib.parse import urlsplit

from app.content.markdown import LONGEST_BODY
from app.content.models import MAX_TAG, ContentKind
from app.content.wording import Wording
from app.errors import Invalid

LONGEST_TITLE = 120
LONGEST_SUMMARY = 400
LONGEST_REASON = 400
MOST_TAGS = 10
MOST_PICTURES = 30
_LONGEST_SOURCE = 120
_LONGEST_ADDRESS = 500
_LONGEST_LECTURER = 60
# Tab and line ends are text; NUL and its like are none, and PostgreSQL keeps no NUL.
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROL_OR_BREAK = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]")


def check_wording(kind: ContentKind, wording: Wording) -> None:
    """Refuse words that cannot be kept, naming the field."""
    check_line(wording.title, "标题", "title", longest=LONGEST_TITLE)
    check_text(wording.summary, "摘要", "summary", longest=LONGEST_SUMMARY)
    check_body(wording.body)
    _check_lists(wording)
    if kind is ContentKind.NEWS:
        check_line(wording.source_name, "来源", "sourceName", longest=_LONGEST_SOURCE)
        check_address(wording.source_url, "sourceUrl")
    if kind is ContentKind.MICRO_LECTURE:
        check_line(wording.lecturer or "", "主讲人", "lecturer", longest=_LONGEST_LECTURER)
    if kind is ContentKind.LIVE_STREAM:
        check_address(wording.stream_url or "", "streamUrl")
        _check_times(wording)


def check_line(value: str | None, called: str, name: str, *, longest: int) -> None:
    """One line of 1 to ``longest`` characters, or None."""
    if value is None:
        return
    if not 1 <= len(value) <= longest or value != value.strip():
        raise Invalid(f"{called}应为 1 到 {longest} 个字符，首尾不留空白", "input", name)
    if _CONTROL_OR_BREAK.search(value):
        raise Invalid(f"{called}不能含换行和控制字符", "input", name)


def check_text(value: str, called: str, name: str, *, longest: int) -> None:
    """Text of at most ``longest`` characters, line breaks included."""
    if len(value) > longest:
        raise Invalid(f"{called}不能超过 {longest:,} 个字符", "input", name)
    if _CONTROL.search(value.replace("\r\n", "\n")):
        raise Invalid(f"{called}不能含控制字符", "input", name)


def check_body(value: str) -> None:
    """Markdown of a size that can be rendered."""
    check_text(value, "正文", "body", longest=LONGEST_BODY)


def check_address(value: str | None, name: str) -> None:
    """An http(s) address, or None."""
    if value is not None and (len(value) > _LONGEST_ADDRESS or not is_web_address(value)):
        message = f"网址应以 https:// 或 http:// 开头，不超过 {_LONGEST_ADDRESS} 个字符"
        raise Invalid(message, "input", name)


def check_reason(value: str) -> str:
    """A reason that its reader can read, without space around it."""
    value = value.strip()
    if not value:
        raise Invalid("请说明理由", "input", "reason")
    check_text(value, "理由", "reason", longest=LONGEST_REASON)
    return value


def is_web_address(value: str) -> bool:
    """Whether it is an http(s) address with a host, and nothing but printable characters."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and _is_printable(value)


def _is_printable(value: str) -> bool:
    return value.isprintable() and not any(letter.isspace() for letter in value)


def _check_lists(wording: Wording) -> None:
    if len(wording.tags) > MOST_TAGS or len(set(wording.tags)) < len(wording.tags):
        raise Invalid(f"标签最多 {MOST_TAGS} 个，不能重复", "input", "tags")
    for tag in wording.tags:
        check_line(tag, "标签", "tags", longest=MAX_TAG)
    pictures = wording.gallery_ids
    if len(pictures) > MOST_PICTURES or len(set(pictures)) < len(pictures):
        raise Invalid(f"图集最多 {MOST_PICTURES} 张，不能重复", "input", "galleryIds")


def _check_times(wording: Wording) -> None:
    for name, at in (("startsAt", wording.starts_at), ("endsAt", wording.ends_at)):
        if at is not None and at.tzinfo is None:
            raise Invalid("时间必须带时区", "input", name)
    if wording.ends_at and wording.starts_at and wording.ends_at <= wording.starts_at:
        raise Invalid("结束时间应晚于开始时间", "input", "endsAt")
