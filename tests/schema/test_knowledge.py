from datetime import timedelta
from itertools import product

import pytest
from group import global_id
from regulations import bring

from app.database.columns import now
from app.visibility import NOBODY, Viewer

pytestmark = pytest.mark.anyio

MEMBER = Viewer(1, 7, "/1/7/")
ELSEWHERE = Viewer(2, 8, "/1/8/")

READ = """
query ($id: ID!, $asOf: Date) {
  node(id: $id) {
    ... on Regulation {
      id title shortTitle issuer category documentNumber status promulgatedOn effectiveOn
      versions { id effectiveOn promulgatedOn note articleCount sourceUrl sha256 isVerified }
      articles(asOf: $asOf, first: 100) {
        edges { node {
          id label number path text citation
          cites(first: 5) { edges { node { id citation } } }
          citedBy(first: 5) { edges { node { id citation } } }
        } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


async def test_a_regulation_reads_as_the_contract_says(database, ask):
    made = await bring(
        database,
        "中华人民共和国图书借阅条例",
        "## 第一章 总则",
        "第一条 目的。",
        "第二条 依照本条例第一条。",
        source_url="https://example.org/rules",
        audience_key="public",
    )
    read = (await ask(READ, NOBODY, id=global_id("Regulation", made.regulation_id)))["node"]
    (version,) = read.pop("versions")
    articles = read.pop("articles")
    assert read == {
        "id": global_id("Regulation", made.regulation_id),
        "title": "中华人民共和国图书借阅条例",
        "shortTitle": "图书借阅条例",
        "issuer": "集团党委",
        "category": "制度",
        "documentNumber": None,
        "status": "IN_FORCE",
        "promulgatedOn": "2020-03-01",
        "effectiveOn": "2020-05-01",
    }
    assert version.pop("id") == global_id("RegulationVersion", made.version_id)
    assert len(version.pop("sha256")) == 64
    assert version == {
        "effectiveOn": "2020-05-01",
        "promulgatedOn": "2020-03-01",
        "note": "2020-03-01 集团党委印发\n2020-05-01 施行",
        "articleCount": 2,
        "sourceUrl": "https://example.org/rules",
        "isVerified": False,
    }
    one, two = [edge["node"] for edge in articles["edges"]]
    assert (one["label"], one["number"], one["path"], one["text"], one["citation"]) == (
        "第一条",
        1,
        ["第一章 总则"],
        "目的。",
        "《中华人民共和国图书借阅条例》第一条",
    )
    assert one["cites"]["edges"] == []
    assert one["citedBy"]["edges"] == [
        {"node": {"id": two["id"], "citation": "《中华人民共和国图书借阅条例》第二条"}}
    ]
    assert two["cites"]["edges"] == [{"node": {"id": one["id"], "citation": one["citation"]}}]
    assert articles["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("count", [1, 40])
async def test_reading_a_regulation_takes_five_statements_however_long_it_is(database, ask, count):
    made = await bring(database, "甲", *(f"第{n}条 见《乙》第一条。" for n in range(1, count + 1)))
    await bring(database, "乙", "见《甲》第一条。")
    before = database.statements
    read = await ask(READ, MEMBER, id=global_id("Regulation", made.regulation_id))
    assert database.statements - before == 5
    assert len(read["node"]["articles"]["edges"]) == count
    before = database.statements
    await ask(READ, MEMBER, id=global_id("Regulation", made.regulation_id), asOf="2025-01-01")
    assert database.statements - before == 6


async def test_articles_are_paged_in_the_order_of_the_text(database, ask):
    made = await bring(database, "甲", "一。", "二。", "三。")
    page = """query ($id: ID!, $after: String) { node(id: $id) { ... on Regulation {
      articles(first: 2, after: $after) { nodes { text } pageInfo { hasNextPage endCursor } } } } }
    """
    key = global_id("Regulation", made.regulation_id)
    first = (await ask(page, MEMBER, id=key))["node"]["articles"]
    assert [node["text"] for node in first["nodes"]] == ["一。", "二。"]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = await ask(page, MEMBER, id=key, after=first["pageInfo"]["endCursor"])
    assert rest["node"]["articles"]["nodes"] == [{"text": "三。"}]
    assert rest["node"]["articles"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("day", "texts"),
    [
        ("2020-04-30", []),
        ("2020-05-01", ["旧。"]),
        ("2022-01-31", ["旧。"]),
        ("2022-02-01", ["新。"]),
        (None, ["新。"]),
    ],
)
async def test_the_text_of_a_day_is_the_wording_of_then(database, ask, day, texts):
    made = await bring(database, "甲", "旧。")
    await bring(database, "甲", "新。", on="2022年1月1日", effective="2022年2月1日")
    read = await ask(READ, MEMBER, id=global_id("Regulation", made.regulation_id), asOf=day)
    edges = read["node"]["articles"]["edges"]
    assert [edge["node"]["text"] for edge in edges] == texts
    assert [v["effectiveOn"] for v in read["node"]["versions"]] == ["2022-02-01", "2020-05-01"]


async def test_the_day_is_that_of_the_groups_time_zone(database, ask):
    today = (now() + timedelta(hours=8)).date()
    for title, day in (("甲", today), ("乙", today + timedelta(days=1))):
        effective = f"{day:%Y年%m月%d日}"
        await bring(database, title, "文。", effective=effective, today=today)
    listed = await ask("{ regulations { nodes { title status } } }", MEMBER)
    assert listed["regulations"]["nodes"] == [
        {"title": "乙", "status": "NOT_YET_IN_FORCE"},
        {"title": "甲", "status": "IN_FORCE"},
    ]


async def test_the_list_is_narrowed_and_paged(database, ask):
    for title, category in (("甲", "学习"), ("乙", "奖惩"), ("丙", "学习")):
        await bring(database, title, "文。", category=category)
    page = """query ($after: String) { regulations(
      first: 1, after: $after, category: "学习", issuer: "集团党委", status: IN_FORCE
    ) { nodes { title } pageInfo { hasNextPage endCursor } } }"""
    first = (await ask(page, MEMBER))["regulations"]
    assert first["nodes"] == [{"title": "丙"}]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = (await ask(page, MEMBER, after=first["pageInfo"]["endCursor"]))["regulations"]
    assert rest["nodes"] == [{"title": "甲"}]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_a_list_with_its_texts_takes_a_statement_an_edge(database, ask):
    for title in "甲乙丙":
        await bring(database, title, "见《甲》第一条。")
    before = database.statements
    listed = await ask(
        """{ regulations { nodes { status versions { id }
      articles(first: 2) { nodes { regulation { title } cites { nodes { citation } } } } } } }""",
        MEMBER,
    )
    assert database.statements - before == 5
    assert [
        node["articles"]["nodes"][0]["cites"]["nodes"] for node in listed["regulations"]["nodes"]
    ] == [[{"citation": "《甲》第一条"}], [{"citation": "《甲》第一条"}], []]


async def test_nothing_of_a_hidden_regulation_shows(database, ask):
    hidden = await bring(database, "内部办法", "见《公开办法》第一条。", audience_key="tree:7")
    shown = await bring(database, "公开办法", "见《内部办法》第一条。", audience_key="public")
    text = (await ask(READ, MEMBER, id=global_id("Regulation", hidden.regulation_id)))["node"][
        "articles"
    ]
    ids = [
        global_id("Regulation", hidden.regulation_id),
        global_id("RegulationVersion", hidden.version_id),
        text["edges"][0]["node"]["id"],
    ]
    seen = (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } regulations { nodes { title } } }"
    )
    assert await ask(seen, MEMBER, ids=ids) == {
        "nodes": [
            {"__typename": "Regulation"},
            {"__typename": "RegulationVersion"},
            {"__typename": "RegulationArticle"},
        ],
        "regulations": {"nodes": [{"title": "公开办法"}, {"title": "内部办法"}]},
    }
    for viewer in (NOBODY, ELSEWHERE):
        assert await ask(seen, viewer, ids=ids) == {
            "nodes": [None, None, None],
            "regulations": {"nodes": [{"title": "公开办法"}]},
        }
        read = await ask(READ, viewer, id=global_id("Regulation", shown.regulation_id))
        (article,) = read["node"]["articles"]["edges"]
        assert article["node"]["cites"]["edges"] == []
        assert article["node"]["citedBy"]["edges"] == []


async def test_the_list_is_walked_by_its_cursors_in_a_statement_a_page(database, ask):
    for title, on in (("甲", "2020年1月1日"), ("乙", None), ("丙", "2021年1月1日"), ("丁", None)):
        await bring(database, title, "文。", on=on, effective=None)
    page = """query ($first: Int, $after: String, $order: RegulationOrder!) {
      regulations(first: $first, after: $after, order: $order) {
        nodes { title } pageInfo { hasNextPage endCursor } } }"""
    orders = (("PROMULGATED", ["丙", "甲", "丁", "乙"]), ("TITLE", ["丙", "丁", "甲", "乙"]))
    for first, (order, titles) in product((1, 2, 3, 4, 5), orders):
        walked, after, more = [], None, True
        while more:
            given = {"first": first, "after": after, "order": order}
            statements, read = await ask.statements(page, MEMBER, **given)
            assert statements == 1
            walked += [node["title"] for node in read["regulations"]["nodes"]]
            info = read["regulations"]["pageInfo"]
            after, more = info["endCursor"], info["hasNextPage"]
        assert walked == titles


@pytest.mark.parametrize(
    ("arguments", "field"),
    [("first: 0", "first"), ("first: 101", "first"), ('after: "?"', "after")],
)
async def test_pages_out_of_bounds_are_refused(ask, arguments, field):
    refused = await ask.refusal(f"{{ regulations({arguments}) {{ nodes {{ id }} }} }}")
    assert refused == {"code": "INVALID", "field": [field]}
