from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from asking import Ask
from regulations import bring

from app.knowledge.models import Regulation
from search.embedded import EmbeddedEngine
from search.indexing import rebuild
from search.synonyms import Synonyms

pytestmark = pytest.mark.anyio

SEARCH = """
query ($filter: SearchFilter) {
  search(query: "归还图书", filter: $filter) {
    totalCount edges { node { ... on RegulationArticle { regulation { title } } } }
  }
}
"""


@pytest.fixture
async def ask(platform, tmp_path):
    """Asks with an index of a rule of 2010, repealed in 2020, and the one that came after it."""
    engine = EmbeddedEngine(tmp_path / "index")
    rules = {"图书旧规": ("2010年1月1日", ["2020年1月1日 废止"]), "图书新规": ("2020年1月1日", [])}
    for title, (effective, lines) in rules.items():
        days = {"on": effective, "effective": effective, "lines": lines}
        await bring(platform.database, title, "归还图书。", audience_key="public", **days)
    await rebuild(platform.database, engine, platform.today())
    yield Ask(replace(platform, search=engine))
    await engine.close()


async def titles(ask, **chosen):
    page = (await ask(SEARCH, filter=chosen))["search"]
    return [edge["node"]["regulation"]["title"] for edge in page["edges"]]


async def test_as_of_a_day_only_what_was_in_force_then_is_found(ask):
    assert await titles(ask, asOf="2009-12-31") == []
    assert await titles(ask, asOf="2010-01-01") == ["图书旧规"]
    assert await titles(ask, asOf="2019-12-31") == ["图书旧规"]
    assert await titles(ask, asOf="2020-01-01") == ["图书新规"]


async def test_without_a_day_what_was_repealed_is_found_on_demand_and_comes_last(ask):
    assert await titles(ask) == ["图书新规"]
    assert await titles(ask, statuses=["REPEALED", "IN_FORCE"]) == ["图书新规", "图书旧规"]


async def test_the_status_that_is_asked_for_is_that_of_today(ask):
    assert await titles(ask, asOf="2015-06-01", statuses=["IN_FORCE"]) == []


async def test_what_the_database_does_not_have_in_force_on_the_day_is_not_shown(ask):
    async with ask.database.transaction() as session:
        await session.execute(sa.update(Regulation).values(first_effective_on=date(2030, 1, 1)))
    assert await titles(ask, asOf="2015-06-01") == []


async def test_what_was_found_by_a_synonym_is_marked_as_editors_have_it_now(ask):
    marks = """{ search(query: "藏品") { edges { highlights {
      field fragment ranges { start length } } } } }"""
    sets = [frozenset({"藏品", "图书"})]
    ask.platform.learnt.synonyms = Synonyms(sets)
    await ask.platform.search.learn(sets)
    [edge] = (await ask(marks))["search"]["edges"]
    assert edge["highlights"] == [
        {"field": "title", "fragment": "图书新规", "ranges": [{"start": 0, "length": 2}]},
        {"field": "text", "fragment": "归还图书。", "ranges": [{"start": 2, "length": 2}]},
    ]
    ask.platform.learnt.synonyms = Synonyms([])
    [edge] = (await ask(marks))["search"]["edges"]
    assert edge["highlights"] == []
