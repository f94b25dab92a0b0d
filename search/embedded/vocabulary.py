"""The words of the index, by their sound, as far as somebody may know of them."""

from search.embedded.index import Query, Snapshot, every


class IndexVocabulary:
    """What ``corrections`` asks; only words of the documents ``within`` may be told."""

    def __init__(self, snapshot: Snapshot, within: Query) -> None:
        self._snapshot = snapshot
        self._within = within

    @property
    def documents(self) -> int:
        """About how many documents there are: titles count as well."""
        return self._snapshot.rows

    def frequency(self, pair: str) -> int:
        """How many documents have these two letters side by side."""
        return self._snapshot.frequency("bigrams", pair)

    def sounding(self, sound: str) -> list[tuple[str, int]]:
        """The words of this sound, and how many documents have each."""
        terms = self._snapshot.terms("sounds", f"{sound}:")
        return [(term.partition(":")[2], count) for term, count in terms]

    def is_known(self, word: str) -> bool:
        """Whether a document ``within`` has this word."""
        return self._snapshot.count(every([self._within, self._snapshot.term("words", word)])) > 0
