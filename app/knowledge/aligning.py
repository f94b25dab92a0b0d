"""Pure matching of two versions of a text: which article of the one became which of the other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from app.knowledge.comparing import fold
from app.knowledge.likeness import Likeness, Pairs, letter_pairs, likenesses, size_of, weights_of

#: What is less alike is not the same article, even where all around it is, …
_LEAST = 0.3
#: … but for one that kept its number and its place.
_LEAST_BY_NUMBER = 0.2
#: What left its place among the others has to be more alike, …
_LEAST_MOVED = 0.45
#: … and nobody is paired with one that is so much less alike than another is.
_NEXT_TO_THE_LIKEST = 0.7
#: A part has so much of what the whole lost, or consists of so much of it, …
_LEAST_PART = 0.5
#: … and is so much of it in any case; …
_LEAST_OF_PART = 0.25
#: … but where fewer pairs of letters were lost, they prove nothing.
_FEWEST_LOST = 8
#: What the same number counts, where two are equally alike.
_SAME_NUMBER = 0.02

#: A pair that is just enough is worth more than none.
_ANY = 1e-6

#: Its weight, its last link, and the chain before it.
_Chain = tuple[float, Likeness | None, "_Chain | None"]


class Numbered(Protocol):
    """An article, of which the number is a hint."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def number(self) -> int | None:
        """Its number, None for a preamble or an annex."""

    @property
    def suffix(self) -> int:
        """1 for 之一."""


class Alignment(NamedTuple):
    """By the place of each article, that of the same one in the other version; None for no such.

    Both ways say the same, but of articles that were split or merged: each part leads to the
    whole, the whole to the part that is likest.
    """

    formers: tuple[int | None, ...]
    newers: tuple[int | None, ...]


def align(former: Sequence[Numbered], newer: Sequence[Numbered]) -> Alignment:
    """Match all articles of two versions at once, so that none is taken for two.

    What reads the same is the same article, whatever its number. Of the rest those are paired that
    are most alike in all while keeping their order; then what was moved; then parts of a whole.
    """
    made = _Pairing(former, newer)
    made.pair_equals()
    found = made.likenesses()
    in_place = [each for each in _likeliest(found) if made.is_enough(each)]
    in_order = _heaviest_chain([(each, made.weight(each)) for each in in_place])
    moved = (each for each in found if each.degree >= _LEAST_MOVED)
    for each in (*in_order, *sorted(moved, key=made.weight, reverse=True)):
        made.take(each.former, each.newer)
    return made.with_parts(found)


class _Pairing:
    """What is paired so far, one to one."""

    def __init__(self, former: Sequence[Numbered], newer: Sequence[Numbered]) -> None:
        self._former, self._newer = former, newer
        self._formers: dict[int, int] = {}
        self._newers: dict[int, int] = {}
        self._old = [letter_pairs(article.text) for article in former]
        self._new = [letter_pairs(article.text) for article in newer]
        self._weights = weights_of([*self._old, *self._new])

    def take(self, former: int, newer: int) -> None:
        """Pair two, if both are free."""
        if former not in self._newers and newer not in self._formers:
            self._formers[newer], self._newers[former] = former, newer

    def pair_equals(self) -> None:
        """Pair what reads the same, in its order; where one side has more, by number first."""
        places: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, articles in enumerate((self._former, self._newer)):
            for place, article in enumerate(articles):
                places[fold(article.text)][side].append(place)
        for olds, news in places.values():
            if len(olds) != len(news):
                by_number = {self._number(self._newer[new]): new for new in news}
                for old in olds:
                    if (new := by_number.get(self._number(self._former[old]))) is not None:
                        self.take(old, new)
            free = [old for old in olds if old not in self._newers]
            free_newer = [new for new in news if new not in self._formers]
            for old, new in zip(free, free_newer, strict=False):
                self.take(old, new)

    def likenesses(self) -> list[Likeness]:
        """Whatever of the rest is alike at all."""
        old = {at: pairs for at, pairs in enumerate(self._old) if at not in self._newers}
        new = {at: pairs for at, pairs in enumerate(self._new) if at not in self._formers}
        return list(likenesses(old, new, weights=self._weights, least=_LEAST_BY_NUMBER))

    def is_enough(self, each: Likeness) -> bool:
        """Whether two may be the same article where they stand."""
        return each.degree >= _LEAST or self._same_number(each.former, each.newer)

    def weight(self, each: Likeness) -> float:
        """What a pair is worth in a chain."""
        same = self._same_number(each.former, each.newer)
        return each.degree - _LEAST_BY_NUMBER + (_SAME_NUMBER if same else 0) + _ANY

    def with_parts(self, found: Sequence[Likeness]) -> Alignment:
        """The pairs, and besides the way from each part of a whole to it."""
        rising = sorted(found, key=lambda each: each.degree)
        formers = {each.newer: each.former for each in rising if self._is_split_off(each)}
        newers = {each.former: each.newer for each in rising if self._is_merged(each)}
        formers |= self._formers
        newers |= self._newers
        return Alignment(
            tuple(map(formers.get, range(len(self._newer)))),
            tuple(map(newers.get, range(len(self._former)))),
        )

    def _is_split_off(self, each: Likeness) -> bool:
        """Whether the newer article was part of the former one, which went on as another."""
        successor = self._newers.get(each.former)
        if each.newer in self._formers or successor is None:
            return False
        return self._is_part(self._new[each.newer], self._old[each.former] - self._new[successor])

    def _is_merged(self, each: Likeness) -> bool:
        """Whether the former article is part of the newer one, which came from another."""
        origin = self._formers.get(each.newer)
        if each.former in self._newers or origin is None:
            return False
        return self._is_part(self._old[each.former], self._new[each.newer] - self._old[origin])

    def _is_part(self, pairs: Pairs, lost: Pairs) -> bool:
        """Whether an article has of the whole what the article that it is paired with has not."""
        whole, own = size_of(lost, self._weights), size_of(pairs, self._weights)
        shared = size_of(pairs & lost, self._weights)
        least = max(_LEAST_PART * min(whole, own), _LEAST_OF_PART * own)
        return len(lost) >= _FEWEST_LOST and shared >= least > 0

    def _same_number(self, former: int, newer: int) -> bool:
        number = self._number(self._former[former])
        return number is not None and number == self._number(self._newer[newer])

    @staticmethod
    def _number(article: Numbered) -> tuple[int, int] | None:
        return None if article.number is None else (article.number, article.suffix)


def _likeliest(found: Sequence[Likeness]) -> Iterator[Likeness]:
    """Those of which neither side has another that is much more alike."""
    formers: dict[int, float] = defaultdict(float)
    newers: dict[int, float] = defaultdict(float)
    for each in found:
        formers[each.former] = max(formers[each.former], each.degree)
        newers[each.newer] = max(newers[each.newer], each.degree)
    for each in found:
        likest = max(formers[each.former], newers[each.newer])
        if each.degree >= _NEXT_TO_THE_LIKEST * likest:
            yield each


def _heaviest_chain(weighed: Sequence[tuple[Likeness, float]]) -> list[Likeness]:
    """Of these the pairs that keep the order on both sides, and weigh most together.

    One pass by the newer places; a tree of the former places (Fenwick) knows the heaviest chain
    that ends before each: O(n log n).
    """
    nothing: _Chain = (0.0, None, None)
    tree = [nothing] * (max((each.former for each, _ in weighed), default=0) + 2)
    # Of one newer place the last former one first, so that none is followed by its own like.
    for each, weight in sorted(weighed, key=lambda pair: (pair[0].newer, -pair[0].former)):
        best, place = nothing, each.former
        while place > 0:
            best = max(best, tree[place], key=itemgetter(0))
            place -= place & -place
        chain, place = (best[0] + weight, each, best), each.former + 1
        while place < len(tree):
            tree[place] = max(tree[place], chain, key=itemgetter(0))
            place += place & -place
    return _links(max(tree, key=itemgetter(0)))


def _links(chain: "_Chain | None") -> list[Likeness]:
    links = []
    while chain is not None and chain[1] is not None:
        links.append(chain[1])
        chain = chain[2]
    return links
