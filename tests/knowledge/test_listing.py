"""The list of regulations: who sees what of it, in which order, and how databases read it."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from regulations import TODAY, bring

from app.knowledge import queries
from app.knowledge.listing import (
    Place,
    RegulationFilter,
    RegulationOrder,
    _list,
    regulations_visible,
)
from app.knowledge.models import Regulation
from app.knowledge.rules import UNDATED, RegulationStatus
from app.visibility import NOBODY, Viewer

pytestmark = pytest.mark.anyio

MEMBER = Viewer(1, 7, "/1/7/")
ELSEWHERE = Viewer(2, 8, "/1/8/")
NARROWINGS = [
    {"category": category, "issuer": issuer, "status": status}
    for category in (None, "党内法规")
    for issuer in (None, "集团党委")
    for status in (None, RegulationStatus.IN_FORCE)
]


PROMULGATED, TITLE = RegulationOrder


async def rows(
    database, viewer=MEMBER, *, first=100, order=PROMULGATED, after=None, today=TODAY, **narrowed
):
    wanted = RegulationFilter(today, **narrowed)
    return await regulations_visible(
        database, viewer, wanted, first=first, order=order, after=after
    )


async def listed(database, viewer=MEMBER, **rest):
    return [row.title for row in await rows(database, viewer, **rest)]


async def shelve(database, places):
    """Regulations of these days and titles, of changing categories, issuers and audiences."""
    made = [
        {
            "id": key,
            "title": f"办法{key}",
            "title_key": f"办法{key}",
            "short_title": f"办法{key}",
            "category": ("党内法规", "行政法规")[key % 2],
            "issuer": ("集团党委", "集团工会", None)[key % 3],
            "repealed_on": TODAY if key % 5 == 0 else None,
            "dated_on": day,
            "alphabetical": word,
            "audience_key": ("public", "everyone", "tree:7", "tree:8")[key % 4],
            "current_version_id": key,
        }
        for key, (day, word) in enumerate(places, start=1)
    ]
    async with database.transaction() as session:
        await session.execute(sa.insert(Regulation), made)


async def test_regulations_are_listed_to_their_audience(database):
    for title, key in [("甲", "public"), ("乙", "everyone"), ("丙", "tree:7"), ("丁", "org:8")]:
        await bring(database, title, "文。", audience_key=key)
    assert await listed(database, NOBODY) == ["甲"]
    assert await listed(database, MEMBER) == ["丙", "乙", "甲"]
    assert await listed(database, ELSEWHERE) == ["丁", "乙", "甲"]


async def test_the_latest_promulgated_comes_first_and_what_has_no_day_last(database):
    for title, on, effective in [
        ("公布于五月", "2021年5月1日", "2021年9月1日"),
        ("无日期", None, None),
        ("尚未施行", "2026年6月1日", "2027年1月1日"),
        ("只知施行于六月", None, "2021年6月1日"),
        ("公布于七月", "2021年7月1日", None),
    ]:
        await bring(database, title, "文。", on=on, effective=effective)
    assert await listed(database) == [
        "尚未施行",
        "公布于七月",
        "只知施行于六月",
        "公布于五月",
        "无日期",
    ]


async def test_a_revision_brings_a_regulation_up_when_it_binds(database):
    for title, on in (("甲", "2020年1月1日"), ("乙", "2021年1月1日")):
        await bring(database, title, "旧。", on=on, effective=None)
    assert await listed(database) == ["乙", "甲"]
    await bring(database, "甲", "待施行。", on="2022年1月1日", effective="2027年1月1日")
    assert await listed(database) == ["乙", "甲"]
    await bring(database, "甲", "新。", on="2022年1月1日", effective="2022年2月1日")
    assert await listed(database) == ["甲", "乙"]


async def test_of_one_day_the_last_import_comes_first(database):
    for title in "甲乙丙":
        await bring(database, title, "文。")
    assert await listed(database) == ["丙", "乙", "甲"]


async def test_pages_stay_the_same_while_regulations_are_added(database):
    for title in "甲乙丙丁":
        await bring(database, title, "文。")
    page = await rows(database, first=2)
    assert [row.title for row in page] == ["丁", "丙"]
    await bring(database, "戊", "文。")
    after = Place(page[-1].dated_on, page[-1].id)
    assert await listed(database, first=2, after=after) == ["乙", "甲"]


async def test_a_list_is_narrowed_by_category_and_issuer(database):
    await bring(database, "甲", "文。", category="奖惩")
    await bring(database, "乙", "文。", category="学习")
    await bring(database, "丙", "文。", category="学习", lines=("2020年4月1日 宣传部发布",))
    assert await listed(database, category="学习") == ["丙", "乙"]
    assert await listed(database, category="学习", issuer="集团党委") == ["丙", "乙"]
    assert await listed(database, issuer="宣传部") == []
    assert await listed(database, category="学") == []


async def test_a_list_is_narrowed_by_the_status_of_the_day(database):
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    titles = {}
    for n, first in enumerate((None, yesterday, TODAY, tomorrow)):
        for m, last in enumerate((None, yesterday, TODAY, tomorrow)):
            for k, end in enumerate((None, yesterday, TODAY, tomorrow)):
                title = f"办法{n}{m}{k}"
                shown = {"on": None, "effective": first and f"{first:%Y年%m月%d日}"}
                await bring(database, title, "甲。", **shown, repealed_on=end)
                shown = {"on": None, "effective": last and f"{last:%Y年%m月%d日}"}
                made = await bring(database, title, "乙。", **shown, repealed_on=end)
                titles[made.regulation_id] = title
    found = await queries.regulations(database, list(titles))
    for status in RegulationStatus:
        expected = {row.title for row in found.values() if row.status(TODAY) is status}
        assert expected
        assert set(await listed(database, status=status)) == expected


async def test_titles_are_sorted_by_their_sound(database):
    for title in ("刑法", "中华人民共和国保险法", "关于《公司法》的规定（三）", "安全生产法"):
        await bring(database, title, "文。")
    await bring(database, "关于《公司法》的规定（二）", "文。")
    assert await listed(database, order=TITLE) == [
        "安全生产法",
        "中华人民共和国保险法",
        "关于《公司法》的规定（二）",
        "关于《公司法》的规定（三）",
        "刑法",
    ]
    assert await listed(database, order=TITLE, first=1, after=Place("bao3", 0)) == [
        "中华人民共和国保险法"
    ]


@pytest.mark.parametrize("order", RegulationOrder)
async def test_pages_of_any_size_walk_the_list_once_and_in_order(database, order):
    chance = random.Random(14)
    days = [UNDATED, date(1000, 1, 2), date(2020, 2, 29), date(2020, 3, 1), date(9999, 12, 31)]
    words = ["", "0", "xi1an1", "xian1", "z"]
    await shelve(database, ((chance.choice(days), chance.choice(words)) for _ in range(48)))
    name, descending = {PROMULGATED: ("dated_on", True), TITLE: ("alphabetical", False)}[order]

    def place(row):
        return Place(getattr(row, name), row.id)

    for narrowed in NARROWINGS:
        whole = await rows(database, order=order, **narrowed)
        assert whole == sorted(whole, key=place, reverse=descending)
        for size in (1, 2, 3, 5, 7, 47, 48):
            walked, after = [], None
            while page := await rows(database, first=size, order=order, after=after, **narrowed):
                walked += page
                after = place(page[-1])
            assert walked == whole
    everything = await rows(database, order=order)
    assert len(everything) == 36
    assert len({place(row).key for row in everything}) == 5


async def plans(database, order):
    """How each combination of filters is read."""
    words = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
    top = {PROMULGATED: date.max, TITLE: ""}[order]
    values = {"keys": MEMBER.keys, "today": TODAY, "limit": 21, "key": top, "id": 2**62}
    for narrowed in NARROWINGS:
        values |= {"category": "党内法规", "issuer": "集团党委", "status": "IN_FORCE"}
        filters = {name: value is not None for name, value in narrowed.items()}
        text = _list(order, **filters).text(database.dialect)
        found = await database._reader.fetch(
            f"{words} {text.sql}", text.parameters(values), slow=False
        )
        yield narrowed, "\n".join(row[-1] for row in found)


async def test_each_page_is_read_in_the_order_of_an_index(database):
    first = date(1990, 1, 1)
    await shelve(database, ((first + timedelta(days=n), f"w{n:04}") for n in range(2000)))
    async with database.engine.begin() as connection:
        await connection.execute(sa.text("ANALYZE"))
    for order, alone, ending in (
        (PROMULGATED, "dated_on", ""),
        (TITLE, "alphabetical", "_alphabetical"),
    ):
        async for narrowed, plan in plans(database, order):
            by_key = [f"{name}{ending}" for name in ("category", "issuer") if narrowed[name]]
            # Where half of all have the category, PostgreSQL rightly walks them all.
            if not by_key or database.dialect == "postgresql":
                by_key.append(alone)
            assert any(f"ix_regulation_{name}" in plan for name in by_key)
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan
            assert "Seq Scan" not in plan
            assert "SCAN regulation" not in plan
