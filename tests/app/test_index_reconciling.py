"""The index holds what the database says, audiences included; where not, it is told and mended."""

from dataclasses import replace

import pytest
from group import building
from library import content
from regulations import bring

from app.reconciling import reconcile_index
from search.comparing import Difference, Fault, differences
from search.embedded import EmbeddedEngine
from search.indexing import rebuild, units_of
from search.port import Unit, UnitKey, UnitKind

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(tmp_path, anyio_backend):
    engine = EmbeddedEngine(tmp_path / "search")
    yield engine
    await engine.close()


@pytest.fixture
async def units(database, engine, platform):
    """Two contents and a regulation, as the index holds them."""
    async with building(database) as group:
        author = await group.member(await group.organization())
        for title in ("检修列车准点出库", "二支部读书会"):
            await group.news(author, title)
    await bring(database, "伞具借用办法", "雨伞可借三日。")
    await rebuild(database, engine, platform.today())
    return [unit async for unit in units_of(database, platform.today())]


async def test_what_was_just_built_differs_in_nothing(database, engine, platform, units):
    assert [unit.key.kind.value for unit in units] == ["content", "content", "regulation"]
    assert await differences(database, engine, platform.today()) == []


async def test_every_difference_is_told_and_mended(database, engine, platform, units):
    news, other, rule = units
    stray = content(10**6, "无此内容", "不在库中")
    (article,) = rule.documents
    await engine.replace([Unit(news.key), Unit(other.key), Unit(rule.key)])
    await engine.replace(
        [
            content(news.key.id, "检修", "泄露", version=news.version, audience="org:9"),
            content(other.key.id, "旧", "旧", version=other.version + 1, audience=_audience(other)),
            Unit(rule.key, (article, _another(article)), rule.version),
            stray,
        ]
    )
    expected = [
        Difference(news.key, Fault.AUDIENCE),
        Difference(other.key, Fault.VERSION),
        Difference(rule.key, Fault.DOCUMENTS),
        Difference(stray.key, Fault.UNWANTED),
    ]
    assert await differences(database, engine, platform.today()) == expected
    assert await reconcile_index(database, engine, platform.today()) == {"embedded": expected}
    assert await reconcile_index(database, engine, platform.today()) == {"embedded": []}


async def test_what_is_missing_is_put_back(database, engine, platform, units):
    gone = UnitKey(UnitKind.REGULATION, units[2].key.id)
    await engine.replace([Unit(gone)])
    wrong = await reconcile_index(database, engine, platform.today())
    assert wrong == {"embedded": [Difference(gone, Fault.MISSING)]}
    assert await differences(database, engine, platform.today()) == []


def _audience(unit):
    return unit.documents[0].audience


def _another(article):
    return replace(article, id=article.id + 1)
