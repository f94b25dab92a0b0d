"""Where a query's words stand in a stored text: fragments, and the ranges to be marked in them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from search import text
from search.abbreviations import may_be_abbreviation, spelled_out
from search.citations import key, read_citation
from search.question import Question, read_question
from search.synonyms import Synonyms

FRAGMENT_LENGTH = 120
"""About so many characters are shown of a longer text."""

_TITLE = "title"

_SENTENCE_END = re.compile(r"[。！？；\n]+")
_SLACK = 40
"""A fragment may be so much longer where a sentence begins or ends nearby."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of a field; ``ranges`` are (start, length) in code points within ``fragment``."""

    field: str
    fragment: str
    ranges: tuple[tuple[int, int], ...]


class Marker:
    """What one question marks: its words, and where a text lacks one, what the text says for it.

    That is how engines find: a synonym helps only texts that do without the member's own word.
    """

    def __init__(self, query: str, synonyms: Synonyms) -> None:
        question = read_question(query)
        self._terms = _terms(question)
        self._synonyms = synonyms.within(question.folded)
        self._names = tuple(_names(question.asking))

    def highlights(self, fields: Mapping[str, str]) -> list[Highlight]:
        """The fields in which something is marked, in the order given, each with its fragment."""
        folded = {name: text.fold(value) for name, value in fields.items()}
        marked = _pattern(self._terms | self._meant(folded.values()))
        ranges = {name: _ranges(marked, value) for name, value in folded.items()}
        if not ranges.get(_TITLE) and self._shortens(fields.get(_TITLE, "")):
            ranges[_TITLE] = [(0, len(fields[_TITLE]))]
        return [_highlight(name, fields[name], found) for name, found in ranges.items() if found]

    def _meant(self, folded: Collection[str]) -> set[str]:
        """What may stand in these fields for the words that none of them has."""
        lacked = (one for one in self._synonyms if not any(one.word in value for value in folded))
        return {other for synonym in lacked for other in synonym.others}

    def _shortens(self, title: str) -> bool:
        return any(spelled_out(name, [key(title)]) for name in self._names)


def _terms(question: Question) -> set[str]:
    """Words and quoted phrases; letters only where nothing longer was asked."""
    terms = {*question.wanted_words, *question.phrases, *_loose_pairs(question.folded)}
    return terms or set(question.letters)


def _names(asking: str) -> Iterator[str]:
    """What may be an abbreviation of a title: the whole question, or the words at a number."""
    citation = read_citation(asking)
    typed = (key(asking), *(citation.titles if citation else ()))
    yield from filter(may_be_abbreviation, typed)


def _pattern(terms: Collection[str]) -> re.Pattern[str]:
    # Of words that begin alike the longest is tried first.
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile(f"(?=({'|'.join(map(re.escape, longest_first)) or '(?!)'}))")


def _loose_pairs(folded: str) -> Iterator[str]:
    """Neighbouring letters of which the dictionary made no word: names, and new words."""
    for one, other in pairwise(text.dictionary_words(folded)):
        if text.is_han(one + other) and len(one + other) == 2:
            yield one + other


def _ranges(marked: re.Pattern[str], folded: str) -> list[tuple[int, int]]:
    """Start and end of each stretch that is marked; stretches that overlap or touch are one."""
    merged: list[tuple[int, int]] = []
    for match in marked.finditer(folded):
        start, end = match.span(1)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _highlight(name: str, value: str, ranges: list[tuple[int, int]]) -> Highlight:
    start, end = _stretch(value, ranges)
    inside = tuple((a - start, b - a) for a, b in ranges if start <= a and b <= end)
    return Highlight(name, value[start:end], inside)


def _stretch(value: str, ranges: list[tuple[int, int]]) -> tuple[int, int]:
    """Where the fragment begins and ends: around the densest ranges, at sentence edges if near."""
    if len(value) <= FRAGMENT_LENGTH + _SLACK:
        return 0, len(value)
    first, last = _densest(ranges)
    edges = [0, *(match.end() for match in _SENTENCE_END.finditer(value)), len(value)]
    start = max((edge for edge in edges if first - _SLACK <= edge <= first), default=None)
    if start is None:
        start = max(first - _SLACK // 2, 0)
    target = max(start + FRAGMENT_LENGTH, last)
    end = max((edge for edge in edges if max(last, start + 1) <= edge <= target), default=None)
    if end is None or end - start < FRAGMENT_LENGTH // 2:
        after = (edge for edge in edges if target <= edge <= target + _SLACK)
        end = min(after, default=min(target, len(value)))
    return start, end


def _densest(ranges: list[tuple[int, int]]) -> tuple[int, int]:
    """Start and end of the ranges within one fragment's length that mark most."""
    best, place = 0, (ranges[0][0], ranges[0][1])
    for index, (first, _) in enumerate(ranges):
        near = [each for each in ranges[index:] if each[1] - first <= FRAGMENT_LENGTH - _SLACK // 2]
        marked = sum(end - start for start, end in near)
        if marked > best:
            best, place = marked, (first, near[-1][1])
    return place
