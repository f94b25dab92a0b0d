"""What a query may name: a title as a whole, or a citation of one."""

from collections.abc import Iterator
from typing import NamedTuple

from app.knowledge.numerals import ArticleNumber
from search.citations import key, read_citation


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
