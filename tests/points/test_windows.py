"""A group's day and week: exact at midnight, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.points.rules import windows

_HOUR = timedelta(hours=1)
_ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})).map(ZoneInfo)
# Since 2012 no zone turns its clocks back across midnight by a minute, or skips a day.
_INSTANTS = st.timedeltas(timedelta(), timedelta(days=9_400)).map(
    lambda passed: datetime(2012, 1, 3, tzinfo=UTC) + passed
)


@given(_INSTANTS, _ZONES)
def test_an_instant_lies_in_its_own_day_and_week_and_they_begin_at_midnight(at, zone):
    day, week = windows(at, zone)
    assert week.start <= day.start <= at < day.end <= week.end
    assert day.start.astimezone(zone).date() == at.astimezone(zone).date()
    assert week.start.astimezone(zone).isoweekday() == 1
    last = (day.start - timedelta(microseconds=1)).astimezone(zone)
    assert last.date() < at.astimezone(zone).date()


@given(_INSTANTS, _ZONES)
def test_the_next_day_begins_where_this_one_ends(at, zone):
    day, week = windows(at, zone)
    assert windows(day.end, zone).day.start == day.end
    assert windows(week.end, zone).week.start == week.end
    assert 23 * _HOUR <= day.end - day.start <= 25 * _HOUR
    assert 167 * _HOUR <= week.end - week.start <= 169 * _HOUR


@pytest.mark.parametrize(
    ("zone", "at", "start", "hours"),
    [
        ("Asia/Shanghai", "2026-03-04T15:59:59+00:00", "2026-03-03T16:00:00+00:00", 24),
        ("Asia/Shanghai", "2026-03-04T16:00:00+00:00", "2026-03-04T16:00:00+00:00", 24),
        ("Europe/Berlin", "2026-03-29T12:00:00+00:00", "2026-03-28T23:00:00+00:00", 23),
        ("Europe/Berlin", "2026-10-25T12:00:00+00:00", "2026-10-24T22:00:00+00:00", 25),
        # Clocks jump from midnight to one: the day begins at one.
        ("Africa/Cairo", "2025-04-25T12:00:00+00:00", "2025-04-24T22:00:00+00:00", 23),
        # One o'clock becomes midnight again: the day began at the first of the two.
        ("America/Havana", "2025-11-02T12:00:00+00:00", "2025-11-02T04:00:00+00:00", 25),
    ],
)
def test_a_day_has_the_hours_that_its_clocks_say(zone, at, start, hours):
    day = windows(datetime.fromisoformat(at), ZoneInfo(zone)).day
    assert day.start == datetime.fromisoformat(start)
    assert day.end - day.start == hours * _HOUR


def test_the_first_week_of_a_year_may_begin_in_the_year_before():
    week = windows(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai")).week
    assert week.start == datetime(2025, 12, 28, 16, tzinfo=UTC)
    assert week.end == datetime(2026, 1, 4, 16, tzinfo=UTC)
