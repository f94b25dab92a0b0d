"""What every engine must do with days: what was in force then, and what no longer is."""

from datetime import date, timedelta

import pytest
from library import EVERYBODY, content, regulation

from search.port import Filter, Request
from search.ranking import STATUTE, source_weight

pytestmark = pytest.mark.anyio

FIRST, LAST = date(2010, 3, 1), date(2020, 12, 31)
DAY = timedelta(days=1)


async def ids(engine, query, **chosen):
    request = Request(query=query, filter=Filter(audience=EVERYBODY, **chosen))
    return [hit.id for hit in (await engine.search(request)).hits]


def court_rules(unit, *, first=None, until=None, **fields):
    text = {(1, 0): "羽毛球场地向职工开放。"}
    days = {"in_force_from": first, "in_force_until": until}
    return regulation(unit, f"场地规定{unit}", text, first_id=unit * 100 + 1, **days, **fields)


@pytest.mark.parametrize(
    ("day", "found"),
    [(FIRST - DAY, [701]), (FIRST, [701, 801]), (LAST, [701, 801]), (LAST + DAY, [701])],
)
async def test_only_what_was_in_force_on_the_day_is_found(engine, day, found):
    await engine.replace([court_rules(7), court_rules(8, first=FIRST, until=LAST + DAY)])
    assert sorted(await ids(engine, "羽毛球", in_force_on=day)) == found


async def test_the_day_narrows_citations_and_leaves_contents(engine):
    await engine.replace([court_rules(8, first=FIRST), content(9, "场地规定八", "羽毛球比赛")])
    before = FIRST - DAY
    assert (await ids(engine, "场地规定8第一条"))[0] == 801
    assert 801 not in await ids(engine, "场地规定8第一条", in_force_on=before)
    assert await ids(engine, "羽毛球", in_force_on=before) == [9]


async def test_what_binds_comes_before_what_was_repealed(engine):
    repealed = source_weight("刑法", is_repealed=True)
    await engine.replace(
        [
            court_rules(7, weight=repealed, status="REPEALED"),
            court_rules(8, weight=source_weight("部门规章")),
        ]
    )
    assert await ids(engine, "羽毛球场地") == [801, 701]


async def test_under_one_title_the_newer_comes_first(engine):
    text = {(1, 0): "羽毛球场地向职工开放。"}
    older, newer = (
        regulation(unit, "场地条例", text, first_id=unit * 100, published_at=at, weight=STATUTE)
        for unit, at in ((7, 1_000), (8, 2_000))
    )
    await engine.replace([older, newer])
    assert (await ids(engine, "场地条例"))[:2] == [800, 700]
    assert (await ids(engine, "场地条例第一条"))[:2] == [800, 700]
