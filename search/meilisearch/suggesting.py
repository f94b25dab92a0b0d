"""Titles that complete what a member types."""

from collections.abc import Iterator
from typing import Any

from search import text
from search.abbreviations import MOST_MEANT, may_be_abbreviation, spelled_out
from search.meilisearch.cards import Cards, names_on
from search.meilisearch.fields import BEGIN, END, LONGEST_SOUND, spaced_name
from search.meilisearch.settings import Names
from search.meilisearch.wire import Wire
from search.port import SearchScope, SuggestionHit
from search.question import checked
from search.sounds import syllables
from search.titles import ABBREVIATION, HOMOPHONE, INSIDE, SOUND_INSIDE, SOUND_START, START, WHOLE

_SPARE = 4
"""Several units may bear one title: so many times more are fetched as are wanted."""

_FIELDS = ("id", "scope", "title", "prior")


def suggest(
    wire: Wire,
    names: Names,
    query: str,
    audience: frozenset[str],
    *,
    scopes: frozenset[SearchScope],
    first: int,
) -> tuple[SuggestionHit, ...]:
    """At most ``first`` different titles, best first, ties by id."""
    typed = text.tight(text.fold(checked(query)))
    if not typed or not audience or first < 1:
        return ()
    ways = list(_ways(typed))
    cards = Cards(wire, names, audience, scopes)
    found = cards.each_of(
        [(words, field) for words, field, _ in ways], show=_FIELDS, limit=first * _SPARE
    )
    scored = [
        (-worth * hit["prior"], hit["id"], hit)
        for (_, _, worth), hits in zip(ways, found, strict=True)
        for hit in hits
    ]
    scored += [(-ABBREVIATION * hit["prior"], hit["id"], hit) for hit in _shortened(cards, typed)]
    different: dict[tuple[str, SearchScope], SuggestionHit] = {}
    for _, _, card in sorted(scored, key=lambda each: each[:2]):
        hit = _hit(card)
        different.setdefault((hit.text, hit.scope), hit)
    return tuple(different.values())[:first]


def _ways(typed: str) -> Iterator[tuple[str, str, int]]:
    """The ways in which what was typed may stand for a title: words, field, worth."""
    letters = " ".join(typed)
    yield f'"{BEGIN} {letters} {END}"', "spelled", WHOLE
    yield f'"{BEGIN} {letters}"', "spelled", START
    yield f'"{letters}"', "spelled", INSIDE
    spoken = "".join(syllables(typed))[:LONGEST_SOUND]
    if typed.isascii():
        yield spoken, "sound_starts", SOUND_START
        yield spoken, "sound_inside", SOUND_INSIDE
    elif len(typed) > 1:
        yield spoken, "sound_starts", HOMOPHONE


def _shortened(cards: Cards, typed: str) -> list[dict[str, Any]]:
    """The cards of the titles that an abbreviation may stand for."""
    if not may_be_abbreviation(typed):
        return []
    (alike,) = cards.alike([typed], show=_FIELDS)
    meant = {spaced_name(name) for name in spelled_out(typed, names_on(alike))[:MOST_MEANT]}
    return [card for card in alike if meant.intersection(card["spelled"])]


def _hit(card: dict[str, Any]) -> SuggestionHit:
    return SuggestionHit(card["title"], SearchScope(card["scope"]), card["id"])
