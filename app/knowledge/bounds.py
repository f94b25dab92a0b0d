"""How much a text to import may hold, and which characters."""

import re

from app.errors import Invalid
from app.knowledge.reading.parsed import ParsedRegulation, Problem, UnreadableRegulation

LONGEST_TEXT = 2_000_000
"""Characters of one source text."""

LONGEST_CATEGORY = 60
_LONGEST_TITLE = 300
_LONGEST_SOURCE_NAME = 300
_LONGEST_SOURCE_URL = 500
_REPORTED_LINES = 5
# Tab and line ends are text; so is a form feed, which word processors leave at page ends.
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def check_text(text: str) -> None:
    """Refuse what is too long to be read, or holds what no text does, naming its lines."""
    if len(text) > LONGEST_TEXT:
        raise UnreadableRegulation((Problem(1, f"全文超过 {LONGEST_TEXT:,} 个字符"),))
    if _CONTROL.search(text):
        raise UnreadableRegulation(_control_characters(text))


def check_category(category: str) -> str:
    """The category without space around it, if it is one."""
    category = category.strip()
    if not 1 <= len(category) <= LONGEST_CATEGORY:
        raise Invalid(f"类别应为 1 到 {LONGEST_CATEGORY} 个字符", "input", "category")
    if "/" in category or not category.isprintable():
        raise Invalid("类别不能含“/”、换行和控制字符", "input", "category")
    return category


def check_source(name: str, url: str | None) -> None:
    """Refuse a source that cannot be kept, or a link that is none."""
    if len(name) > _LONGEST_SOURCE_NAME:
        raise Invalid(f"来源名称不能超过 {_LONGEST_SOURCE_NAME} 个字符", "input", "sourceName")
    if url is None:
        return
    if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
        raise Invalid("来源网址应以 https:// 或 http:// 开头，不含空白", "input", "sourceUrl")
    if len(url) > _LONGEST_SOURCE_URL:
        raise Invalid(f"来源网址不能超过 {_LONGEST_SOURCE_URL} 个字符", "input", "sourceUrl")


def check_head(parsed: ParsedRegulation) -> None:
    """Refuse a head whose parts are longer than what is kept of them."""
    parts = (
        ("标题", parsed.title, _LONGEST_TITLE),
        ("副标题", parsed.subtitle or "", _LONGEST_TITLE),
        ("发布机关", parsed.issuer or "", 200),
        ("文号", parsed.document_number or "", 120),
        ("类别", parsed.category, LONGEST_CATEGORY),
    )
    problems = tuple(
        Problem(1, f"{called}超过 {longest} 个字符")
        for called, value, longest in parts
        if len(value) > longest
    )
    if problems:
        raise UnreadableRegulation(problems)


def _control_characters(text: str) -> tuple[Problem, ...]:
    lines = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    found = [Problem(number, "含有控制字符") for number, line in lines if _CONTROL.search(line)]
    return tuple(found[:_REPORTED_LINES])
