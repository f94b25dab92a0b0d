"""The words of the indexes, by their sound: only those of documents that the asker may find."""

from functools import cached_property

from search import text
from search.meilisearch.asking import LETTERS, WORDS, Desk, Search, phrase, word
from search.meilisearch.fields import sound_token
from search.meilisearch.gathering import Gathered
from search.sounds import sound as sound_of

_EXAMPLES = 20


# A pair of letters that stands in more of the texts at hand than in one of so many documents is not
# odd (`corrections`), however often it stands in the others.
_COMMON = 10_000


class DeskVocabulary:
    """What ``corrections`` asks about one query: of the texts that it found, then of all others."""

    def __init__(self, desk: Desk, typed: str, gathered: Gathered) -> None:
        self.documents = gathered.documents
        self._desk = desk
        self._typed = typed
        self._texts = gathered.texts
        self._known: set[str] = set()

    def frequency(self, pair: str) -> int:
        """In how many documents these two letters stand side by side, at least."""
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
        counted = {pair: sum(pair in letters for letters in self._texts) for pair in pairs}
        odd = [pair for pair in pairs if counted[pair] <= self.documents // _COMMON]
        counts = self._desk.counts([Search(phrase(pair), LETTERS) for pair in odd])
        return counted | dict(zip(odd, counts, strict=True))
