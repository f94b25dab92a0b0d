"""The order of hits: what the source is worth, how often it is cited, what its neighbours say."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

STATUTE, INTERPRETATION, ADMINISTRATIVE = 1.1, 1.0, 0.9
"""Priors by the rank of the source; contents and a group's own rules weigh 1."""

REPEALED_SHARE = 0.6
"""What is left of the prior of a text that binds no more."""

LOWEST_WEIGHT = 0.5

_STATUTES = frozenset(
    {"宪法", "宪法相关法", "民法典", "民法商法", "行政法", "经济法", "社会法", "刑法"}
    | {"诉讼与非诉讼程序法"}
)
_ADMINISTRATIVE = frozenset({"行政法规", "部门规章", "地方性法规"})

# How much the best hits of a regulation lift one another, and how many hits say so.
_NEIGHBOURS_SHARE = 0.3
_NEIGHBOURS = 5
_WITNESSES = 50

_RENOWN_SHARE = 0.07

WORD_SHARE = 0.5
"""Words count half as much as pairs of letters, which count as much as letters (measured)."""

SYNONYM_SHARE = 0.5
"""What another word counts in a text that lacks the member's own."""


class Candidate(NamedTuple):
    """A document that an engine found, with its weighted score; ``unit`` groups neighbours."""

    score: float
    id: int
    scope: int
    unit: int


def source_weight(category: str | None, *, is_repealed: bool = False) -> float:
    """The prior of a regulation by its category; what was repealed comes after what binds."""
    weight = INTERPRETATION
    if category in _STATUTES:
        weight = STATUTE
    elif category in _ADMINISTRATIVE:
        weight = ADMINISTRATIVE
    return weight * REPEALED_SHARE if is_repealed else weight


def renown(citing: int) -> float:
    """What a regulation gains by the articles of others that name it in 《…》, 1 where none does.

    What the rules themselves lean on is what people ask about: a general law is cited by hundreds,
    a notice by none.
    """
    return 1 + _RENOWN_SHARE * math.log1p(citing)


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first, ties by id, after each was lifted by the best hits of its own unit.

    A regulation that answers with several articles is likelier the one that was meant.
    """
    ordered = _best_first(candidates)
    lift = _lifts(ordered[:_WITNESSES])
    return _best_first(
        Candidate(score + lift.get(unit, 0.0), identity, scope, unit)
        for score, identity, scope, unit in ordered
    )


def _lifts(witnesses: Sequence[Candidate]) -> dict[int, float]:
    scores: dict[int, list[float]] = defaultdict(list)
    for each in witnesses:
        scores[each.unit].append(each.score)
    share = _NEIGHBOURS_SHARE / _NEIGHBOURS
    return {unit: share * sum(best[:_NEIGHBOURS]) for unit, best in scores.items()}


def _best_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    by_id = sorted(candidates, key=itemgetter(1))
    return sorted(by_id, key=itemgetter(0), reverse=True)
