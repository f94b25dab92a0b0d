"""Reports of players: their bounds, and what makes two of them the same."""

import hashlib
import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.errors import Invalid
from app.study.models import MAX_KEY
from app.study.rules import LONGEST_VIDEO, OLDEST, SECOND, Playing
from app.study.spans import Span

#: In one report, and in one batch.
MAX_INTERVALS = 100
MAX_REPORTS = 50

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Report(NamedTuple):
    """One report; ``path`` is where it stands in the input, for refusals."""

    content_id: int
    playing: Playing
    client_key: str | None
    path: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What the same report has in common with itself, and no other."""
        text = json.dumps([self.content_id, *self.playing])
        return hashlib.sha256(text.encode()).hexdigest()


def milliseconds(at: datetime) -> int:
    """An instant as milliseconds since 1970."""
    return (at - _UNIX) // _MILLISECOND


def instant(at: int) -> datetime:
    """The instant that :func:`milliseconds` made ``at`` of."""
    return _UNIX + at * _MILLISECOND


def intervals(pairs: Sequence[tuple[float, float]], *path: str) -> tuple[Span, ...]:
    """Seconds of a video as spans of milliseconds, in their order."""
    if len(pairs) > MAX_INTERVALS:
        raise Invalid(f"一次最多上报 {MAX_INTERVALS} 段", *path)
    return tuple(_interval(pair, *path, str(place)) for place, pair in enumerate(pairs))


def during(started: datetime, ended: datetime, at: datetime, *, path: tuple[str, ...]) -> Span:
    """The real time of a report that was kept offline: past, and no older than 30 days."""
    for name, told in (("startedAt", started), ("endedAt", ended)):
        if told.tzinfo is None:
            raise Invalid("时间需要带时区", *path, name)
    if ended > at:
        raise Invalid("结束时间不能晚于现在", *path, "endedAt")
    if started > ended:
        raise Invalid("开始时间不能晚于结束时间", *path, "startedAt")
    if milliseconds(started) < milliseconds(at) - OLDEST:
        raise Invalid("只接收 30 天以内的学习记录", *path, "startedAt")
    return milliseconds(started), milliseconds(ended)


def client_key(key: str | None, *path: str) -> str | None:
    """The key that a client gave a report."""
    # PostgreSQL keeps no NUL in a text.
    if key is not None and (not 1 <= len(key) <= MAX_KEY or "\0" in key):
        raise Invalid(f"编号应为 1 到 {MAX_KEY} 个字符", *path)
    return key


def _interval(pair: tuple[float, float], *path: str) -> Span:
    for name, seconds in zip(("from", "to"), pair, strict=True):
        if not math.isfinite(seconds) or seconds < 0:
            raise Invalid("时间应为不小于 0 的秒数", *path, name)
    if pair[0] > pair[1]:
        raise Invalid("开始时间不能晚于结束时间", *path, "from")
    start, end = (round(min(seconds, LONGEST_VIDEO / SECOND) * SECOND) for seconds in pair)
    return start, end
