"""What a past month would have paid under another rule: a replay of its paid deeds; pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from app.points.rules import Caps, Window, remaining


class Terms(Caps, Protocol):
    """What a deed is to pay, and the bounds of that."""

    @property
    def points(self) -> int:
        """Points for doing it once."""


class Deed(NamedTuple):
    """A deed that was paid."""

    member_id: int
    done_at: datetime
    amount: int
    was_cut: bool


class Day(NamedTuple):
    """What a member's deeds of one kind were paid on one day."""

    deeds: int = 0
    paid: int = 0
    cut: int = 0


class Outcome(NamedTuple):
    """What deeds brought in all."""

    members: int
    points: int
    cut: int


Days = dict[tuple[int, date], Day]


def months_of(month: str, zone: ZoneInfo) -> tuple[date, date]:
    """The first day of ``month`` (``2026-03``) and of the next; ValueError where it is none."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone).date()
    return first, (first + timedelta(days=31)).replace(day=1)


def span(first: date, end: date, zone: ZoneInfo) -> Window:
    """From the Monday of the week of ``first``, since its cap counts from there, up to ``end``."""
    monday = first - timedelta(days=first.weekday())
    return Window(_midnight(monday, zone), _midnight(end, zone))


def tally(days: Days, deeds: Iterable[Deed], zone: ZoneInfo) -> None:
    """Count ``deeds`` into their members' days in ``zone``."""
    for deed in deeds:
        key = deed.member_id, deed.done_at.astimezone(zone).date()
        day = days.get(key, Day())
        days[key] = Day(day.deeds + 1, day.paid + deed.amount, day.cut + deed.was_cut)


def paid(days: Mapping[tuple[int, date], Day], first: date) -> Outcome:
    """What was paid from ``first`` on."""
    counted = {key: day for key, day in days.items() if key[1] >= first}
    return Outcome(
        len({member_id for member_id, _ in counted}),
        sum(day.paid for day in counted.values()),
        sum(day.cut for day in counted.values()),
    )


def simulate(days: Mapping[tuple[int, date], Day], terms: Terms, first: date) -> Outcome:
    """What ``terms`` would have paid from ``first`` on; earlier days only fill their week.

    All deeds of a day are alike, so that their order within it does not matter.
    """
    members, points, cut = set(), 0, 0
    for (member_id, _), week in groupby(sorted(days), _week):
        earned = 0
        for key in week:
            offered = days[key].deeds * terms.points
            room = remaining(terms, 0, earned)
            given = offered if room is None else min(offered, room)
            earned += given
            if key[1] >= first:
                points += given
                cut += days[key].deeds - given // terms.points
                members |= {member_id} if given else set()
    return Outcome(len(members), points, cut)


def _week(key: tuple[int, date]) -> tuple[int, date]:
    member_id, day = key
    return member_id, day - timedelta(days=day.weekday())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
