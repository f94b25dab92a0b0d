"""What notifications say, and when they may disturb."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.notifications.models import NotificationKind as Kind
from app.notifications.rules import Quiet, clock, deliver_after, message, quiet_between

NIGHT = Quiet(22 * 60, 7 * 60, "Asia/Shanghai")
NOON = Quiet(12 * 60, 13 * 60 + 30, "Asia/Shanghai")


def say(kind, names=(), about=None, *, actor_count=None, times=1, note=""):
    count = len(names) if actor_count is None else actor_count
    return message(kind, names, about, actor_count=count, times=times, note=note)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (say(Kind.REPLY, ["张三"], "“好”"), "张三回复了你：“好”"),
        (say(Kind.REPLY, ["张三", "李四"], "“好”", actor_count=3), "张三等3人回复了你：“好”"),
        (say(Kind.MENTION, ["张三"]), "张三提到了你：已不可见的内容"),
        (say(Kind.COMMENTED, ["张三"], "《新闻》"), "张三评论了《新闻》"),
        (say(Kind.REVIEW_ASKED, ["张三"], "《新闻》"), "张三提交了《新闻》，请审核"),
        (
            say(Kind.RETURNED, ["李四"], "《新闻》", note="标题过长"),
            "李四退回了《新闻》（标题过长）",
        ),
        (say(Kind.PUBLISHED, [], "《新闻》"), "《新闻》已发布"),
        (say(Kind.RECOMMENDED, [], "《新闻》"), "系统向上级推荐了《新闻》"),
        (
            say(Kind.REMOVED, [], "一条已移除的评论", note="人身攻击"),
            "一条已移除的评论已被移除（人身攻击）",
        ),
        (say(Kind.REPORTED, [], "“好”", times=2), "有2件举报或申诉待处理：“好”"),
        (say(Kind.DECIDED, [], "“好”"), "“好”的处理结果已出"),
        (say(Kind.POINTS, [], "《新闻》", note="+2"), "积分有1笔变动：《新闻》（+2）"),
    ],
)
def test_each_kind_has_its_sentence(said, sentence):
    assert said == sentence


def test_every_kind_has_a_sentence():
    assert all(say(kind, ["张三"], "《新闻》") for kind in Kind)


def shanghai(*when):
    return datetime(*when, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("quiet", "at", "after"),
    [
        (None, shanghai(2026, 3, 1, 23), shanghai(2026, 3, 1, 23)),
        (NIGHT, shanghai(2026, 3, 1, 21, 59, 59), shanghai(2026, 3, 1, 21, 59, 59)),
        (NIGHT, shanghai(2026, 3, 1, 22), shanghai(2026, 3, 2, 7)),
        (NIGHT, shanghai(2026, 3, 1, 23, 59), shanghai(2026, 3, 2, 7)),
        (NIGHT, shanghai(2026, 3, 2, 0), shanghai(2026, 3, 2, 7)),
        (NIGHT, shanghai(2026, 3, 2, 6, 59, 59), shanghai(2026, 3, 2, 7)),
        (NIGHT, shanghai(2026, 3, 2, 7), shanghai(2026, 3, 2, 7)),
        (NOON, shanghai(2026, 3, 1, 12, 30), shanghai(2026, 3, 1, 13, 30)),
        (NOON, shanghai(2026, 3, 1, 13, 30), shanghai(2026, 3, 1, 13, 30)),
        (NOON, shanghai(2026, 3, 1, 3), shanghai(2026, 3, 1, 3)),
    ],
)
def test_quiet_hours_end_at_their_minute(quiet, at, after):
    assert deliver_after(at.astimezone(UTC), quiet) == after


def test_a_short_night_ends_by_the_clock_on_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    night = NIGHT._replace(time_zone="Europe/Berlin")
    at = datetime(2026, 3, 28, 23, tzinfo=berlin).astimezone(UTC)
    after = deliver_after(at, night)
    assert after == datetime(2026, 3, 29, 7, tzinfo=berlin)
    assert after - at == timedelta(hours=7)  # an hour less than on other nights


minutes = st.integers(0, 24 * 60 - 1)


@given(
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(year=2026, day=1 + at.day % 28)),
    minutes,
    minutes,
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
)
def test_nothing_is_put_off_by_more_than_its_quiet_hours(at, starts, ends, zone):
    after = deliver_after(at, Quiet(starts, ends, zone))
    longest = timedelta(minutes=(ends - starts) % (24 * 60), hours=1)  # when clocks go back
    assert at <= after <= at + longest


@given(minutes, minutes)
def test_quiet_hours_are_read_as_they_are_written(starts, ends):
    if starts == ends:
        with pytest.raises(Invalid):
            quiet_between(clock(starts), clock(ends), "Asia/Shanghai")
    else:
        assert quiet_between(clock(starts), clock(ends), "Z") == Quiet(starts, ends, "Z")


@pytest.mark.parametrize(
    "text",
    ["", "7", "7:00", "07:0", "24:00", "07:60", "0７:00", "-1:00", "07-00", "007:0", "0:700"],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Invalid) as refused:
        quiet_between("22:00", text, "Asia/Shanghai")
    assert refused.value.path == ("input", "endsAt")
