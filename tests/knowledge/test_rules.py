from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.reading.parsed import Event
from app.knowledge.rules import (
    RegulationStatus,
    amended_title,
    binds_from,
    citation,
    edition_of,
    in_order,
    is_kind_alone,
    regulation_status,
    repeal_day,
    short_title,
    split_edition,
    standing,
    text_sha256,
    title_key,
    wording_on,
)

TODAY = date(2026, 7, 1)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


class Wording(NamedTuple):
    id: int
    promulgated_on: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None


@pytest.mark.parametrize(
    ("first_effective_on", "last_effective_on", "repealed_on", "status"),
    [
        (None, None, None, RegulationStatus.IN_FORCE),
        (TODAY, TODAY, None, RegulationStatus.IN_FORCE),
        (TOMORROW, TOMORROW, None, RegulationStatus.NOT_YET_IN_FORCE),
        (YESTERDAY, TODAY, None, RegulationStatus.IN_FORCE),
        (YESTERDAY, TOMORROW, None, RegulationStatus.AMENDED),
        (None, TOMORROW, None, RegulationStatus.AMENDED),
        (YESTERDAY, YESTERDAY, TOMORROW, RegulationStatus.IN_FORCE),
        (YESTERDAY, YESTERDAY, TODAY, RegulationStatus.REPEALED),
        (YESTERDAY, TOMORROW, TODAY, RegulationStatus.REPEALED),
        (TOMORROW, TOMORROW, TODAY, RegulationStatus.REPEALED),
    ],
)
def test_the_status_is_that_of_the_day(first_effective_on, last_effective_on, repealed_on, status):
    found = regulation_status(
        TODAY,
        first_effective_on=first_effective_on,
        last_effective_on=last_effective_on,
        repealed_on=repealed_on,
    )
    assert found is status


def test_a_wording_without_a_day_of_effect_binds_from_its_promulgation():
    assert binds_from(Wording(1, TODAY, None)) == TODAY
    assert binds_from(Wording(1, YESTERDAY, TODAY)) == TODAY
    assert binds_from(Wording(1)) == date.min


def test_of_wordings_that_bind_from_one_day_the_later_promulgated_counts():
    early, late = Wording(2, YESTERDAY, TODAY), Wording(1, TODAY, TODAY)
    assert in_order([late, early]) == [early, late]
    assert wording_on(TODAY, [late, early]) == late


def test_of_wordings_with_the_same_days_the_later_import_counts():
    assert wording_on(TODAY, [Wording(2, TODAY), Wording(1, TODAY)]) == Wording(2, TODAY)


def test_before_the_first_wording_there_is_none():
    assert wording_on(YESTERDAY, [Wording(1, effective_on=TODAY)]) is None
    assert wording_on(date.min, [Wording(1)]) == Wording(1)


def test_a_regulation_without_a_wording_in_force_shows_the_first_to_come():
    coming, later = Wording(1, effective_on=TOMORROW), Wording(2, effective_on=date(2027, 1, 1))
    found = standing(TODAY, [later, coming])
    assert found == (coming, TOMORROW, date(2027, 1, 1), None, TOMORROW)


def test_the_next_change_may_be_the_end():
    wording = Wording(1, effective_on=YESTERDAY, repealed_on=TOMORROW)
    assert standing(TODAY, [wording]) == (wording, YESTERDAY, YESTERDAY, TOMORROW, TOMORROW)
    assert standing(TOMORROW, [wording]).next_change_on is None


def test_a_wording_without_any_day_is_first_and_was_always_in_force():
    always, newer = Wording(2), Wording(1, effective_on=TODAY)
    assert standing(TODAY, [always, newer]) == (newer, None, TODAY, None, None)
    assert standing(TODAY, [always]) == (always, None, None, None, None)


DAYS = st.none() | st.dates(date(2026, 6, 25), date(2026, 7, 7))
WORDINGS = st.lists(st.tuples(DAYS, DAYS, DAYS), min_size=1, max_size=5).map(
    lambda days: [Wording(key, *of_one) for key, of_one in enumerate(days)]
)


@given(WORDINGS)
def test_between_changes_a_regulation_stands_as_it_did(wordings):
    days = [TODAY + timedelta(days=n) for n in range(-8, 9)]
    found = [standing(day, wordings) for day in days]
    for now, then, tomorrow in zip(found, found[1:], days[1:], strict=False):
        assert now.next_change_on is None or now.next_change_on >= tomorrow
        if now.next_change_on != tomorrow:
            assert then == now


@given(WORDINGS)
def test_a_regulation_comes_into_force_once_and_once_repealed_stays_so(wordings):
    of_days = standing(TODAY, wordings)
    found = [
        regulation_status(
            TODAY + timedelta(days=n),
            first_effective_on=of_days.first_effective_on,
            last_effective_on=of_days.last_effective_on,
            repealed_on=of_days.repealed_on,
        )
        for n in range(-8, 9)
    ]
    begun = [status is not RegulationStatus.NOT_YET_IN_FORCE for status in found]
    ended = [status is RegulationStatus.REPEALED for status in found]
    assert begun == sorted(begun)
    assert ended == sorted(ended)


@pytest.mark.parametrize(
    ("events", "day"),
    [
        (["废止"], date(2026, 1, 1)),
        (["起废止"], date(2026, 1, 1)),
        (["失效。"], date(2026, 1, 1)),
        (["《关于废止部分制度的决定》修订"], None),
        (["起施行"], None),
        (["起施行", "起废止"], date(2026, 1, 2)),
    ],
)
def test_only_the_bare_word_of_a_dated_line_repeals(events, day):
    history = [Event(date(2026, 1, n), text) for n, text in enumerate(events, start=1)]
    assert repeal_day(history) == day


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("中华人民共和国图书借阅法", "图书借阅法"),
        ("中国共产党支部活动条例（试行）", "支部活动条例（试行）"),
        ("中国共产党章程", "中国共产党章程"),
        ("中国共产党章程（2017年修订）", "中国共产党章程（2017年修订）"),
        ("集团差旅管理办法", "集团差旅管理办法"),
        ("关于适用《中华人民共和国图书借阅法》的解释", "关于适用《图书借阅法》的解释"),
        (
            "关于修改《关于适用〈中华人民共和国图书借阅法〉的解释》的决定",
            "关于修改《关于适用〈图书借阅法〉的解释》的决定",
        ),
        ("进出中华人民共和国口岸规定", "进出中华人民共和国口岸规定"),
    ],
)
def test_a_short_title_is_what_people_say(title, short):
    assert short_title(title) == short


def test_a_kind_alone_is_what_any_text_may_mean():
    assert is_kind_alone("章程")
    assert not is_kind_alone("图书馆章程")


def test_an_edition_is_no_part_of_the_title():
    assert split_edition("集团奖惩条例（2018年修订）") == ("集团奖惩条例", "2018年修订")
    assert split_edition("集团奖惩条例（试行）") == ("集团奖惩条例（试行）", None)


@pytest.mark.parametrize(
    "other",
    [
        "中华人民共和国图书借阅法",
        "图书借阅法(2021年修正)",
        "图书 借阅法",
    ],
)
def test_titles_that_name_the_same_have_one_key(other):
    assert title_key(other) == title_key("图书借阅法")


def test_inner_brackets_of_either_style_give_one_key():
    assert title_key("关于适用〈某法〉的解释(二)") == title_key("关于适用《某法》的解释（二）")


@pytest.mark.parametrize(
    ("title", "amended"),
    [
        ("关于修改《图书借阅规定》的决定", "图书借阅规定"),
        ("中华人民共和国图书法修正案（三）", "中华人民共和国图书法"),
        ("集团党委关于修改《关于图书借阅的规定》的决定", "集团党委关于图书借阅的规定"),
        ("集团党委关于修改《图书借阅规定》的决定", "图书借阅规定"),
        ("图书借阅规定", None),
        ("关于修改《甲规定》等三件规定的决定", None),
    ],
)
def test_an_amendment_names_what_it_amends(title, amended):
    assert amended_title(title) == amended


@pytest.mark.parametrize(
    ("title", "label", "cited"),
    [
        ("个体工商户条例", "第二条", "《个体工商户条例》第二条"),
        ("图书法", "第十二条之一", "《图书法》第十二条之一"),
        ("图书法", None, "《图书法》"),
        ("图书法修正案", "二、", "《图书法修正案》第二条"),
        ("图书馆公约", "12.", "《图书馆公约》第十二条"),
        ("关于适用《图书法》的解释", "第一条", "《关于适用〈图书法〉的解释》第一条"),
    ],
)
def test_an_article_is_cited_by_title_and_label(title, label, cited):
    assert citation(title, label) == cited


def test_the_hash_ignores_what_cannot_be_seen():
    assert text_sha256("# 甲\n\n第一条 乙") == text_sha256(
        "\ufeff# 甲\r\n第一条\u3000乙\u200b \r\n"
    )


def test_the_hash_changes_with_any_character():
    assert text_sha256("第一条 可以") != text_sha256("第一条 应当")


@pytest.mark.parametrize(
    ("note", "edition"),
    [
        (None, None),
        ("2007-06-29 全国人大常委会会议通过", None),
        ("2007-06-29 会议通过\n2012-12-28 会议《关于修改〈甲法〉的决定》修正", "2012年修正"),
        ("2009-01-01 会议第一次修正\n2015-02-03 会议第二次修订\n2015-05-01 施行", "2015年修订"),
        ("2018年修订\n2012-12-28 会议修正", "2018年修订"),
        ("2020-12-26 会议通过刑法修正案\n2021-01-01 提请审议修订草案", None),
    ],
)
def test_an_edition_is_told_by_the_last_amendment_of_the_note(note, edition):
    assert edition_of(note) == edition
