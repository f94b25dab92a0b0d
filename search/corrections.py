"""Homophones mistyped: 劳动和同 for 劳动合同."""

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

from search import text
from search.sounds import sound

# A pair of letters is odd that no more than one in so many documents has; a word is in use that at
# least one in so many has.
_RARE = 20_000
_KNOWN = 3_000
_LEAST_KNOWN = 2
_LONGEST_WORD = 4


class Vocabulary(Protocol):
    """The words that documents use."""

    @property
    def documents(self) -> int:
        """About how many documents there are."""
        ...

    def frequency(self, pair: str) -> int:
        """How many documents have these two letters side by side."""
        ...

    def sounding(self, sound: str) -> list[tuple[str, int]]:
        """The words of this sound, and how many documents have each."""
        ...

    def is_known(self, word: str) -> bool:
        """Whether the asker may know that this word is in use."""
        ...


class _Correction(NamedTuple):
    worth: int
    start: int
    word: str


def correct(query: str, vocabulary: Vocabulary) -> str | None:
    """The query with mistyped homophones put right, or None where nothing looks mistyped."""
    folded = text.fold(query)
    letters = list(query)
    taken: set[int] = set()
    for _, start, word in sorted(_corrections(folded, vocabulary), reverse=True):
        places = range(start, start + len(word))
        if taken.isdisjoint(places) and vocabulary.is_known(word):
            taken.update(places)
            for place, letter in zip(places, word, strict=True):
                if folded[place] != letter:
                    letters[place] = letter
    return "".join(letters) if taken else None


def _corrections(folded: str, vocabulary: Vocabulary) -> Iterator[_Correction]:
    in_use = max(vocabulary.documents // _KNOWN, _LEAST_KNOWN)
    for start, typed in _windows(folded, vocabulary):
        for word, count in vocabulary.sounding(sound(typed)):
            if count >= in_use and _one_letter_differs(typed, word):
                yield _Correction(count * len(word), start, word)


def _windows(folded: str, vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    """Where a word may stand that was mistyped: odd letters, and no word of the dictionary cut.

    A homophone in the midst of a word leaves single letters behind; where the letters make words
    otherwise, it is likelier that they were meant.
    """
    rare = vocabulary.documents // _RARE
    boundaries = [0, *accumulate(map(len, text.dictionary_words(folded)))]
    for place, start in enumerate(boundaries):
        for end in boundaries[place + 2 : place + _LONGEST_WORD + 1]:
            typed = folded[start:end]
            if _may_be_one_word(typed) and any(
                vocabulary.frequency("".join(pair)) <= rare for pair in pairwise(typed)
            ):
                yield start, typed


def _may_be_one_word(typed: str) -> bool:
    return len(typed) <= _LONGEST_WORD and text.is_han(typed) and not text.is_word(typed)


def _one_letter_differs(typed: str, word: str) -> bool:
    return sum(one != other for one, other in zip(typed, word, strict=True)) == 1
