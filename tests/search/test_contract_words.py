"""What every engine must do with words: synonyms, phrases, and what is not wanted."""

import pytest
from library import EVERYBODY, regulation

from search.port import Filter, Page, Request
from search.ranking import INTERPRETATION, STATUTE

pytestmark = pytest.mark.anyio


async def ids(engine, query, **chosen):
    request = Request(query=query, filter=Filter(audience=EVERYBODY, **chosen))
    return [hit.id for hit in (await engine.search(request)).hits]


async def test_a_word_finds_what_the_rules_call_otherwise(engine):
    await engine.replace([regulation(9, "用工规定", {(1, 0): "用人单位按月支付。"}, first_id=901)])
    assert await ids(engine, "老板") == [901]


async def test_words_that_are_learnt_take_the_place_of_those_known(engine):
    assert await ids(engine, "喧哗") == [105]
    assert await ids(engine, "吵闹") == []
    await engine.learn([frozenset({"吵闹", "喧哗"})])
    assert await ids(engine, "吵闹") == [105]
    await engine.learn([])
    assert await ids(engine, "吵闹") == []


async def test_the_word_itself_comes_before_its_synonym(engine):
    await engine.learn([frozenset({"图书", "月饼"})])
    await engine.replace(
        [
            regulation(8, "甲规定", {(1, 0): "发放月饼的办法另行通知。"}, first_id=801),
            regulation(9, "乙规定", {(1, 0): "发放图书的办法另行通知。"}, first_id=901),
        ]
    )
    found = await ids(engine, "图书发放")
    assert found.index(901) < found.index(801)


async def test_what_others_cite_comes_before_what_they_do_not(engine):
    text = {(1, 0): "羽毛球场地向职工开放。"}
    citing = {(number, 0): "按照《场地条例》办理。" for number in range(1, 9)}
    await engine.replace(
        [
            regulation(7, "场馆条例", text, first_id=701),
            regulation(8, "场地条例", text, first_id=801),
            regulation(9, "收费细则", citing, first_id=901),
        ]
    )
    assert (await ids(engine, "羽毛球开放"))[:2] == [801, 701]


UNWANTED = ["图书 -赔偿", "图书 －赔偿", '图书 -"原价赔偿"', "图书 -“原价赔偿”", "图書 -賠償"]


async def test_what_is_not_wanted_is_not_found(engine):
    wanted = [hit for hit in await ids(engine, "图书") if hit != 104]
    assert [await ids(engine, query) for query in UNWANTED] == [wanted] * len(UNWANTED)


async def test_not_wanted_words_narrow_citations_titles_and_corrections(engine):
    assert (await ids(engine, "集团阅览室管理条例 -逾期 -遗失"))[:3] == [101, 102, 105]
    assert 103 not in await ids(engine, "借书规定第三条 -逾期")
    request = Request(query="图输丢了 -月饼", filter=Filter(audience=EVERYBODY))
    assert (await engine.search(request)).did_you_mean == "图书丢了 -月饼"


async def test_a_hyphen_within_a_word_is_no_minus(engine):
    await engine.replace([regulation(9, "A-B股规定", {(1, 0): "A-B股转换。"}, first_id=901)])
    assert await ids(engine, "A-B股") == [901]


async def test_a_minus_without_a_word_or_before_all_takes_nothing_away(engine):
    for query in ("- 图书", "图书 -", "图书 -- 赔偿", "图书 -。", "-赔偿 图书"):
        assert 104 in await ids(engine, query), query


async def test_only_unwanted_words_find_nothing(engine):
    request = Request(query="。 -图书", filter=Filter(audience=EVERYBODY))
    assert await engine.search(request) == Page()


async def test_a_quoted_phrase_apart_from_other_words_is_found_as_it_stands(engine):
    await engine.replace([regulation(9, "出差须知", {(1, 0): "出差凭单据。"}, first_id=901)])
    for query in ("“凭票据报销” 出差", "出差 「憑票據報銷」", '出差"凭票据报销"'):
        assert await ids(engine, query) == [301], query


async def test_an_abbreviation_puts_its_regulation_first(engine):
    assert (await ids(engine, "集团阅览条例"))[:5] == [101, 102, 103, 104, 105]
    assert (await ids(engine, "集阅条例第三条"))[0] == 103
    assert (await ids(engine, "集阅条例 12"))[0] == 105


async def test_an_abbreviation_means_laws_before_interpretations(engine):
    text = {(1, 0): "羽毛球场地向职工开放。"}
    await engine.replace(
        [
            regulation(8, "场地租法", text, first_id=801, weight=INTERPRETATION),
            regulation(9, "场地租用管理法", text, first_id=901, weight=STATUTE),
        ]
    )
    assert (await ids(engine, "场租法"))[0] == 901


async def test_an_abbreviation_of_two_titles_alike_names_neither(engine):
    text = {(1, 0): "羽毛球场地。"}
    await engine.replace(
        [
            regulation(8, "场地租法", text, first_id=801),
            regulation(9, "场馆租法", text, first_id=901),
        ]
    )
    page = await engine.search(Request(query="场租法", filter=Filter(audience=EVERYBODY)))
    assert all(hit.score < 1_000 for hit in page.hits)


async def test_an_abbreviation_is_suggested_the_title_it_stands_for(engine):
    assert [hit.text for hit in await engine.suggest("集阅条例", EVERYBODY)] == [
        "集团阅览室管理条例"
    ]
    assert await engine.suggest("二支安排", EVERYBODY) == ()


async def test_a_title_that_holds_a_citation_is_a_title(engine):
    title = "关于适用借书规定第三条的通知"
    await engine.replace([regulation(9, title, {(1, 0): "照此办理。"}, first_id=901)])
    assert (await ids(engine, title))[0] == 901


async def test_another_name_that_was_learnt_leads_straight_to_the_regulation(engine):
    await engine.learn([frozenset({"看书规矩", "集团阅览室管理条例"})])
    assert (await ids(engine, "看书规矩"))[:5] == [101, 102, 103, 104, 105]
    assert (await ids(engine, "看书规矩第三条"))[0] == 103
    assert (await ids(engine, "请问看书规矩 12"))[0] == 105
