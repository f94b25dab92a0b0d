import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking import LOWEST_WEIGHT, Candidate, rank, renown, source_weight


def order(*candidates):
    return [each.id for each in rank(Candidate(*candidate) for candidate in candidates)]


def test_the_higher_score_comes_first_and_ties_go_by_id():
    assert order((1.0, 5, 4, 1), (2.0, 9, 4, 2), (1.0, 3, 4, 3)) == [9, 3, 5]


def test_neighbours_lift_one_another():
    alone, neighbours = (10.0, 1, 4, 1), [(9.5, i, 4, 2) for i in range(2, 7)]
    assert order(alone, *neighbours) == [2, 3, 4, 5, 6, 1]


def test_more_than_five_neighbours_lift_no_more():
    five = rank(Candidate(5.0, i, 4, 1) for i in range(5))
    ten = rank(Candidate(5.0, i, 4, 1) for i in range(10))
    assert five[0].score == ten[0].score == pytest.approx(6.5)


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(1, 9)), max_size=60))
def test_ranking_loses_and_doubles_nothing(scored):
    candidates = [Candidate(score, i, 4, unit) for i, (score, unit) in enumerate(scored)]
    ranked = rank(candidates)
    assert {each.id for each in ranked} == set(range(len(scored)))
    assert len(ranked) == len(scored)
    assert ranked == rank(reversed(candidates))


@pytest.mark.parametrize(
    ("category", "weight"),
    [("刑法", 1.1), ("司法解释", 1.0), ("部门规章", 0.9), ("集团制度", 1.0), (None, 1.0)],
)
def test_a_source_weighs_by_its_rank(category, weight):
    assert source_weight(category) == weight


def test_what_was_repealed_weighs_less_than_anything_that_binds():
    assert source_weight("刑法", is_repealed=True) < source_weight("部门规章")
    assert source_weight("部门规章", is_repealed=True) >= LOWEST_WEIGHT


def test_what_others_cite_gains_by_it_ever_less():
    assert renown(0) == 1.0
    gains = [renown(citing) for citing in (0, 100, 200, 300)]
    steps = [after - before for before, after in itertools.pairwise(gains)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > 0
