"""Answers to a search: what was cited, then what matches best, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.citations import key, read_citation
from search.corrections import correct
from search.embedded.clauses import allowed, asked
from search.embedded.facets import count_facets
from search.embedded.fields import SCOPES
from search.embedded.index import Query, Row, Snapshot, but_not, either, every, worth
from search.embedded.vocabulary import IndexVocabulary
from search.port import Hit, Page, Request
from search.question import checked, read_question
from search.ranking import LOWEST_WEIGHT, Candidate, rank, renown
from search.synonyms import Synonyms

_WINDOW = 200
"""So many of the best are ordered anew by their neighbours; what follows keeps its order."""

_NAMED_SCORE = 10_000.0


@dataclass(frozen=True, slots=True)
class _Named:
    """What a query names by citation or title: shown before all else."""

    query: Query
    candidates: list[Candidate]
    elsewhere: str


def find(snapshot: Snapshot, request: Request, synonyms: Synonyms) -> Page:
    """Answer a search from one snapshot."""
    typed = checked(request.query)
    within = allowed(snapshot, request.filter)
    named = _named(snapshot, typed, within)
    question = read_question(named.elsewhere if named else typed)
    if question.is_empty:
        return Page()
    ranked = everything = asked(snapshot, question, within, synonyms.within(question.folded))
    if named:
        everything = either([ranked, named.query])
        ranked = but_not(ranked, named.query)
    hits, total = _stretch(snapshot, ranked, named.candidates if named else [], request)
    return Page(
        hits=hits,
        total=total,
        facets=count_facets(snapshot, everything) if request.with_facets else {},
        did_you_mean=None if named else correct(typed, IndexVocabulary(snapshot, within)),
    )


def _stretch(
    snapshot: Snapshot, ranked: Query, named: list[Candidate], request: Request
) -> tuple[tuple[Hit, ...], int]:
    """The hits that were asked for, and how many there are in all."""
    found = snapshot.best(ranked, limit=_WINDOW)
    order = named + rank(_candidates(snapshot, found.rows))
    end = request.offset + request.first
    stretch = order[request.offset : end]
    start = max(request.offset, len(order))
    if start < end and len(found.rows) == _WINDOW:
        rest = snapshot.best(ranked, limit=end - start, offset=start - len(named))
        worst = order[-1].score
        stretch += [
            each._replace(score=min(each.score, worst)) for each in _candidates(snapshot, rest.rows)
        ]
    return tuple(map(_hit, stretch)), len(named) + found.total


def _named(snapshot: Snapshot, typed: str, within: Query) -> _Named | None:
    citation = read_citation(typed)
    for title in citation.titles if citation else (key(typed),):
        # Few of the titles that the words before a number may mean exist: look before asking.
        known = snapshot.frequency("name", title)
        if not known:
            continue
        conditions = [within, snapshot.term("name", title)]
        if citation:
            conditions.append(snapshot.term("number", citation.article.number))
            conditions.append(snapshot.term("suffix", citation.article.suffix))
        query = worth(every(conditions), 1.0)
        rows = snapshot.best(query, limit=known).rows
        if rows:
            elsewhere = citation.elsewhere if citation else typed
            return _Named(query, _in_reading_order(snapshot, rows), elsewhere)
    return None


def _in_reading_order(snapshot: Snapshot, rows: Sequence[tuple[float, Row]]) -> list[Candidate]:
    """Under one title: the weightier text, then the newer, each from its first article."""
    places = [row for _, row in rows]
    columns = (snapshot.numbers(field, places) for field in ("published", "number", "suffix"))
    in_order = sorted(
        zip(_candidates(snapshot, rows), *columns, strict=True),
        key=lambda each: (-each[0].score, -each[1], each[2], each[3], each[0].id),
    )
    return [candidate._replace(score=_NAMED_SCORE) for candidate, *_ in in_order]


def _candidates(snapshot: Snapshot, rows: Sequence[tuple[float, Row]]) -> list[Candidate]:
    places = [row for _, row in rows]
    columns = [snapshot.numbers(field, places) for field in ("id", "scope", "group", "called")]
    renowns = {title: renown(snapshot.frequency("mentions", title)) for title in set(columns[3])}
    return [
        Candidate(score * LOWEST_WEIGHT * renowns[title], identity, scope, unit)
        for (score, _), identity, scope, unit, title in zip(rows, *columns, strict=True)
    ]


def _hit(candidate: Candidate) -> Hit:
    return Hit(candidate.id, SCOPES[candidate.scope], candidate.score)
