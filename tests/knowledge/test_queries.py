import sqlite3
from contextlib import closing
from datetime import date

import pytest
from regulations import bring

from app.knowledge import cited, queries, wordings
from app.knowledge.rules import RegulationStatus
from app.visibility import NOBODY, Viewer

pytestmark = pytest.mark.anyio

MEMBER = Viewer(1, 7, "/1/7/")
ELSEWHERE = Viewer(2, 8, "/1/8/")


async def test_a_page_of_articles_is_a_stretch_of_the_text(database):
    imported = await bring(database, "甲", "一。", "二。", "三。")
    key = imported.version_id

    async def texts(first, offset):
        found = await queries.articles(database, [key], first=first, offset=offset)
        return [row.text for row in found[key]]

    assert await texts(2, 0) == ["一。", "二。"]
    assert await texts(2, 2) == ["三。"]
    assert await texts(2, 3) == []


async def test_articles_of_several_versions_come_in_one_statement(database):
    one = await bring(database, "甲", "一。", "二。")
    two = await bring(database, "乙", "三。", "四。")
    before = database.statements
    found = await queries.articles(database, [two.version_id, one.version_id], first=1, offset=0)
    assert database.statements == before + 1
    assert {key: [row.text for row in rows] for key, rows in found.items()} == {
        one.version_id: ["一。"],
        two.version_id: ["三。"],
    }


async def test_articles_by_id_are_found_in_every_version_by_their_audience(database):
    old = await bring(database, "甲", "旧。", audience_key="tree:7")
    new = await bring(database, "甲", "新。", on="2021年1月1日")
    texts = await queries.articles(database, [old.version_id, new.version_id], first=9, offset=0)
    ids = [row.id for rows in texts.values() for row in rows]
    found = await queries.visible_articles(database, MEMBER, ids)
    assert [(found[key].text, found[key].is_current) for key in ids] == [
        ("旧。", False),
        ("新。", True),
    ]
    assert await queries.visible_articles(database, ELSEWHERE, ids) == {}
    assert await queries.visible_articles(database, NOBODY, ids) == {}


async def test_versions_and_regulations_by_id_need_their_audience(database):
    made = await bring(database, "甲", "文。", audience_key="org:7")
    regulation, version = [made.regulation_id], [made.version_id]
    assert list(await queries.visible_regulations(database, MEMBER, regulation)) == regulation
    assert list(await queries.visible_versions(database, MEMBER, version)) == version
    assert await queries.visible_regulations(database, ELSEWHERE, regulation) == {}
    assert await queries.visible_versions(database, ELSEWHERE, version) == {}


async def test_what_is_indexed_is_the_current_version_whole(database):
    await bring(database, "甲", "旧。")
    made = await bring(database, "甲", "新一。", "新二。", on="2021年1月1日")
    row, articles = await queries.documents_of(database, made.regulation_id)
    assert row.title == "甲"
    assert [article.text for article in articles] == ["新一。", "新二。"]
    assert await queries.documents_of(database, 404) is None


@pytest.mark.parametrize(
    "statement",
    [
        cited._CITES,
        cited._CITED_BY,
        queries._ARTICLES,
        queries._VERSIONS,
        wordings._BY_ID,
        wordings._NEIGHBOUR,
        wordings._WHOLE,
    ],
)
async def test_no_read_of_a_regulation_scans_a_table(sqlite_url, statement):
    text = statement.text("sqlite")
    values = {"ids": [1], "keys": ["public"], "after": 0, "before": 9, "limit": 9, "step": 1}
    with closing(sqlite3.connect(sqlite_url.partition(":///")[2])) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {text.sql}", text.parameters(values))
        steps = [step for *_, step in plan]
    assert [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step] == []
    assert any(step.startswith("SEARCH") for step in steps)


async def test_pages_of_citations_are_cut_for_each_article(database):
    texts = ("见第三条至第五条。", "见第四条、第五条。", "丙。", "丁。", "戊。")
    key = (await bring(database, "甲", *texts)).version_id
    made = await bring(database, "乙", "见《甲》第三条。")
    rows = (await queries.articles(database, [key], first=9, offset=0))[key]
    one, two, three, four, five = (row.id for row in rows)
    found = await cited.cites(database, MEMBER, [one, two, five], first=2, after=0)
    assert {k: [row.id for row in linked] for k, linked in found.items()} == {
        one: [three, four],
        two: [four, five],
        five: [],
    }
    rest = await cited.cites(database, MEMBER, [one], first=2, after=four)
    assert [row.id for row in rest[one]] == [five]
    by = await cited.cited_by(database, MEMBER, [three, five], first=1, after=one)
    assert [row.regulation_id for row in by[three]] == [made.regulation_id]
    assert [row.id for row in by[five]] == [two]


async def test_an_unknown_day_of_effect_is_kept_as_unknown(database):
    made = await bring(database, "甲", "文。", on=None, effective=None)
    row = (await queries.regulations(database, [made.regulation_id]))[made.regulation_id]
    assert (row.promulgated_on, row.effective_on, row.first_effective_on) == (None, None, None)
    assert row.status(date(1900, 1, 1)) is RegulationStatus.IN_FORCE
