"""The rules that the migration lays say what the demo group's own regulation says."""

import re
from importlib import resources

import pytest
import sqlalchemy as sa

from app.points.models import Action, Book, PointsRule

pytestmark = pytest.mark.anyio

_REGULATION = "学习积分管理办法(2025-03-01).md"
_BOOKS = {"学习": Book.LEARNING, "互动": Book.INTERACTION, "服务": Book.SERVICE}
_ACTIONS = [
    *(Action.READ, Action.STUDY, Action.WATCH_LIVE, Action.QUIZ),
    *(Action.LIKE, Action.COMMENT, Action.SHARE),
    *(Action.VOLUNTEER, Action.LECTURE, Action.MENTOR),
]


def regulated():
    """What articles 11 to 13 say: book, words, points, the cap of a day and of a week."""
    text = (resources.files("app.demo") / "regulations" / _REGULATION).read_text("utf-8")
    books = re.split(r"第十[一二三]条 (..)账本按照下列标准记分：", text)[1:]
    for name, listed in zip(books[::2], books[1::2], strict=True):
        items = listed.split("第十四条")[0]
        for words in re.findall(r"^（[一二三四]）(.+?)[；。]$", items, re.MULTILINE):
            [points] = re.findall(r"记(\d+)分", words)
            caps = [re.findall(rf"每{span}最多(\d+)分", words) for span in "日周"]
            yield _BOOKS[name], words, int(points), *(int(cap[0]) if cap else None for cap in caps)


async def test_the_first_rules_are_those_of_the_regulation(database):
    async with database.transaction() as session:
        rules = list(await session.scalars(sa.select(PointsRule).order_by(PointsRule.id)))
    assert [
        (rule.book, rule.note, rule.points, rule.daily_cap, rule.weekly_cap) for rule in rules
    ] == list(regulated())
    assert [rule.action for rule in rules] == _ACTIONS
    assert {rule.version for rule in rules} == {1}
    # 第十八条: what a removed comment brought is taken back.
    assert [rule.action for rule in rules if rule.is_reversed_on_removal] == [Action.COMMENT]
    assert {rule.effective_from.isoformat() for rule in rules} == {"2025-03-31T16:00:00+00:00"}
