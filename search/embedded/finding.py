"""Answers to a search: what was cited, then what matches best, page by page."""

from search.corrections import correct
from search.embedded.clauses import allowed, asked
from search.embedded.facets import count_facets
from search.embedded.fields import SCOPES
from search.embedded.index import Query, Snapshot, but_not, either
from search.embedded.naming import find_named
from search.embedded.vocabulary import IndexVocabulary
from search.embedded.weighing import candidates
from search.port import Hit, Page, Request
from search.question import checked, read_question
from search.ranking import Candidate, rank
from search.synonyms import Synonyms

_WINDOW = 300
"""So many of the best are ordered anew by their neighbours; what follows keeps its order."""


def find(snapshot: Snapshot, request: Request, synonyms: Synonyms) -> Page:
    """Answer a search from one snapshot."""
    question = read_question(request.query)
    if question.is_empty:
        return Page()
    within = allowed(snapshot, request.filter, unwanted=question.unwanted)
    named = find_named(snapshot, question.asking, within, synonyms)
    if named:
        question = read_question(named.elsewhere)
    ranked = everything = asked(snapshot, question, within, synonyms.within(question.folded))
    if named:
        everything = either([ranked, named.query])
        ranked = but_not(ranked, named.query)
    hits, total = _stretch(snapshot, ranked, named.candidates if named else [], request)
    return Page(
        hits=hits,
        total=total,
        facets=count_facets(snapshot, everything) if request.with_facets else {},
        did_you_mean=None
        if named
        else correct(checked(request.query), IndexVocabulary(snapshot, within)),
    )


def _stretch(
    snapshot: Snapshot, ranked: Query, named: list[Candidate], request: Request
) -> tuple[tuple[Hit, ...], int]:
    """The hits that were asked for, and how many there are in all."""
    found = snapshot.best(ranked, limit=_WINDOW)
    order = named + rank(candidates(snapshot, found.rows))
    end = request.offset + request.first
    stretch = order[request.offset : end]
    start = max(request.offset, len(order))
    if start < end and len(found.rows) == _WINDOW:
        rest = snapshot.best(ranked, limit=end - start, offset=start - len(named))
        worst = order[-1].score
        stretch += [
            each._replace(score=min(each.score, worst)) for each in candidates(snapshot, rest.rows)
        ]
    return tuple(map(_hit, stretch)), len(named) + found.total


def _hit(candidate: Candidate) -> Hit:
    return Hit(candidate.id, SCOPES[candidate.scope], candidate.score)
