"""What every engine must do with words: synonyms, phrases, and what is not wanted."""

import pytest
from library import EVERYBODY, regulation

from search.port import Filter, Request

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
