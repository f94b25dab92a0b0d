"""What a month would have paid under another rule: exact on what was paid, day by day."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.points.simulating import Day, Deed, Outcome, months_of, paid, simulate, span, tally

SHANGHAI = ZoneInfo("Asia/Shanghai")
MARCH = date(2026, 3, 1)  # a Sunday


class Terms(NamedTuple):
    points: int
    daily_cap: int | None = None
    weekly_cap: int | None = None


def deed(member, day, amount=1, *, hour=12, cut=False):
    at = datetime(2026, 3, day, hour, tzinfo=SHANGHAI).astimezone(UTC)
    return Deed(member, at, amount, cut)


def days(*deeds):
    found = {}
    tally(found, deeds, SHANGHAI)
    return found


def test_a_month_runs_to_the_next_and_is_read_from_its_first_monday():
    assert months_of("2026-12", SHANGHAI) == (date(2026, 12, 1), date(2027, 1, 1))
    first, end = months_of("2026-03", SHANGHAI)
    assert span(first, end, SHANGHAI) == (
        datetime(2026, 2, 22, 16, tzinfo=UTC),
        datetime(2026, 3, 31, 16, tzinfo=UTC),
    )
    for wrong in ("2026-13", "2026", "", "2026-03-01"):
        with pytest.raises(ValueError, match=r"time data|unconverted"):
            months_of(wrong, SHANGHAI)


def test_deeds_are_counted_on_the_day_of_the_groups_zone():
    found = days(deed(1, 4, hour=0), deed(1, 4, hour=23, amount=2, cut=True), deed(2, 5))
    assert found == {(1, date(2026, 3, 4)): Day(2, 3, 1), (2, date(2026, 3, 5)): Day(1, 1, 0)}
    assert paid(found, MARCH) == Outcome(members=2, points=4, cut=1)
    assert paid(found, date(2026, 3, 5)) == Outcome(members=1, points=1, cut=0)


def test_without_caps_each_deed_pays_in_full():
    found = days(deed(1, 4), deed(1, 4), deed(2, 5))
    assert simulate(found, Terms(5), MARCH) == Outcome(members=2, points=15, cut=0)


def test_a_daily_cap_cuts_a_deed_in_part_and_those_after_it_whole():
    found = days(*[deed(1, 4)] * 3, deed(1, 5))
    assert simulate(found, Terms(2, daily_cap=3), MARCH) == Outcome(members=1, points=5, cut=2)


def test_a_weekly_cap_begins_anew_on_monday():
    # Sunday, Monday, Tuesday.
    found = days(deed(1, 8), deed(1, 9), deed(1, 10))
    assert simulate(found, Terms(2, weekly_cap=3), MARCH) == Outcome(members=1, points=5, cut=1)


def test_the_days_before_the_month_fill_their_week_and_are_not_told():
    february = Deed(1, datetime(2026, 2, 28, 4, tzinfo=UTC), 1, False)
    found = days(february, february, deed(1, 1))
    assert simulate(found, Terms(2, weekly_cap=5), MARCH) == Outcome(members=1, points=1, cut=1)
    assert simulate(found, Terms(2, weekly_cap=4), MARCH) == Outcome(members=0, points=0, cut=1)
    assert paid(found, MARCH) == Outcome(members=1, points=1, cut=0)


def _naive(deeds, terms):
    earned = {}
    members, points, cut = set(), 0, 0
    for member, day in deeds:
        week = (member, "week", date(2026, 3, day).isocalendar().week)
        rooms = [terms.points]
        if terms.daily_cap is not None:
            rooms.append(terms.daily_cap - earned.get((member, day), 0))
        if terms.weekly_cap is not None:
            rooms.append(terms.weekly_cap - earned.get(week, 0))
        given_ = min(rooms)
        earned[member, day] = earned.get((member, day), 0) + given_
        earned[week] = earned.get(week, 0) + given_
        members |= {member} if given_ else set()
        points, cut = points + given_, cut + (given_ < terms.points)
    return Outcome(len(members), points, cut)


_caps = st.none() | st.integers(1, 12)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 20)), max_size=40),
    st.builds(Terms, st.integers(1, 5), _caps, _caps),
)
def test_a_replay_equals_paying_deed_by_deed(done, terms):
    done.sort(key=lambda each: each[1])
    assert simulate(days(*(deed(*each) for each in done)), terms, MARCH) == _naive(done, terms)
