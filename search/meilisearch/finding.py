"""Answers to a search: what was cited, then what matches best, page by page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.knowledge.numerals import ArticleNumber
from search.citations import key, read_citation
from search.corrections import correct
from search.meilisearch import filters
from search.meilisearch.asking import Desk, Found, Row, Search, searches_of
from search.meilisearch.fields import key_of, token
from search.meilisearch.settings import FACETS, Names
from search.meilisearch.vocabulary import DeskVocabulary
from search.meilisearch.wire import Wire
from search.port import FacetCount, Hit, Page, Request, SearchScope, UnitKind
from search.question import checked, read_question
from search.ranking import Candidate, rank
from search.synonyms import Synonyms

_WINDOW = 200
"""So many of the best are ordered anew by their neighbours; what follows keeps its order."""

_NAMED_SCORE = 10_000.0
_MOST_NAMED = 5_000
_LONGEST_CORRECTED = 40
_SCOPES = tuple(SearchScope)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a query names by citation or title, in reading order: shown before all else."""

    filter: str
    rows: list[Row]
    elsewhere: str


class _Reading(NamedTuple):
    """What a query may mean: keys of titles, likeliest first, and the article if one is asked."""

    titles: tuple[str, ...]
    article: ArticleNumber | None
    elsewhere: str


def find(wire: Wire, names: Names, request: Request, synonyms: Synonyms) -> Page:
    """Answer a search by the indexes in use."""
    question = read_question(request.query)
    if not request.filter.audience or question.is_empty:
        return Page()
    desk = Desk(wire, names, request.filter, unwanted=question.unwanted)
    named = _named(desk, question.asking, synonyms)
    if named:
        question = read_question(named.elsewhere)
    searches = searches_of(question, synonyms.within(question.folded))
    hits, found = _stretch(desk, searches, named, request)
    rows = named.rows if named else []
    return Page(
        hits=hits,
        total=len(rows) + found.total,
        facets=_facets(found.facets, rows) if request.with_facets else {},
        did_you_mean=None if named else _correction(checked(request.query), desk),
    )


def _stretch(
    desk: Desk, searches: Sequence[Search], named: _Named | None, request: Request
) -> tuple[tuple[Hit, ...], Found]:
    """The hits that were asked for, and what was found in all."""
    but_not = named.filter if named else None
    found = desk.best(searches, limit=_WINDOW, but_not=but_not, with_facets=request.with_facets)
    first = [_candidate(_NAMED_SCORE, row) for row in named.rows] if named else []
    order = first + rank(_candidates(found.rows))
    end = request.offset + request.first
    stretch = order[request.offset : end]
    start = max(request.offset, len(order))
    if start < end and len(found.rows) == _WINDOW:
        rest = desk.best(searches, limit=end - start, offset=start - len(first), but_not=but_not)
        worst = order[-1].score
        stretch += [each._replace(score=min(each.score, worst)) for each in _candidates(rest.rows)]
    return tuple(map(_hit, stretch)), found


def _named(desk: Desk, asking: str, synonyms: Synonyms) -> _Named | None:
    """A whole title comes before a citation, and that before another name that was learnt."""
    readings = [_Reading((key(asking),), None, asking)]
    if citation := read_citation(asking):
        readings.append(_Reading(citation.titles, citation.article, citation.elsewhere))
    learnt = [
        each._replace(titles=tuple(key(o) for one in each.titles for o in synonyms.others(one)))
        for each in readings
    ]
    return next(filter(None, (_under(desk, each) for each in [*readings, *learnt])), None)


def _under(desk: Desk, reading: _Reading) -> _Named | None:
    """The articles under the first of the titles that has what was asked."""
    titles, article, elsewhere = reading
    rows = desk.rows(filters.named(titles, article), _MOST_NAMED) if titles else []
    for title in titles:
        if under := [row for row in rows if token(title) in row["names"]]:
            return _Named(filters.named([title], article), _in_reading_order(under), elsewhere)
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


def _candidates(rows: Sequence[tuple[float, Row]]) -> list[Candidate]:
    return [_candidate(score * row["weight"], row) for score, row in rows]


def _candidate(score: float, row: Row) -> Candidate:
    unit = key_of(row["unit"])
    group = unit.id * 2 + (unit.kind is UnitKind.REGULATION)
    return Candidate(score, row["id"], _SCOPES.index(SearchScope(row["scope"])), group)


def _hit(candidate: Candidate) -> Hit:
    return Hit(candidate.id, _SCOPES[candidate.scope], candidate.score)


def _correction(typed: str, desk: Desk) -> str | None:
    """Only what is short is looked into: a long question has enough words that were typed right."""
    return correct(typed, DeskVocabulary(desk, typed)) if len(typed) <= _LONGEST_CORRECTED else None


def _facets(
    found: Mapping[str, Mapping[str, int]], named: Sequence[Row]
) -> Mapping[str, tuple[FacetCount, ...]]:
    """Most frequent first, then by value."""
    facets = {}
    for field in FACETS:
        counts = Counter(found[field])
        counts.update(row[field] for row in named if row[field] is not None)
        ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        facets[field] = tuple(FacetCount(value, count) for value, count in ordered)
    return facets
