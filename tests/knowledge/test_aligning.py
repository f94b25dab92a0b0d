"""Which article of one version became which of another."""

from itertools import combinations, pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.knowledge.aligning import Alignment, _heaviest_chain, align
from app.knowledge.likeness import Likeness

PURPOSE = "为了方便职工借阅图书，保护集体财产，制定本办法。"
LENDING = "每人每次可以借阅三册图书，借期三十日，到期应当归还。"
LENDING_NOW = "每人每次可以借阅五册图书，借期六十日，到期应当归还。"
SILENCE = "阅览室内不得大声喧哗，不得吸烟，不得随意走动。"
FINES = "损坏桌椅、灯具等设备的，按照集团财务部门公布的价目赔偿。"
LOSS = "遗失图书的，照原价赔偿；绝版图书，照原价三倍赔偿。"
KEYS = "管理员下班前应当关闭门窗、切断电源，并把钥匙交给门卫。"
CHAPTERS = (PURPOSE, LENDING, SILENCE, FINES, LOSS, KEYS)


class Article(NamedTuple):
    text: str
    number: int | None
    suffix: int = 0


def numbered(*texts, start=1):
    return [Article(text, number) for number, text in enumerate(texts, start)]


def formers(before, after):
    """By the place in ``after``, that in ``before``."""
    return list(align(numbered(*before), numbered(*after)).formers)


def newers(before, after):
    return list(align(numbered(*before), numbered(*after)).newers)


def test_an_article_is_followed_past_what_was_put_before_it():
    after = (PURPOSE, KEYS, FINES, LENDING_NOW)
    assert formers((PURPOSE, LENDING, SILENCE), after) == [0, None, None, 1]
    assert newers((PURPOSE, LENDING, SILENCE), after) == [0, 3, None]


def test_the_same_number_makes_nothing_the_same_article():
    before = (PURPOSE, "管理员应当爱护图书，对损坏图书的职工，要求职工赔偿，并登记在册。")
    after = (PURPOSE, "职工应当按期归还图书，逾期的，暂停借阅；对逾期的职工，不予评优。")
    assert formers(before, after) == [0, None]
    assert newers(before, after) == [0, None]


def test_what_was_moved_is_found_out_of_order():
    assert formers(CHAPTERS, (KEYS, *CHAPTERS[:5])) == [5, 0, 1, 2, 3, 4]
    changed = LOSS.replace("三倍", "五倍")
    assert formers(CHAPTERS, (changed, *CHAPTERS[:4], KEYS)) == [4, 0, 1, 2, 3, 5]


def test_of_two_that_are_alike_each_keeps_its_place():
    before = [f"违反本办法第{n}条规定的，由管理员给予提醒。" for n in (3, 4)]
    after = [f"违反本办法第{n}条规定的，由管理员给予警告。" for n in (4, 5)]
    assert formers((PURPOSE, *before), (PURPOSE, KEYS, *after)) == [0, None, 1, 2]


def test_each_part_of_what_was_split_leads_to_the_whole():
    whole = (PURPOSE, LENDING + SILENCE, FINES)
    parts = (PURPOSE, LENDING, SILENCE, FINES)
    assert formers(whole, parts) == [0, 1, 1, 2]
    # The whole went on as the longer part.
    assert newers(whole, parts) == [0, 1, 3]


def test_what_is_made_after_another_that_stayed_is_no_part_of_it():
    before = (PURPOSE, "违反本办法规定，遗失图书的，由管理员给予提醒，并登记在册。")
    after = (*before, "违反本办法规定，污损图书的，由管理员给予提醒，并登记在册。")
    assert formers(before, after) == [0, 1, None]
    assert newers(after, before) == [0, 1, None]


def test_a_part_may_have_grown():
    grown = SILENCE + "携带食品的，应当存放在门口的柜子里。"
    assert formers((PURPOSE, LENDING + SILENCE), (PURPOSE, LENDING, grown)) == [0, 1, 1]


def test_the_whole_of_what_was_merged_leads_to_its_likest_part():
    parts = (PURPOSE, LENDING, SILENCE, FINES)
    whole = (PURPOSE, LENDING + SILENCE, FINES)
    assert formers(parts, whole) == [0, 1, 3]
    assert newers(parts, whole) == [0, 1, 1, 2]


def test_what_was_kept_within_something_longer_is_its_former_wording():
    after = "阅览室每日八时开放。职工损坏设备的，应当立即告知管理员。" + FINES + LOSS + KEYS
    assert formers((PURPOSE, FINES), (PURPOSE, after)) == [0, 1]


def test_a_few_letters_within_something_longer_prove_nothing():
    before = (PURPOSE, "借期三十日。")
    after = (PURPOSE, "报名期三十日，" + KEYS + FINES)
    assert formers(before, after) == [0, None]


def test_an_article_that_kept_its_number_may_change_more():
    before = "为了便利职工读书，发展集团的文化事业，制定本办法。"
    assert formers((before, LENDING), (PURPOSE, LENDING_NOW)) == [0, 1]
    assert formers((before, LENDING), (SILENCE, PURPOSE, LENDING_NOW)) == [None, None, 1]


def test_of_twins_the_number_tells_which_one_stayed():
    gone = "（删除）"
    assert formers((PURPOSE, gone, LENDING, gone), (PURPOSE, LENDING, SILENCE, gone)) == [
        0,
        2,
        None,
        3,
    ]
    assert formers((gone, LENDING, gone), (PURPOSE, gone, LENDING_NOW, gone)) == [None, 0, 1, 2]


@pytest.mark.parametrize("texts", [(), (PURPOSE,)])
def test_against_nothing_there_is_nothing(texts):
    nothing = [None] * len(texts)
    assert formers((), texts) == nothing
    assert newers(texts, ()) == nothing
    assert align((), ()) == Alignment((), ())


words = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=12)
texts = st.lists(words, max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(words, unique=True, max_size=12).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some), st.integers(1, 40))
    )
)
def test_what_reads_the_same_is_itself_however_it_is_renumbered(drawn):
    before, after, start = drawn
    found = align(numbered(*before), numbered(*after, start=start))
    assert [before[place] for place in found.formers] == after
    assert [after[place] for place in found.newers] == before


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_what_reads_the_same_is_itself_among_whatever_else(before, after):
    found = align(numbered(*before), numbered(*after))
    for text in set(before) & set(after):
        pairs = [
            (place, former)
            for place, former in enumerate(found.formers)
            if former is not None and after[place] == before[former] == text
        ]
        assert len(pairs) == min(before.count(text), after.count(text))


@settings(max_examples=150, deadline=None)
@given(texts, st.lists(st.text("子丑寅卯辰巳午未", min_size=1, max_size=12), max_size=6), st.data())
def test_what_is_like_nothing_has_no_former_wording(before, added, data):
    after = data.draw(st.permutations([*before, *added]))
    found = align(numbered(*before), numbered(*after))
    for text, former in zip(after, found.formers, strict=True):
        assert (former is None) == (text in added)


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_both_ways_say_the_same_but_of_parts(before, after):
    found = align(numbered(*before), numbered(*after))
    assert len(found.formers) == len(after)
    assert len(found.newers) == len(before)
    for here, there in (found, (found.newers, found.formers)):
        for place, other in enumerate(here):
            if other is not None and there[other] != place:
                # A part: the whole went on as another, and that one came from it.
                assert there[other] is not None
                assert here[there[other]] == other


weighed = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)),
    max_size=8,
    unique_by=lambda drawn: drawn[:2],
)


@settings(max_examples=150, deadline=None)
@given(weighed)
def test_no_chain_is_heavier_than_the_heaviest(drawn):
    pairs = [
        (Likeness(former, newer, 0.5, None, False), float(weight))
        for former, newer, weight in drawn
    ]
    weights = dict(pairs)
    chain = sorted(_heaviest_chain(pairs))

    def is_chain(some):
        ordered = sorted(some)
        return all(
            one.former < two.former and one.newer < two.newer for one, two in pairwise(ordered)
        )

    heaviest = max(
        sum(weights[each] for each in some)
        for size in range(len(pairs) + 1)
        for some in combinations(weights, size)
        if is_chain(some)
    )
    assert is_chain(chain)
    assert sum(weights[each] for each in chain) == heaviest
