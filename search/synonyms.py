"""Words that mean the same: what people say, and what the rules call it."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from search import text

_SHORTEST = 2
_FILE = Path(__file__).with_name("synonyms.txt")


class Synonym(NamedTuple):
    """A word of a question, and the other words that may stand for it in a text."""

    word: str
    others: tuple[str, ...]


class Synonyms:
    """Sets of words that mean the same. Single letters say too little, and are left out."""

    def __init__(self, sets: Iterable[frozenset[str]]) -> None:
        self._others: dict[str, set[str]] = {}
        for folded in ({text.fold(word) for word in words} for words in sets):
            known = {word for word in folded if len(text.tight(word)) >= _SHORTEST}
            for word in known if len(known) > 1 else ():
                self._others.setdefault(word, set()).update(known - {word})
        # Of words that begin alike the longest is tried first.
        longest_first = sorted(self._others, key=lambda word: (-len(word), word))
        self._words = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def others(self, word: str) -> tuple[str, ...]:
        """The words that mean the same as this one, in folded letters."""
        return tuple(sorted(self._others.get(word, ())))

    def within(self, folded: str) -> list[Synonym]:
        """The words of these sets in a question, each once, with the words that it lacks."""
        found = text.unique(self._words.findall(folded))
        return [
            Synonym(word, lacking)
            for word in found
            if (lacking := tuple(each for each in self.others(word) if each not in folded))
        ]


@functools.cache
def seeds() -> tuple[frozenset[str], ...]:
    """The sets of ``synonyms.txt``: one a line, words apart by spaces, ``#`` before a remark."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(frozenset(line.split()) for line in lines if line and not line.startswith("#"))


@functools.cache
def seeded() -> Synonyms:
    """What is known before anything was learnt: making it takes some milliseconds."""
    return Synonyms(seeds())


@dataclass(slots=True)
class Learnt:
    """What a process knows at present: others take its place as editors decide."""

    synonyms: Synonyms = field(default_factory=seeded)
