"""Answers to a search: what was cited, then what matches best, page by page."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from search.corrections import correct
from search.meilisearch.asking import Desk, Row, Search
from search.meilisearch.cards import Cards
from search.meilisearch.fields import key_of
from search.meilisearch.filters import documents
from search.meilisearch.gathering import Gathered, gather
from search.meilisearch.naming import Named, find_named
from search.meilisearch.renown import Renown
from search.meilisearch.settings import FACETS, Names
from search.meilisearch.terms import searches_of
from search.meilisearch.vocabulary import DeskVocabulary
from search.meilisearch.weighing import weigh
from search.meilisearch.wire import Wire
from search.port import FacetCount, Hit, Page, Request, SearchScope, UnitKind
from search.question import Question, checked, read_question
from search.ranking import Candidate, rank
from search.synonyms import Synonym, Synonyms

_NAMED_SCORE = 10_000.0
_LONGEST_CORRECTED = 40
_SCOPES = tuple(SearchScope)


class Sources(NamedTuple):
    """What searches are answered from."""

    wire: Wire
    names: Names
    renown: Renown
    synonyms: Synonyms


def find(sources: Sources, request: Request) -> Page:
    """Answer a search by the indexes in use."""
    question = read_question(request.query)
    if not request.filter.audience or question.is_empty:
        return Page()
    desk = Desk(sources.wire, sources.names, request.filter, unwanted=question.unwanted)
    named = _named(sources, desk, question)
    if named:
        question = read_question(named.elsewhere)
        desk = replace(desk, excluded=[named.filter])
    first = named.rows if named else []
    synonyms = sources.synonyms.within(question.folded)
    searches = searches_of(question, synonyms)
    asking = replace(desk, required=question.phrases)
    gathered = gather(asking, searches)
    order = [_candidate(_NAMED_SCORE, row) for row in first]
    order += _ranked(sources, question, synonyms, gathered)
    found = asking.any_of(searches, limit=0, with_facets=request.with_facets)
    stretch = order[request.offset : request.offset + request.first]
    if len(stretch) < request.first and len(gathered.rows) < found.total:
        beyond = replace(asking, excluded=[*asking.excluded, documents(gathered.keys)])
        stretch += _beyond(beyond, searches, request, order)
    return Page(
        hits=tuple(map(_hit, stretch)),
        total=len(first) + found.total,
        facets=_facets(found.facets, first) if request.with_facets else {},
        did_you_mean=None if named else _correction(checked(request.query), desk, gathered),
    )


def _named(sources: Sources, desk: Desk, question: Question) -> Named | None:
    cards = Cards(desk.wire, desk.names, desk.chosen.audience, desk.chosen.scopes)
    return find_named(desk, cards, question.asking, sources.synonyms)


def _beyond(
    desk: Desk, searches: Sequence[Search], request: Request, order: Sequence[Candidate]
) -> list[Candidate]:
    """What comes after all that was weighed, in the server's own order."""
    start = max(request.offset, len(order))
    found = desk.any_of(
        searches, limit=request.offset + request.first - start, offset=start - len(order)
    )
    worst = order[-1].score if order else math.inf
    return [_candidate(min(score, worst), row) for score, row in found.rows]


def _ranked(
    sources: Sources, question: Question, synonyms: Sequence[Synonym], gathered: Gathered
) -> list[Candidate]:
    """What was gathered, best first: by what its text says, its source, and its neighbours."""
    scores = weigh(
        gathered.texts,
        question,
        synonyms,
        counts=gathered.counts,
        documents=gathered.documents,
    )
    return rank(
        _candidate(score * row["weight"] * sources.renown.of(row["called"]), row)
        for score, row in zip(scores, gathered.rows, strict=True)
    )


def _candidate(score: float, row: Row) -> Candidate:
    unit = key_of(row["unit"])
    group = unit.id * 2 + (unit.kind is UnitKind.REGULATION)
    return Candidate(score, row["id"], _SCOPES.index(SearchScope(row["scope"])), group)


def _hit(candidate: Candidate) -> Hit:
    return Hit(candidate.id, _SCOPES[candidate.scope], candidate.score)


def _correction(typed: str, desk: Desk, gathered: Gathered) -> str | None:
    """Only what is short is looked into: a long question has enough words that were typed right."""
    if len(typed) > _LONGEST_CORRECTED:
        return None
    return correct(typed, DeskVocabulary(desk, typed, gathered))


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
