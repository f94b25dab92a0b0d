"""What a query may name: a title as a whole, or a citation of one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from app.knowledge.numerals import ArticleNumber
from search.citations import key, read_citation
from search.synonyms import Synonyms

_Named = TypeVar("_Named")

Way = Callable[[Sequence[str]], Iterable[str]]
"""From titles that may have been typed to those that are meant, likeliest first."""


class Reading(NamedTuple):
    """Keys of titles, likeliest first, and the article if one is asked.

    ``elsewhere`` is what is left to find others by.
    """

    titles: tuple[str, ...]
    article: ArticleNumber | None
    elsewhere: str


def readings(asking: str) -> Iterator[Reading]:
    """The ways to read a query. A title may hold a citation: 关于适用刑法第十二条几个问题的解释."""
    yield Reading((key(asking),), None, asking)
    if citation := read_citation(asking):
        yield Reading(citation.titles, citation.article, citation.elsewhere)


def first_named(
    asking: str,
    synonyms: Synonyms,
    shortened: Way,
    find: Callable[[Reading, Iterable[str]], _Named | None],
) -> _Named | None:
    """The first that ``find`` finds under the titles that a query may name.

    A whole title comes before another name that was learnt for it, and that before an abbreviation.
    """

    def learnt(typed: Sequence[str]) -> Iterable[str]:
        return (key(other) for each in typed for other in synonyms.others(each))

    read = tuple(readings(asking))
    for way in (iter, learnt, shortened):
        for reading in read:
            if found := find(reading, way(reading.titles)):
                return found
    return None
