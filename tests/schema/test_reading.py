"""Reading one article: its neighbours, its citation to copy, its earlier wordings."""

import pytest
from group import global_id
from regulations import bring

from app.visibility import NOBODY, Viewer

pytestmark = pytest.mark.anyio

MEMBER = Viewer(1, 7, "/1/7/")
READ = """
query ($id: ID!, $asOf: Date, $articles: Int = 10, $first: Int! = 5) {
 node(id: $id) { ... on Regulation {
  articles(asOf: $asOf, first: $articles) { nodes {
    text citationText
    previous { text } next { text }
    wordings(first: $first) {
      version { effectiveOn } article { label text } isChanged
      changes { kind text formerText }
    }
  } }
} } }
"""
OPENING = "为了方便职工借阅图书，制定本办法。"
LENDING = "每人每次可以借阅三册图书，借期三十日。"
LENDING_NOW = "每人每次可以借阅五册图书，借期三十日。"
SILENCE = "阅览室内不得大声喧哗,不得吸烟。"
SILENCE_NOW = "阅览室内不得大声喧哗，不得吸烟。"
FINES = "损坏设备的，按照集团财务部门的价目赔偿。"


@pytest.fixture
async def rules(database):
    """A regulation whose second wording puts an article between and changes another."""
    await bring(database, "图书借阅办法", OPENING, LENDING, SILENCE, audience_key="public")
    made = await bring(
        database,
        "图书借阅办法",
        OPENING,
        FINES,
        LENDING_NOW,
        SILENCE_NOW,
        on="2022年1月1日",
        effective="2022年2月1日",
        lines=("2022年1月1日 集团党委《关于修改〈图书借阅办法〉的决定》第一次修正",),
    )
    return global_id("Regulation", made.regulation_id)


async def articles(ask, rules, viewer=MEMBER, **variables):
    read = await ask(READ, viewer, id=rules, **variables)
    return read["node"]["articles"]["nodes"]


async def test_an_article_knows_what_stands_beside_it(ask, rules):
    read = await articles(ask, rules, NOBODY)
    texts = [OPENING, FINES, LENDING_NOW, SILENCE_NOW]
    assert [one["text"] for one in read] == texts
    assert [one["previous"] and one["previous"]["text"] for one in read] == [None, *texts[:-1]]
    assert [one["next"] and one["next"]["text"] for one in read] == [*texts[1:], None]


async def test_what_is_copied_names_the_edition_that_it_is_of(ask, rules):
    now = await articles(ask, rules)
    assert now[2]["citationText"] == f"《图书借阅办法》（2022年修正）第三条\n{LENDING_NOW}"
    then = await articles(ask, rules, asOf="2021-01-01")
    assert then[1]["citationText"] == f"《图书借阅办法》第二条\n{LENDING}"


async def test_a_renumbered_article_is_followed_through_the_versions(ask, rules):
    read = await articles(ask, rules)
    assert read[2]["wordings"] == [
        {
            "version": {"effectiveOn": "2022-02-01"},
            "article": {"label": "第三条", "text": LENDING_NOW},
            "isChanged": True,
            "changes": [
                {"kind": "EQUAL", "text": "每人每次可以借阅", "formerText": None},
                {"kind": "DELETED", "text": "三", "formerText": None},
                {"kind": "INSERTED", "text": "五", "formerText": None},
                {"kind": "EQUAL", "text": "册图书，借期三十日。", "formerText": None},
            ],
        },
        {
            "version": {"effectiveOn": "2020-05-01"},
            "article": {"label": "第二条", "text": LENDING},
            "isChanged": True,
            "changes": None,
        },
    ]
    then = await articles(ask, rules, asOf="2021-01-01")
    assert then[1]["wordings"] == read[2]["wordings"]
    assert (await articles(ask, rules, first=1))[2]["wordings"] == read[2]["wordings"][:1]


async def test_typography_alone_is_no_change(ask, rules):
    newest = (await articles(ask, rules))[3]["wordings"][0]
    assert not newest["isChanged"]
    assert newest["changes"] == [{"kind": "EQUAL", "text": SILENCE_NOW, "formerText": SILENCE}]


async def test_an_article_that_is_new_has_no_former_wording(ask, rules):
    [only] = (await articles(ask, rules))[1]["wordings"]
    assert only["article"]["label"] == "第二条"
    assert only["changes"] is None


async def test_a_line_goes_through_every_version_and_ends_where_there_is_none(database, ask):
    for year, texts in (
        (2019, (OPENING, FINES, LENDING)),
        (2020, (OPENING, LENDING, SILENCE)),
        (2021, (LENDING_NOW, SILENCE, OPENING)),
        (2022, (FINES, SILENCE_NOW, OPENING)),
    ):
        made = await bring(database, "图书借阅办法", *texts, on=f"{year}年3月1日", effective=None)
    key = global_id("Regulation", made.regulation_id)

    async def lines(year):
        read = await articles(ask, key, asOf=f"{year}-12-31")
        return [[w["article"]["label"] for w in one["wordings"]] for one in read]

    opening, lending = ["第三条", "第三条", "第一条", "第一条"], ["第一条", "第二条", "第三条"]
    silence, fines = ["第二条", "第二条", "第三条"], ["第二条"]
    assert await lines(2019) == [opening, fines, lending]
    assert await lines(2021) == [lending, silence, opening]
    assert await lines(2022) == [["第一条"], silence, opening]


@pytest.mark.parametrize("count", [2, 30])
async def test_reading_takes_as_many_statements_however_long_the_text_is(database, ask, count):
    for year in (2020, 2022):
        made = await bring(
            database,
            "甲",
            *(f"第{n}条 关于第{n}件事，{year}年的规定。" for n in range(1, count + 1)),
            "第98条 末了。" if year == 2020 else "第99条 别的。",
            on=f"{year}年3月1日",
            effective=None,
        )
    key = global_id("Regulation", made.regulation_id)
    statements, read = await ask.statements(READ, MEMBER, id=key, articles=count + 1, first=2)
    # The regulation, its articles, both neighbours; versions for citations and for wordings, the
    # whole texts to align them, and the former articles.
    assert statements == 8
    assert len(read["node"]["articles"]["nodes"]) == count + 1
    # What became of which is known now.
    assert await ask.statements(READ, MEMBER, id=key, articles=count + 1, first=2) == (7, read)


async def test_more_wordings_than_are_served_are_refused(ask, rules):
    query = """query ($id: ID!) { node(id: $id) { ... on Regulation {
      articles(first: 1) { nodes { wordings(first: 21) { isChanged } } } } } }"""
    refused = await ask.refusal(query, MEMBER, id=rules)
    assert refused == {"code": "INVALID", "field": ["first"]}
