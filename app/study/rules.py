"""Pure rules of study: what counts of a report, bounded by the video and by the clock.

Every millisecond of a member's real time counts for one lecture at most, and once: a report is
paid in time that no other has used up.
"""

import math
from typing import NamedTuple

from app.study.spans import (
    Span,
    Spans,
    beyond,
    first_of,
    joined,
    last_of,
    longest,
    measure,
    union,
    within,
    without,
)

SECOND = 1000
#: A player that was silent for longer begins a new sitting.
LONGEST_SILENCE = 600 * SECOND
#: What the first report of a sitting may count for: nobody knows when its playing began.
ALLOWANCE = 60 * SECOND
#: How old a report may be that was kept while offline, and how long used time is remembered.
OLDEST = 30 * 24 * 3600 * SECOND
#: No video is longer.
LONGEST_VIDEO = 24 * 3600 * SECOND
#: Players report in whole or rounded seconds: a narrower gap was none.
GAP = SECOND
MOST_WATCHED = 500
MOST_OCCUPIED = 300


class Policy(NamedTuple):
    """What the group decides: video seconds a real second may count for, and the share to see."""

    speed: float
    completion: float


class Clock(NamedTuple):
    """A member's real time, in milliseconds since 1970; see :class:`models.StudyClock`."""

    opened: int = 0
    reported: int = 0
    occupied: Spans = ()


class Progress(NamedTuple):
    """How far a member has come with a video; see :class:`models.StudyProgress`."""

    watched: Spans = ()
    resume_at: int = 0
    played: int = 0


class Playing(NamedTuple):
    """What was played, in its order; ``during`` is when, for reports that were kept offline."""

    watched: tuple[Span, ...]
    during: Span | None = None


class Video(NamedTuple):
    """What is watched: its length where that is known, and since when it could be."""

    length: int | None
    since: int = 0


def take(
    playing: Playing, clock: Clock, progress: Progress, *, video: Video, at: int, speed: float
) -> tuple[Clock, Progress]:
    """The clock and the progress after a report; what exceeds either bound is cut from its end."""
    window = _window(playing, clock, video, at=at)
    free = without(window, clock.occupied)
    said = within(playing.watched, LONGEST_VIDEO if video.length is None else video.length)
    watched = _counted(progress.watched, said, int(measure(free) * speed))
    spent = math.ceil((measure(watched) - measure(progress.watched)) / speed)
    used = last_of(free, spent) if playing.during is None else (window,)
    after = Clock(clock.opened, clock.reported, _remembered(clock.occupied, used, at))
    if playing.during is None:
        after = after._replace(opened=window[0], reported=at)
    newest = playing.during is None or window[1] >= progress.played
    if not (said and newest):
        return after, progress._replace(watched=watched)
    return after, Progress(watched, said[-1][1], window[1])


def is_complete(watched: int, video: Video, share: float) -> bool:
    """Whether ``watched`` milliseconds are the share to see; never without a known length."""
    return bool(video.length) and watched >= share * (video.length or 0)


def _window(playing: Playing, clock: Clock, video: Video, *, at: int) -> Span:
    """The real time that a report may count for."""
    if playing.during is not None:
        start, end = playing.during
        return min(max(start, video.since), end), end
    # A clock that was set back begins a new sitting, too; what was used stays used.
    if 0 <= at - clock.reported <= LONGEST_SILENCE:
        return max(clock.opened, at - LONGEST_SILENCE), at
    return at - ALLOWANCE, at


def _counted(known: Spans, said: tuple[Span, ...], budget: int) -> Spans:
    whole = union((*known, *said), gap=GAP)
    counted = union((*known, *first_of(beyond(whole, known), budget)))
    return longest(counted, MOST_WATCHED)


def _remembered(occupied: Spans, used: Spans, at: int) -> Spans:
    known = (span for span in occupied if span[1] > at - OLDEST)
    return joined(union((*known, *used)), MOST_OCCUPIED)
