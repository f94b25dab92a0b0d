"""The order of hits: what the source is worth, and what its neighbours say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

STATUTE, INTERPRETATION, ADMINISTRATIVE = 1.2, 1.0, 0.8
"""Priors by the rank of the source; contents and a group's own rules weigh 1."""

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


class Candidate(NamedTuple):
    """A document that an engine found, with its weighted score; ``unit`` groups neighbours."""

    score: float
    id: int
    scope: int
    unit: int


def source_weight(category: str | None) -> float:
    """The prior of a regulation by its category."""
    if category in _STATUTES:
        return STATUTE
    return ADMINISTRATIVE if category in _ADMINISTRATIVE else INTERPRETATION


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
