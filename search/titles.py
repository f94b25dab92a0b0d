"""Titles as they are typed: the names of a document, and what each way to a title is worth."""

from search import text
from search.citations import key
from search.port import Document

# The whole title; its start; somewhere within; the same for its sound; a homophone of its start.
# Multiplied by the prior, a statute that has the words within comes before an interpretation that
# does, and an exact title before all. What is but shortened comes below what has the words.
WHOLE, START, INSIDE, SOUND_START, SOUND_INSIDE, HOMOPHONE = 100, 16, 10, 14, 9, 6
ABBREVIATION = 8


def names_of(document: Document) -> list[str]:
    """The keys (``citations.key``) of its title and its short titles."""
    return text.unique([key(name) for name in (document.title, *document.aliases) if key(name)])


def spellings(document: Document) -> list[str]:
    """All that may be typed for its title, folded: in full, short, without what goes unsaid."""
    folded = [text.fold(document.title), *names_of(document), *map(text.fold, document.aliases)]
    return text.unique(folded)
