"""What a query names by citation, title or abbreviation: shown before all else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.knowledge.numerals import ArticleNumber
from search import text
from search.abbreviations import MOST_MEANT, likeliest, may_be_abbreviation, spelled_out
from search.citations import key
from search.meilisearch import filters
from search.meilisearch.asking import Desk, Row
from search.meilisearch.cards import Cards, names_on
from search.meilisearch.fields import token
from search.port import SearchScope
from search.readings import Reading, Way, first_named
from search.synonyms import Synonyms

_MOST_NAMED = 5_000


@dataclass(frozen=True, slots=True)
class Named:
    """The articles that were named, in reading order; ``elsewhere`` finds others."""

    filter: str
    rows: list[Row]
    elsewhere: str


def find_named(desk: Desk, cards: Cards, asking: str, synonyms: Synonyms) -> Named | None:
    """What the query names of the documents that may be found."""
    return first_named(
        asking,
        synonyms,
        _shortened(desk, cards),
        lambda reading, titles: _under(desk, reading, list(titles)),
    )


def _shortened(desk: Desk, cards: Cards) -> Way:
    """The titles that abbreviations stand for, where each stands for one only."""

    def meant(typed: str, names: Iterable[str]) -> list[str]:
        titles = spelled_out(typed, text.unique(list(map(key, names))))[:MOST_MEANT]
        found = desk.rows_of_each([filters.named([title], None) for title in titles], 1)
        return likeliest(
            (row["weight"], title)
            for title, rows in zip(titles, found, strict=True)
            for row in rows
            if row["scope"] == SearchScope.REGULATION
        )

    def way(titles: Sequence[str]) -> list[str]:
        # What has other marks than letters is none, and would be an operator to the server.
        plain = [each for each in titles if each == text.tight(each)]
        short = [each for each in plain if may_be_abbreviation(each)]
        alike = cards.alike(short)
        return [
            title
            for typed, found in zip(short, alike, strict=True)
            for title in meant(typed, names_on(found))
        ]

    return way


def _under(desk: Desk, reading: Reading, titles: Sequence[str]) -> Named | None:
    """The articles under the first of the titles that has what was asked."""
    rows = desk.rows(filters.named(titles, reading.article), _MOST_NAMED) if titles else []
    for title in titles:
        if under := [row for row in rows if token(title) in row["names"]]:
            condition = filters.named([title], reading.article)
            return Named(condition, _in_reading_order(under), reading.elsewhere)
    return None


def _in_reading_order(rows: list[Row]) -> list[Row]:
    """Under one title: the weightier text, then the newer, each from its first article."""
    return sorted(
        rows,
        key=lambda row: (
            -row["weight"],
            -(row["published"] or 0),
            ArticleNumber(row["number"] or 0, row["suffix"]),
            row["id"],
        ),
    )
