"""What the index holds of a document, and of a unit's title: plain fields, ready to be stored."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from search import text
from search.citations import key, mentioned
from search.port import Document, SearchScope, Unit, unit_key
from search.ranking import LOWEST_WEIGHT
from search.sounds import initials, sound, syllables

Fields = Mapping[str, list[str] | list[int] | list[float]]

_Value = TypeVar("_Value", str, int)

SCOPES = tuple(SearchScope)
"""A scope is stored as its place here."""

DOCUMENT = "document"
"""What tells the rows that are found from the cards, the titles that are suggested.

A card has no ``audience`` but a ``card_audience``, so that no search needs to ask for the kind.
"""

# Suggestions match at most so many typed letters from the start of a title, or of a syllable.
_LONGEST_START = 24
_LONGEST_SOUND = 40
_LONGEST_SOUND_INSIDE = 12
_LONGEST_WORD = 4


def document_fields(document: Document) -> Fields:
    """The row by which a document is found."""
    body = text.fold(" ".join((document.title, document.heading, document.label, document.text)))
    words = text.words(body)
    return _without_empty(
        {
            **_belonging(document),
            "kind": [DOCUMENT],
            "audience": [document.audience],
            "id": [document.id],
            "organization": list(document.organization_ids),
            "category": _one(document.category),
            "issuer": _one(document.issuer),
            "status": _one(document.status),
            "standing": [document.status or ""],
            "published": _one(document.published_at),
            "in_force_from": [(document.in_force_from or date.min).toordinal()],
            "in_force_until": [(document.in_force_until or date.max).toordinal()],
            "prior": [_prior(document.weight)],
            "name": _names(document),
            "called": [title_number(key(document.title))],
            "mentions": list(_mentions(document)),
            "number": _one(document.number),
            "suffix": [document.suffix],
            "words": [" ".join(words)],
            "bigrams": [" ".join(text.bigrams(body))],
            "letters": [" ".join(text.letters(body))],
            "sounds": [" ".join(_sounds(words))],
        }
    )


def card_fields(unit: Unit) -> Fields:
    """The row by which a unit's title is suggested and its version known."""
    document = unit.documents[0]
    title = text.fold(document.title)
    names = text.unique([title, *_names(document), *map(text.fold, document.aliases)])
    tight = text.unique([text.tight(name) for name in names])
    spoken = [syllables(name) for name in tight]
    return _without_empty(
        {
            **_belonging(document),
            "card_audience": [document.audience],
            "id": [document.unit],
            "version": [unit.version],
            "prior": [_prior(document.weight - len(title) * 1e-4)],
            "text": [document.title],
            "card_name": tight,
            "starts": [start for name in tight for start in _starts(name, _LONGEST_START)],
            "card_letters": [" ".join(name) for name in tight],
            "sound_starts": [
                start
                for typed in (*map("".join, spoken), *map(initials, spoken))
                for start in _starts(typed, _LONGEST_SOUND)
            ],
            "sound_inside": [start for each in spoken for start in _inner_starts(each)],
        }
    )


def group(scope: SearchScope, unit: int) -> int:
    """A number for each unit: ids of contents and regulations may be equal."""
    return unit * 2 + (scope is SearchScope.REGULATION)


def title_number(title_key: str) -> int:
    """A number for each title: the index gives numbers of rows, but not words, at once."""
    return int.from_bytes(hashlib.blake2b(title_key.encode(), digest_size=7).digest())


def _mentions(document: Document) -> Iterator[int]:
    """The other titles that an article of a regulation names: they are the better known for it."""
    if document.scope is SearchScope.REGULATION:
        yield from map(title_number, sorted(mentioned(document.text) - {key(document.title)}))


def _belonging(document: Document) -> dict[str, list[str] | list[int]]:
    return {
        "unit": [str(unit_key(document))],
        "group": [group(document.scope, document.unit)],
        "scope": [SCOPES.index(document.scope)],
    }


def _names(document: Document) -> list[str]:
    return text.unique([key(name) for name in (document.title, *document.aliases) if key(name)])


def _prior(weight: float) -> float:
    # The engine multiplies a score by log2(2 + prior): so that it comes to weight / lowest weight.
    return float(max(2 ** (weight / LOWEST_WEIGHT) - 2, 0.0))


def _sounds(words: list[str]) -> list[str]:
    # Only what a homophone may be mistaken for: short words of Han letters.
    return [
        f"{sound(word)}:{word}"
        for word in text.unique(words)
        if 1 < len(word) <= _LONGEST_WORD and text.is_han(word)
    ]


def _starts(typed: str, longest: int) -> list[str]:
    return [typed[:end] for end in range(1, min(len(typed), longest) + 1)]


def _inner_starts(spoken: tuple[str, ...]) -> list[str]:
    return [
        start
        for place in range(1, len(spoken))
        for typed in ("".join(spoken[place:]), initials(spoken[place:]))
        for start in _starts(typed, _LONGEST_SOUND_INSIDE)
    ]


def _one(value: _Value | None) -> list[_Value]:
    return [] if value is None else [value]


def _without_empty(fields: Mapping[str, list[str] | list[int] | list[float]]) -> Fields:
    return {name: values for name, values in fields.items() if values}
