"""Points in a member's words: what deeds are called, and why an entry is what it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.points.models import Action, Cap, Kind
from app.points.queries import EntryRow

ACTION_NAMES = {
    Action.READ: "阅读资讯",
    Action.STUDY: "看完微课",
    Action.WATCH_LIVE: "观看直播",
    Action.QUIZ: "专题答题",
    Action.LIKE: "点赞",
    Action.COMMENT: "评论",
    Action.SHARE: "分享",
    Action.SHARE_OPENED: "分享被打开",
    Action.VOLUNTEER: "志愿服务",
    Action.LECTURE: "主讲微课",
    Action.MENTOR: "师带徒",
    Action.PUBLISH: "发布内容",
}
_DONE = {
    Action.READ: "阅读一篇资讯",
    Action.STUDY: "看完一节微课",
    Action.WATCH_LIVE: "观看一场直播",
    Action.QUIZ: "完成一次专题答题",
    Action.LIKE: "点赞一条内容",
    Action.COMMENT: "发表一条评论",
    Action.SHARE: "分享一条内容",
    Action.SHARE_OPENED: "分享的内容被打开",
    Action.VOLUNTEER: "参加志愿服务",
    Action.LECTURE: "主讲一节微课",
    Action.MENTOR: "担任师带徒的师傅",
    Action.PUBLISH: "发布一条内容",
}
_CAP_NAMES = {Cap.DAILY: "每日", Cap.WEEKLY: "每周"}


def reason_of(row: EntryRow) -> str:
    """Why points moved, in a few words: what was written down, else the deed."""
    if row.kind is Kind.REDEMPTION:
        return f"兑换“{row.reason}”"
    return row.reason or _name(row)


def explain(row: EntryRow, zone: ZoneInfo) -> str:
    """Why an entry is what it is: the deed and its day, the rule's version, the cap that cut it."""
    match row.kind:
        case Kind.AWARD:
            return f"{_day(row.done_at, zone)}{_done(row)}，按{_rule(row)}，{_paid(row)}。"
        case Kind.REVERSAL:
            return f"冲正此前的一笔积分（{-row.amount:+}分），原分录保留。理由：{row.reason}。"
        case Kind.ADJUSTMENT:
            verb = "增加" if row.amount > 0 else "扣减"
            return f"管理员人工调整，{verb}{abs(row.amount)}分。理由：{row.reason}。"
        case Kind.REDEMPTION:
            return f"{_day(row.done_at, zone)}兑换“{row.reason}”，使用{-row.amount}分。"


def _name(row: EntryRow) -> str:
    return "" if row.action is None else ACTION_NAMES[row.action]


def _done(row: EntryRow) -> str:
    return "" if row.action is None else _DONE[row.action]


def _rule(row: EntryRow) -> str:
    bounds = [f"每次{row.offered}分"]
    if row.daily_cap is not None:
        bounds.append(f"每日最多{row.daily_cap}分")
    if row.weekly_cap is not None:
        bounds.append(f"每周最多{row.weekly_cap}分")
    return f"“{_name(row)}”规则第{row.rule_version}版（{'，'.join(bounds)}）"


def _paid(row: EntryRow) -> str:
    if row.cut_by is None:
        return f"记{row.amount}分"
    return f"因已近{_CAP_NAMES[row.cut_by]}上限，只记{row.amount}分"


def _day(at: datetime, zone: ZoneInfo) -> str:
    day = at.astimezone(zone)
    return f"{day.year}年{day.month}月{day.day}日"
