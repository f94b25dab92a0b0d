import random
from itertools import groupby
from pathlib import Path

import pytest
from library import EVERYBODY

from search.benchmark import as_units, read_articles
from search.citations import key
from search.embedded import EmbeddedEngine
from search.port import Filter, Request, Unit, unit_key

BENCH = Path(__file__).parents[3] / "shared" / "data" / "bench"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.reference,
    pytest.mark.skipif(not BENCH.exists(), reason="the reference data is not beside the checkout"),
]

SPELLINGS = ["{title}{label}", "{title}第{number}条", "《{title}》{number}条", "{title} {bare}"]


@pytest.fixture(scope="module")
async def regulations():
    """Of each title of the reference data three articles, numbered ones if there are any."""
    units = [unit async for unit in as_units(read_articles(BENCH))]
    return [
        sorted(
            (each for unit in same for each in unit.documents), key=lambda each: not each.number
        )[:3]
        for _, same in groupby(units, key=lambda unit: unit.documents[0].title)
    ]


@pytest.fixture(scope="module")
async def engine(regulations, tmp_path_factory):
    async def each():
        for documents in regulations:
            yield Unit(unit_key(documents[0]), tuple(documents))

    engine = EmbeddedEngine(tmp_path_factory.mktemp("titles"))
    await engine.rebuild(each())
    yield engine
    await engine.close()


async def first(engine, query):
    request = Request(query=query, filter=Filter(audience=EVERYBODY), first=1, with_facets=False)
    hits = (await engine.search(request)).hits
    return hits[0].id if hits else None


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_every_citation_finds_its_article_first(engine, regulations, spelling):
    sample = random.Random(7).sample([each for each in regulations if each[-1].number], 300)
    by_id = {each.id: (each.title, each.label) for same in regulations for each in same}
    missed = []
    for documents in sample:
        cited = documents[-1]
        query = spelling.format(
            title=cited.title, label=cited.label, number=cited.number, bare=cited.label[1:]
        )
        found = await first(engine, query)
        if by_id.get(found) != (cited.title, cited.label):
            missed.append(query)
    assert missed == []


@pytest.mark.parametrize("shorten", [str, key])
async def test_nearly_every_title_puts_its_regulation_first(engine, regulations, shorten):
    found = 0
    for documents in regulations:
        found += await first(engine, shorten(documents[0].title)) in {each.id for each in documents}
    assert found / len(regulations) >= 0.98


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("劳合法", "劳动合同法"),
        ("未保法", "未成年人保护法"),
        ("消保法", "消费者权益保护法"),
        ("民诉法", "民事诉讼法"),
        ("治安处罚法", "治安管理处罚法"),
        ("税收征管法", "税收征收管理法"),
        ("工伤条例", "工伤保险条例"),
    ],
)
async def test_what_people_call_a_law_puts_it_first(engine, regulations, typed, title):
    by_id = {each.id: key(each.title) for same in regulations for each in same}
    assert by_id[await first(engine, typed)] == title
    assert by_id[await first(engine, f"{typed}第2条")] == title
