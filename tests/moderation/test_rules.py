"""When a word is in a text, how a case stands, and who is in the way of deciding it."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from group import MINUTE, START
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.rules import CaseState, case_state, fold, is_word, obstacle

_BETWEEN = st.text(
    st.sampled_from(" \u3000\t\u200b\u200d\ufeff\u00ad.,，。、·*-_—|/~!！#@%\\\ufe0f\u0336")
)
_WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
_TRADITIONAL = dict(zip("开发单", "開發單", strict=True))
_letters = st.sampled_from("abcxyzABCXYZ0189代开发票刷单")
_words = st.text(_letters, min_size=2, max_size=8)


@st.composite
def disguised(draw):
    """A word, and a text that contains it broken up, in another case, width and script."""
    word = draw(_words)
    letters = []
    for letter in word:
        cased = draw(st.sampled_from([letter.upper(), letter.lower()]))
        forms = [cased, _WIDE.get(cased, cased), _TRADITIONAL.get(letter, cased)]
        letters += [draw(st.sampled_from(forms)), draw(_BETWEEN)]
    before, after = draw(st.text(max_size=8)), draw(st.text(max_size=8))
    return word, before, "".join(letters), after


@given(disguised())
def test_a_word_is_found_however_it_is_broken_up(given_):
    word, _, text, _ = given_
    assert fold(text) == fold(word)


@given(disguised())
def test_a_word_is_found_in_the_midst_of_a_text(given_):
    word, before, text, after = given_
    # A space keeps what stands before and behind from melting into the word's own letters.
    assert fold(word) in fold(f"{before} {text} {after}")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＶＸ：ａｂｃ　１２３", "vxabc123"),
        ("代\u200b开 发*票", "代开发票"),
        ("①②③", "123"),
        ("Straße", "strasse"),
        ("100%_\\", "100"),
        ("🙂……", ""),
        ("代開發票", "代开发票"),
        ("乾隆刷單", "干隆刷单"),
        ("薴", "苎"),
    ],
)
def test_letters_and_digits_remain(text, folded):
    assert fold(text) == folded


def test_a_word_needs_two_letters():
    assert [is_word("字" * length) for length in (0, 1, 2, 40, 41)] == [
        False,
        False,
        True,
        True,
        False,
    ]


class Case(NamedTuple):
    author_id: int = 1
    decided_before_by_id: int | None = None
    claimed_by_id: int | None = None
    claimed_until: object = None
    decided_at: object = None
    appealed_at: object = None


LATER = START + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("case", "at", "state"),
    [
        (Case(), START, CaseState.OPEN),
        (Case(claimed_by_id=2, claimed_until=LATER), LATER - MINUTE, CaseState.CLAIMED),
        (Case(claimed_by_id=2, claimed_until=LATER), LATER, CaseState.OPEN),
        (Case(decided_at=START), START, CaseState.DECIDED),
        (Case(decided_at=START, appealed_at=START), START, CaseState.APPEALED),
    ],
)
def test_a_case_stands_as_the_clock_says(case, at, state):
    assert case_state(case, at) is state


@pytest.mark.parametrize(
    ("case", "member", "code"),
    [
        (Case(), 2, None),
        (Case(), 1, "FORBIDDEN"),
        (Case(decided_before_by_id=2), 2, "FORBIDDEN"),
        (Case(decided_before_by_id=3), 2, None),
        (Case(claimed_by_id=2, claimed_until=LATER), 2, None),
        (Case(claimed_by_id=3, claimed_until=LATER), 2, "CONFLICT"),
        (Case(claimed_by_id=3, claimed_until=START), 2, None),
        (Case(decided_at=START), 2, "CONFLICT"),
        (Case(decided_at=START, appealed_at=START), 2, "CONFLICT"),
    ],
)
def test_nobody_decides_about_themselves_or_twice_or_what_another_keeps(case, member, code):
    refusal = obstacle(case, member, START)
    assert (refusal and refusal.code) == code
