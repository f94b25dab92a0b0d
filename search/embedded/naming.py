"""What a query names by citation, title or abbreviation: shown before all else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.knowledge.numerals import ArticleNumber
from search.abbreviations import likeliest, may_be_abbreviation, spelled_out
from search.embedded.fields import SCOPES
from search.embedded.index import Query, Row, Snapshot, every, worth
from search.embedded.weighing import candidates
from search.port import SearchScope
from search.ranking import Candidate
from search.readings import Reading, first_named
from search.synonyms import Synonyms

_NAMED_SCORE = 10_000.0


@dataclass(frozen=True, slots=True)
class Named:
    """The articles that were named, in reading order; ``elsewhere`` finds others."""

    query: Query
    candidates: list[Candidate]
    elsewhere: str


def find_named(snapshot: Snapshot, asking: str, within: Query, synonyms: Synonyms) -> Named | None:
    """What the query names of the documents ``within``."""

    def shortened(typed: Sequence[str]) -> Iterator[str]:
        for each in filter(may_be_abbreviation, typed):
            yield from _meant(snapshot, each, within)

    return first_named(
        asking,
        synonyms,
        shortened,
        lambda reading, titles: _first(snapshot, reading, titles, within),
    )


def _first(
    snapshot: Snapshot, reading: Reading, titles: Iterable[str], within: Query
) -> Named | None:
    """The articles under the first of these titles that has what was asked."""
    for title in titles:
        # Few of the titles that words may mean exist: look before asking.
        if known := snapshot.frequency("name", title):
            query = _under(snapshot, title, reading.article, within)
            if rows := snapshot.best(query, limit=known).rows:
                return Named(query, _in_reading_order(snapshot, rows), reading.elsewhere)
    return None


def _under(snapshot: Snapshot, title: str, article: ArticleNumber | None, within: Query) -> Query:
    conditions = [within, snapshot.term("name", title)]
    if article:
        conditions.append(snapshot.term("number", article.number))
        conditions.append(snapshot.term("suffix", article.suffix))
    return worth(every(conditions), 1.0)


def _meant(snapshot: Snapshot, typed: str, within: Query) -> Iterator[str]:
    """The title that an abbreviation stands for, if it is but one."""
    regulations = every([within, snapshot.term("scope", SCOPES.index(SearchScope.REGULATION))])
    names = (name for name, _ in snapshot.terms("name", typed[0]))
    weighed = []
    for title in spelled_out(typed, names):
        rows = snapshot.best(_under(snapshot, title, None, regulations), limit=1).rows
        weighed += [(score, title) for score, _ in rows]
    yield from likeliest(weighed)


def _in_reading_order(snapshot: Snapshot, rows: Sequence[tuple[float, Row]]) -> list[Candidate]:
    """Under one title: the weightier text, then the newer, each from its first article."""
    places = [row for _, row in rows]
    columns = (snapshot.numbers(field, places) for field in ("published", "number", "suffix"))
    in_order = sorted(
        zip(candidates(snapshot, rows), *columns, strict=True),
        key=lambda each: (-each[0].score, -each[1], each[2], each[3], each[0].id),
    )
    return [candidate._replace(score=_NAMED_SCORE) for candidate, *_ in in_order]
