"""Pure rules of points: who is paid, a group's day and week, what a cap leaves, what is sealed."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from app.visibility import Role, Viewer

#: The largest correction by hand, in points either way.
MAX_ADJUSTMENT = 10_000
#: Averages of fewer members would tell about one of them.
FEWEST_AVERAGED = 5
#: The most that a rule may pay for one deed, and that a cap may allow.
MAX_POINTS = 1_000
MAX_CAP = 10_000
#: How long a correction waits for a second person.
REQUEST_STANDS = timedelta(days=7)

#: Whose work it is what others do for points.
STAFF = (Role.EDITOR, Role.REVIEWER, Role.SECRETARY, Role.ADMIN)
#: Who may see the points of others.
OVERSEERS = (Role.ADMIN, Role.AUDITOR)


class Window(NamedTuple):
    """A span of time, its end left out."""

    start: datetime
    end: datetime


class Windows(NamedTuple):
    """The day and the ISO week in which an instant lies."""

    day: Window
    week: Window


def pays(member_id: int, run: Iterable[str], *, author_id: int, path: str) -> bool:
    """Whether a deed on an author's item of the organization at ``path`` earns points.

    Neither what is one's own does, nor what belongs to the work of those who run the organization:
    ``run`` are the paths on which the member holds one of ``STAFF``.
    """
    return member_id != author_id and not any(path.startswith(each) for each in run)


def oversees(viewer: Viewer, member_id: int, organization_path: str) -> bool:
    """Whether ``viewer`` may see the points of a member of an organization: one's own, or below."""
    return viewer.member_id == member_id or viewer.holds(OVERSEERS, organization_path)


def overseen(viewer: Viewer) -> tuple[str, ...]:
    """The subtrees whose members' points ``viewer`` may see."""
    return viewer.subtrees(OVERSEERS)


def reads_ranking(viewer: Viewer, organization_path: str) -> bool:
    """Whether a ranking of an organization is for ``viewer``: its members, and who oversees it."""
    return viewer.path.startswith(organization_path) or viewer.holds(OVERSEERS, organization_path)


def needs_second_person(amount: int, alone_up_to: int) -> bool:
    """Whether a correction is more than one administrator may do; never where the bound is 0."""
    return 0 < alone_up_to < abs(amount)


def windows(at: datetime, zone: ZoneInfo) -> Windows:
    """The day and the week (from Monday) of ``zone`` in which ``at`` lies, as instants in UTC.

    A day has 23 or 25 hours where clocks change; it begins with the first instant of its date.
    """
    day = at.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return Windows(_days(day, 1, zone), _days(monday, 7, zone))


def _days(first: date, days: int, zone: ZoneInfo) -> Window:
    return Window(_midnight(first, zone), _midnight(first + timedelta(days=days), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


class Caps(Protocol):
    """What bounds a rule."""

    @property
    def daily_cap(self) -> int | None:
        """Most points a day."""

    @property
    def weekly_cap(self) -> int | None:
        """Most points a week."""


def remaining(caps: Caps, today: int, this_week: int) -> int | None:
    """The points that a rule may still pay today, None where nothing bounds it."""
    rooms = [
        max(cap - earned, 0)
        for cap, earned in ((caps.daily_cap, today), (caps.weekly_cap, this_week))
        if cap is not None
    ]
    return min(rooms, default=None)


def digest(*body: str | int) -> str:
    """The SHA-256 of what an idempotency key was sent with."""
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def sealed(previous: str, transaction: dict[str, Any], entries: Iterable[dict[str, Any]]) -> str:
    """The hash of a transaction and its entries, chained to the ``previous`` one.

    Columns that are null are left out: one that is added later leaves older seals as they are.
    """
    ordered = sorted(entries, key=lambda entry: entry["id"])
    text = json.dumps(
        [_written(transaction), [_written(entry) for entry in ordered]],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _written(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
