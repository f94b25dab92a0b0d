"""The words of the indexes, by their sound: only those of documents that the asker may find."""

from functools import cached_property

from search import text
from search.meilisearch.asking import WORDS, Desk, Search, phrase, word
from search.meilisearch.fields import sound_token
from search.sounds import sound as sound_of

_EXAMPLES = 20


class DeskVocabulary:
    """What ``corrections`` asks about one query; all its pairs of letters are counted at once."""

    def __init__(self, desk: Desk, typed: str) -> None:
        self._desk = desk
        self._typed = typed
        self._known: set[str] = set()

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return self._counted[""]

    def frequency(self, pair: str) -> int:
        """How many documents have these two letters side by side."""
        return self._counted.get(pair, 0)

    def sounding(self, sound: str) -> list[tuple[str, int]]:
        """The words of this sound, and how many documents have each."""
        words = self._desk.words(Search(sound_token(sound), ("sounds",)), _EXAMPLES)
        alike = [each for each in sorted(words) if text.is_han(each) and sound_of(each) == sound]
        self._known.update(alike)
        counts = self._desk.counts([Search(word(each), WORDS) for each in alike])
        return list(zip(alike, counts, strict=True))

    def is_known(self, word: str) -> bool:
        """Whether a document that the asker may find has this word."""
        return word in self._known

    @cached_property
    def _counted(self) -> dict[str, int]:
        pairs = text.unique(text.bigrams(text.fold(self._typed)))
        searches = [Search("", WORDS), *(Search(phrase(pair), ("letters",)) for pair in pairs)]
        return dict(zip(["", *pairs], self._desk.counts(searches), strict=True))
