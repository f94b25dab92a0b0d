"""What every engine must do: the answers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library import EVERYBODY, SHELVES, content

from app.errors import Invalid
from search.port import FacetCount, Filter, Page, Request, SearchScope, SuggestionHit

pytestmark = pytest.mark.anyio


def ask(query, *, audience=EVERYBODY, first=20, offset=0, **chosen):
    chosen = Filter(audience=frozenset(audience), **chosen)
    return Request(query=query, filter=chosen, first=first, offset=offset)


async def ids(engine, query, **chosen):
    return [hit.id for hit in (await engine.search(ask(query, **chosen))).hits]


async def titles(engine, query, *, audience=EVERYBODY, **chosen):
    return [hit.text for hit in await engine.suggest(query, audience, **chosen)]


async def test_the_article_that_says_most_of_the_question_comes_first(engine):
    assert (await ids(engine, "遗失图书要赔偿吗"))[0] == 104


async def test_a_hit_tells_what_it_is(engine):
    page = await engine.search(ask("退休职工"))
    assert [(hit.id, hit.scope) for hit in page.hits[:1]] == [(1, SearchScope.NEWS)]
    assert page.hits[0].score > 0


async def test_scores_fall_and_hits_are_as_many_as_the_total(engine):
    page = await engine.search(ask("图书"))
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert page.total == len(page.hits) == 5


async def test_words_in_traditional_script_find_the_same(engine):
    assert await ids(engine, "遺失圖書要賠償嗎") == await ids(engine, "遗失图书要赔偿吗")


async def test_a_single_letter_is_a_question(engine):
    assert await ids(engine, "饼") == [1]


async def test_a_text_that_shares_single_letters_only_is_no_hit(engine):
    assert 1 not in await ids(engine, "月报")


@pytest.mark.parametrize("audience", [(), ("tree:1",), ("org:8", "everyone")])
async def test_nobody_finds_what_is_not_for_them(engine, audience):
    page = await engine.search(ask("枇杷 暗号 图书管理", audience=audience))
    assert 3 not in [hit.id for hit in page.hits]


async def test_the_audience_it_is_for_finds_it(engine):
    assert await ids(engine, "枇杷", audience={"org:9"}) == [3]


async def test_an_empty_audience_finds_suggests_and_counts_nothing(engine):
    page = await engine.search(ask("图书", audience=()))
    assert (page.hits, page.total) == ((), 0)
    assert not any(page.facets.values())
    assert await titles(engine, "集团", audience=frozenset()) == []


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"scopes": frozenset({SearchScope.NEWS})}, {1}),
        ({"scopes": frozenset({SearchScope.REGULATION})}, {101, 102, 104, 201}),
        ({"scopes": frozenset({SearchScope.NEWS, SearchScope.SHOWCASE})}, {1}),
        ({"organization_id": 3}, {1}),
        ({"organization_id": 2}, set()),
        ({"category": "司法解释"}, {201}),
        ({"category": '" OR 1=1'}, set()),
        ({"issuer": "集团党委"}, {101, 102, 104}),
        ({"published_from": 2_000}, {1, 201}),
        ({"published_to": 2_000}, {101, 102, 104, 201}),
        ({"published_from": 2_000, "published_to": 2_000}, {201}),
        ({"published_from": 8_000}, set()),
    ],
)
async def test_a_filter_narrows(engine, chosen, expected):
    assert set(await ids(engine, "图书", **chosen)) == expected


async def test_statuses_narrow_regulations_and_leave_contents(engine):
    in_force = frozenset({"IN_FORCE"})
    assert await ids(engine, "住宿费", statuses=in_force) == []
    assert await ids(engine, "住宿费", statuses=frozenset({"REPEALED"})) == [302]
    assert await ids(engine, "月饼", statuses=in_force) == [1]


async def test_facets_count_all_hits_of_the_filter(engine):
    page = await engine.search(ask("图书", first=1))
    assert page.facets == {
        "scope": (FacetCount("REGULATION", 4), FacetCount("NEWS", 1)),
        "category": (FacetCount("行政法", 3), FacetCount("司法解释", 1)),
        "issuer": (FacetCount("集团党委", 3), FacetCount("集团工会", 1)),
        "status": (FacetCount("IN_FORCE", 4),),
    }


async def test_facets_do_not_tell_of_what_is_not_for_the_asker(engine):
    page = await engine.search(ask("图书 枇杷", issuer="集团工会"))
    assert page.facets["scope"] == (FacetCount("REGULATION", 1),)


async def test_facets_are_left_out_on_demand(engine):
    chosen = Filter(audience=EVERYBODY)
    page = await engine.search(Request(query="图书", filter=chosen, with_facets=False))
    assert (page.facets, page.total) == ({}, 5)


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_paging_reaches_every_hit_once(engine, size):
    await engine.replace([content(1000 + i, f"读书会第{i}期", "共读一本图书") for i in range(420)])
    pages = [
        await engine.search(ask("图书 读书会", first=size, offset=offset))
        for offset in range(290 if size == 1 else 0, 440, size)
    ]
    found = [hit.id for page in pages for hit in page.hits]
    assert {page.total for page in pages} == {425}
    assert len(found) == len(set(found)) == (135 if size == 1 else 425)


async def test_paging_begins_with_what_was_named(engine):
    whole = await ids(engine, "集团阅览室管理条例")
    parts = [await ids(engine, "集团阅览室管理条例", first=2, offset=o) for o in range(0, 8, 2)]
    assert [hit for part in parts for hit in part] == whole
    assert whole[:5] == [101, 102, 103, 104, 105]


async def test_no_hits_wanted_still_counts(engine):
    page = await engine.search(ask("图书", first=0))
    assert (page.hits, page.total) == ((), 5)


async def test_beyond_the_end_there_is_nothing(engine):
    page = await engine.search(ask("图书", offset=1_000))
    assert (page.hits, page.total) == ((), 5)


@pytest.mark.parametrize(
    "query",
    [
        "集团阅览室管理条例第3条",
        "集团阅览室管理条例第三条",
        "《集团阅览室管理条例》第三条",
        "《集团阅览室管理条例》3条",
        "集团阅览室管理条例 三条",
        "集团阅览室管理条例 3",
        "集团阅览室管理条例§3",
        "集團閱覽室管理條例第三條",
        "集团阅览室管理条例第３条",
        "集团阅览室管理条例的第三条怎么说",
        "请问集团阅览室管理条例第三条是什么",
        "借书规定第三条",
    ],
)
async def test_a_citation_goes_straight_to_its_article(engine, query):
    assert (await ids(engine, query))[0] == 103


@pytest.mark.parametrize("query", ["借书规定第三条之一", "借书规定3条之1", "借书规定第3条 之一"])
async def test_a_citation_tells_an_inserted_article_from_the_one_before(engine, query):
    assert (await ids(engine, query))[0] == 104


async def test_a_citation_obeys_the_filter(engine):
    repealed = frozenset({"REPEALED"})
    assert await ids(engine, "借书规定第三条", statuses=repealed, issuer="集团党委") == []


async def test_a_citation_of_an_article_that_is_not_there_is_a_question(engine):
    assert 105 in await ids(engine, "借书规定第四十条 喧哗")


@pytest.mark.parametrize("query", ["集团阅览室管理条例", "《集团阅览室管理条例》", "借书规定"])
async def test_a_title_alone_puts_its_regulation_first(engine, query):
    assert (await ids(engine, query))[:5] == [101, 102, 103, 104, 105]


@pytest.mark.parametrize("query", ['"凭票据报销"', "“凭票据报销”", "「憑票據報銷」"])
async def test_a_quoted_phrase_is_found_as_it_stands(engine, query):
    assert await ids(engine, query) == [301]


async def test_a_quoted_phrase_in_another_order_is_not_found(engine):
    assert await ids(engine, '"报销凭票据"') == []


async def test_quotation_marks_within_a_sentence_set_off_a_term_only(engine):
    assert 104 in await ids(engine, "弄丢“公家图书”的怎么赔偿")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "\t\n",
        "。，！？",
        "😀🎉",
        "\x00\x07",
        "\u200b",
        "\ud83d",
        '""',
        "《》",
        "§",
        "*:*",
    ],
)
async def test_a_query_that_says_nothing_finds_nothing(engine, query):
    assert await engine.search(ask(query)) == Page()
    assert await engine.suggest(query, EVERYBODY) == ()


@pytest.mark.parametrize(
    "query",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE content; --",
        "title:图书 AND NOT (x",
        "第99999999条",
        "图书第〇〇〇〇〇〇〇〇条",
        '"未闭合',
        "图书\x00\ud800\u202e",
        "图书" * 256,
    ],
)
async def test_an_odd_query_is_answered(engine, query):
    page = await engine.search(ask(query))
    assert page.total >= len(page.hits)
    assert isinstance(await engine.suggest(query, EVERYBODY), tuple)


@pytest.mark.parametrize("query", ["图" * 513, "a" * 10_000])
async def test_a_query_that_is_too_long_is_refused(engine, query):
    with pytest.raises(Invalid) as refusal:
        await engine.search(ask(query))
    assert refusal.value.path == ("query",)
    with pytest.raises(Invalid):
        await engine.suggest(query, EVERYBODY)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.text(max_size=60) | st.text('图书第三条之一《》“”" 0１§a', max_size=30))
async def test_no_query_breaks_the_engine(engine, query):
    page = await engine.search(ask(query))
    assert len({(hit.scope, hit.id) for hit in page.hits}) == len(page.hits) == page.total
    await engine.suggest(query, EVERYBODY)


@pytest.mark.parametrize(
    "typed",
    [
        "集团阅览",
        "集團閱覽",
        "jituanyuelan",
        "jtyls",
        "JTYLS",
        "ji tuan yue",
        "阅览室管理条",
        "jieshu",
    ],
)
async def test_a_title_is_suggested_by_its_letters_sound_and_initials(engine, typed):
    assert (await titles(engine, typed))[0] == "集团阅览室管理条例"


@pytest.mark.parametrize("typed", ["阅览室", "yls", "yuelan", "览"])
async def test_a_title_is_suggested_by_a_part_of_it_laws_first(engine, typed):
    expected = ["集团阅览室管理条例", "关于集团阅览室管理若干问题的解释"]
    assert await titles(engine, typed) == expected


async def test_a_homophone_is_understood_while_typing(engine):
    assert await titles(engine, "插旅费") == []
    assert await titles(engine, "拆旅费") == ["差旅费报销办法"]
    assert await titles(engine, "借书归定") == ["集团阅览室管理条例"]


async def test_a_suggestion_tells_its_scope_and_unit(engine):
    expected = (SuggestionHit("微党课：一封家书里的初心", SearchScope.MICRO_LECTURE, 2),)
    assert await engine.suggest("微党课", EVERYBODY) == expected


async def test_suggestions_obey_audience_scopes_and_number(engine):
    assert await titles(engine, "二支部") == []
    assert await titles(engine, "二支部", audience=frozenset({"org:9"})) == ["二支部内部学习安排"]
    assert await titles(engine, "集团", scopes=frozenset({SearchScope.NEWS})) == []
    assert len(await titles(engine, "集团", first=1)) == 1
    assert await titles(engine, "集团", first=0) == []


async def test_equal_titles_are_suggested_once(engine):
    await engine.replace([content(i, "周末读书会通知", "欢迎参加") for i in range(50, 60)])
    assert await titles(engine, "周末读书") == ["周末读书会通知"]


async def test_a_mistyped_homophone_is_put_right(engine):
    assert (await engine.search(ask("图输丢了怎么办"))).did_you_mean == "图书丢了怎么办"


@pytest.mark.parametrize("query", ["图书丢了怎么办", "借书规定第三条", "住宿费", "今天天气如何"])
async def test_a_clean_query_is_not_put_right(engine, query):
    assert (await engine.search(ask(query))).did_you_mean is None


async def test_words_that_others_keep_to_themselves_are_not_told(engine):
    await engine.replace([content(i, "秘密", "羽毛球馆", audience="org:9") for i in (60, 61, 62)])
    assert (await engine.search(ask("羽矛球馆"))).did_you_mean is None
    told = await engine.search(ask("羽矛球馆", audience={"org:9"}))
    assert told.did_you_mean == "羽毛球馆"


async def test_the_state_counts_documents(engine):
    state = await engine.state()
    assert state.documents == sum(len(unit.documents) for unit in SHELVES)
    assert not state.needs_rebuild
