"""Pure rules of inquiries: which are noted, which are shown, and what synonyms may be."""

import enum
from collections.abc import Iterable
from datetime import date, timedelta

from app.errors import Invalid

#: A question is shown once so many asked it on one day: fewer might be somebody's own.
FEWEST_PERSONS = 3
LONGEST_QUERY = 120
FEWEST_WORDS, MOST_WORDS, LONGEST_WORD = 2, 8, 20


class Trouble(enum.StrEnum):
    """What is wrong with the answers to a question; the values are the graph's."""

    NO_RESULTS = "NO_RESULTS"
    FEW_CLICKS = "FEW_CLICKS"


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def checked_words(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a set of synonyms, each once; Invalid where they are no such set."""
    kept = tuple(dict.fromkeys(word.strip() for word in words))
    if not FEWEST_WORDS <= len(kept) <= MOST_WORDS:
        message = f"同义词应为 {FEWEST_WORDS} 到 {MOST_WORDS} 个不同的词"
        raise Invalid(message, "input", "words")
    if not all(1 <= len(word) <= LONGEST_WORD and word.isalnum() for word in kept):
        message = f"每个词应为 1 到 {LONGEST_WORD} 个字，不含空格和标点"
        raise Invalid(message, "input", "words")
    return kept
