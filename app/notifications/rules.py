"""Pure rules of notifications: whom they name, what they say, when they may disturb."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.errors import Invalid
from app.notifications.models import NotificationKind

#: Who reported, decided or imported is not the business of whom it concerns.
ANONYMOUS = frozenset(
    {
        NotificationKind.REMOVED,
        NotificationKind.REPORTED,
        NotificationKind.DECIDED,
        NotificationKind.REGULATION_CHANGED,
        NotificationKind.SEARCH_ANSWERED,
    }
)
#: How many of those who had a part are named.
NAMED = 3
#: What was read is looked up again within a half-year's report; what nobody opened in a year is
#: of a year's round that is over.
READ_STANDS = timedelta(days=180)
UNREAD_STANDS = timedelta(days=365)

_MINUTES_A_DAY = 24 * 60
_UNSEEN = "已不可见的内容"
_SENTENCES: Mapping[NotificationKind, str] = {
    NotificationKind.REPLY: "{who}回复了你：{about}",
    NotificationKind.MENTION: "{who}提到了你：{about}",
    NotificationKind.COMMENTED: "{who}评论了{about}",
    NotificationKind.REVIEW_ASKED: "{who}提交了{about}，请审核",
    NotificationKind.RETURNED: "{who}退回了{about}",
    NotificationKind.PUBLISHED: "{about}已发布",
    NotificationKind.RECOMMENDED: "{who}向上级推荐了{about}",
    NotificationKind.REMOVED: "{about}已被移除",
    NotificationKind.REPORTED: "有{times}件举报或申诉待处理：{about}",
    NotificationKind.DECIDED: "{about}的处理结果已出",
    NotificationKind.POINTS: "积分有{times}笔变动：{about}",
    NotificationKind.REGULATION_CHANGED: "你关注的{about}有变化",
    NotificationKind.SEARCH_ANSWERED: "{about}符合你保存的搜索",
}


class Quiet(NamedTuple):
    """Minutes of the day, the first of quiet and the first after it, in a time zone."""

    starts_minute: int
    ends_minute: int
    time_zone: str


def quiet_between(starts_at: str, ends_at: str, time_zone: str) -> Quiet:
    """Quiet hours from ``"22:00"`` to ``"07:00"``; Invalid where they are no such times."""
    starts = _minute(starts_at, "startsAt")
    ends = _minute(ends_at, "endsAt")
    if starts == ends:
        raise Invalid("免打扰的开始与结束不能相同", "input", "endsAt")
    return Quiet(starts, ends, time_zone)


def clock(minute: int) -> str:
    """A minute of the day as members write it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def deliver_after(at: datetime, quiet: Quiet | None) -> datetime:
    """When what happened ``at`` may disturb: at once, or when the quiet hours around it end."""
    if quiet is None:
        return at
    local = at.astimezone(ZoneInfo(quiet.time_zone))
    since = (local.hour * 60 + local.minute - quiet.starts_minute) % _MINUTES_A_DAY
    if since >= (quiet.ends_minute - quiet.starts_minute) % _MINUTES_A_DAY:
        return at
    end = local.replace(
        hour=quiet.ends_minute // 60, minute=quiet.ends_minute % 60, second=0, microsecond=0
    )
    # Days and times of the wall clock, so that a night of 23 or 25 hours ends when it should.
    if end.replace(tzinfo=None) <= local.replace(tzinfo=None):
        end += timedelta(days=1)
    return max(at, end.astimezone(at.tzinfo))


def message(
    kind: NotificationKind,
    names: Sequence[str],
    about: str | None,
    *,
    actor_count: int,
    times: int,
    note: str,
) -> str:
    """What a notification says.

    ``names``: the latest of ``actor_count`` members who had a part; ``about``: what it is about,
    None where the reader may no longer see it.
    """
    sentence = _SENTENCES[kind].format(
        who=_who(names, actor_count), about=about or _UNSEEN, times=times
    )
    return f"{sentence}（{note}）" if note else sentence


def _who(names: Sequence[str], actor_count: int) -> str:
    if not names:
        return "系统"
    return names[0] if actor_count <= 1 else f"{names[0]}等{actor_count}人"


def _minute(text: str, field: str) -> int:
    hour, colon, minute = text.partition(":")
    digits = hour + minute
    if len(text) == 5 and colon and digits.isascii() and digits.isdigit():
        found = int(hour) * 60 + int(minute)
        if len(hour) == 2 and int(minute) < 60 and found < _MINUTES_A_DAY:
            return found
    raise Invalid("时间须写成 22:00 的样子", "input", field)
