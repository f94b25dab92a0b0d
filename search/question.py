"""What a member asked, read from what was typed."""

import re
from dataclasses import dataclass

from app.errors import Invalid
from search import text
from search.citations import spell_out

LONGEST_QUERY = 512
"""Characters; one more is refused."""

_STRAIGHT = re.compile(r'"([^"]+)"')
# Within a sentence, “…” is but how Chinese sets off a term; apart from others it is meant.
_CURLY = re.compile(r"(?<!\S)[“「『]([^“”「」『』]+)[”」』](?!\S)")
# A hyphen within a word is no minus.
_UNWANTED = re.compile(r"(?<=\s)[-－](\"[^\"]+\"|[“「『][^”」』]+[”」』]|[^\s\"“”「」『』－-]\S*)")


@dataclass(frozen=True, slots=True)
class Question:
    """A query in folded letters, and its terms, each once.

    A document needs one at least of the wanted words and bigrams, all of the phrases, and none of
    what is unwanted; helpful words and letters add to its score. ``asking`` is what was typed
    without the unwanted, which is in folded letters.
    """

    asking: str
    folded: str
    wanted_words: tuple[str, ...]
    wanted_bigrams: tuple[str, ...]
    helpful_words: tuple[str, ...]
    letters: tuple[str, ...]
    phrases: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that a document could contain."""
        return not (self.wanted_bigrams or self.letters)


def read_question(query: str) -> Question:
    """Read a query; ``Invalid`` where it is too long. Punctuation alone is an empty question."""
    typed = checked(query)
    asking = _UNWANTED.sub("", typed)
    folded = spell_out(text.fold(asking))
    words = text.unique(text.words(folded))
    return Question(
        asking=asking,
        folded=folded,
        wanted_words=tuple(word for word in words if _says_something(word)),
        wanted_bigrams=tuple(filter(_says_something, text.unique(text.bigrams(folded)))),
        helpful_words=tuple(word for word in words if not _says_something(word)),
        letters=tuple(text.unique(text.letters(folded))),
        phrases=tuple(run for quoted in _quoted(folded) for run in text.runs(quoted)),
        unwanted=tuple(
            run for word in _UNWANTED.findall(typed) for run in text.runs(text.fold(word))
        ),
    )


def checked(query: str) -> str:
    """The query without invisible characters; ``Invalid`` where it is too long."""
    if len(query) > LONGEST_QUERY:
        raise Invalid(f"搜索内容太长，请控制在{LONGEST_QUERY}字以内。", "query")
    return text.clean(query).strip()


def _quoted(folded: str) -> list[str]:
    """What must be found as it stands."""
    return [*_STRAIGHT.findall(folded), *_CURLY.findall(folded)]


def _says_something(term: str) -> bool:
    return len(term) > 1 or term.isascii()
