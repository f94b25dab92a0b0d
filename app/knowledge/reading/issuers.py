"""Who issued a regulation, as its category, title and history tell."""

import re
from collections.abc import Iterable

from app.knowledge.reading.parsed import Event

_COURTS = ("最高人民法院", "最高人民检察院")
_ISSUER_OF_CATEGORY = {"行政法规": "国务院"}
_KNOWN = (
    (re.compile(r"全国人民代表大会常务委员会"), "全国人民代表大会常务委员会"),
    (re.compile(r"届全国人民代表大会第|全国人民代表大会公告"), "全国人民代表大会"),
    (re.compile(r"中国共产党第\S+次全国代表大会"), "中国共产党全国代表大会"),
)
_PUBLISHED_BY = re.compile(
    r"(?:经|由)?(?:中华人民共和国)?(?P<issuer>[^\s，。；《》（）\d]{2,30}?)"
    r"(?:令第\S{1,12}号|第\S{1,8}号令)?(?:公告)?(?:联合)?(?:发布|公布|印发|颁布|制定)"
)


def find_issuer(
    category: str, title: str, *, history: Iterable[Event], folder: str | None = None
) -> str | None:
    """Name the issuer, several joined by 、; None where nothing tells.

    ``folder`` is what stands below the category in a source's path: ministries keep theirs apart.
    """
    events = [event.text for event in history]
    if category == "司法解释":
        return _courts_in(title) or _courts_in(" ".join(events))
    return (
        _ISSUER_OF_CATEGORY.get(category)
        or folder
        or _first_known(events)
        or _first_publisher(events)
    )


def _courts_in(text: str) -> str | None:
    return "、".join(court for court in _COURTS if court in text) or None


def _first_known(events: list[str]) -> str | None:
    for event in events:
        for pattern, issuer in _KNOWN:
            if pattern.search(event):
                return issuer
    return None


def _first_publisher(events: list[str]) -> str | None:
    matches = (_PUBLISHED_BY.match(event) for event in events)
    return next((match["issuer"] for match in matches if match), None)
