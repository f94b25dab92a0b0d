"""Pure measure of how alike the articles of two texts are: by the pairs of letters they share."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.knowledge.comparing import fold

#: What is part of something longer is as like it as a text that shares so much of all it has.
_PART_COUNTS = 0.6
#: A text of fewer pairs is found within many a longer one.
_FEWEST_PAIRS = 8
#: Pairs that more than a tenth of all articles have (应当, 规定) tell nothing, but in short texts.
_COMMON_SHARE, _COMMON_AT_LEAST = 0.1, 40

Pairs = frozenset[str]
Weights = Mapping[str, float]


class Likeness(NamedTuple):
    """How alike the article at the place ``former`` of one text is to that at ``newer``.

    ``share`` is what they have in common, of all that both have; ``part`` of what the shorter one
    has, None where that is too short to tell. Both up to 1, each pair by its weight: a rare one
    tells more than one that many articles have.
    """

    former: int
    newer: int
    share: float
    part: float | None
    newer_is_shorter: bool

    @property
    def degree(self) -> float:
        """How alike, up to 1: what became part of something longer is like that."""
        return max(self.share, _PART_COUNTS * (self.part or 0))


def likenesses(
    former: Mapping[int, Pairs], newer: Mapping[int, Pairs], *, weights: Weights, least: float
) -> Iterator[Likeness]:
    """Of the articles at these places each with each, those of at least the degree ``least``."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, pairs in former.items():
        for pair in pairs & weights.keys():
            holders[pair].append(place)
    sizes = {place: size_of(pairs, weights) for place, pairs in former.items()}
    for place, pairs in newer.items():
        size = size_of(pairs, weights)
        for other, common in _common(pairs, weights, holders).items():
            # Most share too little whichever way it is counted, and are not worth a closer look.
            if common < least * sizes[other] and common < least * size:
                continue
            shorter, letters = min((size, len(pairs)), (sizes[other], len(former[other])))
            found = Likeness(
                other,
                place,
                2 * common / (size + sizes[other]),
                common / shorter if letters >= _FEWEST_PAIRS else None,
                size < sizes[other],
            )
            if found.degree >= least:
                yield found


def letter_pairs(text: str) -> Pairs:
    """Each two neighbouring letters, signs and blanks apart."""
    letters = [letter for letter in fold(text) if letter.isalnum()]
    # The ends count as letters, so that a text of one letter has pairs as well.
    return frozenset(map("".join, pairwise(["^", *letters, "$"])))


def weights_of(texts: Sequence[Pairs]) -> Weights:
    """What each pair tells among these texts; those that tell nothing are not in it."""
    counts = Counter(pair for pairs in texts for pair in pairs)
    most = max(_COMMON_AT_LEAST, _COMMON_SHARE * len(texts))
    return {
        pair: math.log(1 + len(texts) / count) for pair, count in counts.items() if count <= most
    }


def size_of(pairs: Pairs, weights: Weights) -> float:
    """What these pairs tell together."""
    return sum(weights.get(pair, 0) for pair in pairs)


def _common(
    pairs: Pairs, weights: Weights, holders: Mapping[str, Sequence[int]]
) -> dict[int, float]:
    """By the places that share any of ``pairs``, what they share."""
    common: dict[int, float] = defaultdict(float)
    for pair in pairs & holders.keys():
        weight = weights[pair]
        for place in holders[pair]:
            common[place] += weight
    return common
