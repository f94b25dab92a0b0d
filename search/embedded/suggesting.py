"""Titles that complete what a member types."""

from collections.abc import Iterator

from search import text, titles
from search.abbreviations import MOST_MEANT, may_be_abbreviation, spelled_out
from search.embedded.clauses import allowed_cards
from search.embedded.fields import SCOPES
from search.embedded.index import Query, Snapshot, best_of, every, worth
from search.port import SearchScope, SuggestionHit
from search.question import checked
from search.sounds import syllables

"""So many titles at most are thought of for one abbreviation."""

_SPARE = 4
"""Several units may bear one title: so many times more are fetched as are wanted."""


def suggest(
    snapshot: Snapshot,
    query: str,
    audience: frozenset[str],
    *,
    scopes: frozenset[SearchScope],
    first: int,
) -> tuple[SuggestionHit, ...]:
    """At most ``first`` different titles, best first, ties by id."""
    typed = text.tight(text.fold(checked(query)))
    if not typed or first < 1:
        return ()
    ways = best_of(_ways(snapshot, typed))
    wanted = every([allowed_cards(snapshot, audience, scopes), ways])
    found = snapshot.best(wanted, limit=first * _SPARE).rows
    rows = [row for _, row in found]
    identities, places = (snapshot.numbers(field, rows) for field in ("id", "scope"))
    ordered = sorted(
        zip(found, identities, places, strict=True), key=lambda each: (-each[0][0], each[1])
    )
    hits = (
        SuggestionHit(snapshot.text(row), SCOPES[place], identity)
        for (_, row), identity, place in ordered
    )
    different = {(hit.text, hit.scope): hit for hit in reversed(tuple(hits))}
    return tuple(reversed(different.values()))[:first]


def _ways(snapshot: Snapshot, typed: str) -> Iterator[Query]:
    """The ways in which what was typed may stand for a title, each with its worth."""
    yield worth(snapshot.term("card_name", typed), titles.WHOLE)
    yield worth(snapshot.term("starts", typed), titles.START)
    yield worth(snapshot.phrase("card_letters", list(typed)), titles.INSIDE)
    if typed.isascii():
        yield worth(snapshot.term("sound_starts", typed), titles.SOUND_START)
        yield worth(snapshot.term("sound_inside", typed), titles.SOUND_INSIDE)
    elif len(typed) > 1:
        yield worth(snapshot.term("sound_starts", "".join(syllables(typed))), titles.HOMOPHONE)
    if may_be_abbreviation(typed):
        names = (name for name, _ in snapshot.terms("card_name", typed[0]))
        for meant in spelled_out(typed, names)[:MOST_MEANT]:
            yield worth(snapshot.term("card_name", meant), titles.ABBREVIATION)
