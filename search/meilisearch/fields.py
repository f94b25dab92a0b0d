"""What an index holds of a document, and of a unit's title: plain fields, ready to be sent."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from search import text
from search.citations import key, mentioned
from search.meilisearch.settings import TERMS
from search.port import Document, SearchScope, Unit, UnitKey, UnitKind, unit_key
from search.sounds import initials, sound, syllables
from search.titles import names_of, spellings

BEGIN, END = "zzbegin", "zzend"
"""Stand for the edges of a title, so that a phrase can ask for them."""

NO_STATUS = "NONE"
LONGEST_SOUND = 60
_LONGEST_SOUND_INSIDE = 24
_LONGEST_WORD = 4


def document_fields(document: Document, version: int, write: str) -> dict[str, Any]:
    """The entry by which a document is found; ``write`` names the change that brought it."""
    title = text.fold(document.title)
    body = text.fold(" ".join((document.heading, document.label, document.text)))
    whole = f"{title} {body}"
    return {
        "key": f"{document.scope}-{document.id}",
        "id": document.id,
        "scope": document.scope.value,
        "unit": token_of(unit_key(document)),
        "version": version,
        "write": write,
        "audience": document.audience,
        "organizations": [organization_token(each) for each in document.organization_ids],
        "category": document.category,
        "category_key": document.category and token(document.category),
        "issuer": document.issuer,
        "issuer_key": document.issuer and token(document.issuer),
        "status": document.status,
        "standing": document.status or NO_STATUS,
        "published": document.published_at,
        "in_force_from": (document.in_force_from or date.min).toordinal(),
        "in_force_until": (document.in_force_until or date.max).toordinal(),
        "weight": document.weight,
        "names": [token(name) for name in names_of(document)],
        "called": token(key(document.title)),
        "mentions": _mentions(document),
        "number": document.number,
        "suffix": document.suffix,
        "title": " ".join(words_of(title)),
        "words": " ".join(words_of(body)),
        "letters": spaced(whole),
        "sounds": " ".join(_sounds(words_of(whole))),
    }


def _mentions(document: Document) -> list[str]:
    """The other titles that an article of a regulation names: they are the better known for it."""
    if document.scope is not SearchScope.REGULATION:
        return []
    return sorted(map(token, mentioned(document.text) - {key(document.title)}))


def card_fields(unit: Unit, write: str, written: int) -> dict[str, Any]:
    """The card of a unit; of one without documents it keeps the version alone.

    ``written`` is when, in milliseconds: a rebuild takes over what was written since it began.
    """
    card: dict[str, Any] = {
        "key": f"{token_of(unit.key)}-{unit.version}",
        "unit": token_of(unit.key),
        "version": unit.version,
        "write": write,
        "written": written,
        "gone": not unit.documents,
    }
    return card | (_title(unit.documents[0]) if unit.documents else {})


def _title(document: Document) -> dict[str, Any]:
    names = [text.tight(name) for name in spellings(document)]
    spoken = [syllables(name) for name in names]
    return {
        "id": document.unit,
        "scope": document.scope.value,
        "audience": document.audience,
        "prior": document.weight - len(text.fold(document.title)) * 1e-4,
        "title": document.title,
        "spelled": [spaced_name(name) for name in names],
        "sound_starts": [
            typed[:LONGEST_SOUND] for each in spoken for typed in ("".join(each), initials(each))
        ],
        "sound_inside": [
            typed[:_LONGEST_SOUND_INSIDE]
            for each in spoken
            for place in range(1, len(each))
            for typed in ("".join(each[place:]), initials(each[place:]))
        ],
    }


def words_of(folded: str) -> list[str]:
    """The words of a text, and the terms of the field that a dictionary would cut in pieces."""
    return plain(text.words(folded)) + terms_in(folded)


def terms_in(folded: str) -> list[str]:
    """The Party's terms that stand in a text."""
    return [term for term in TERMS if term in folded]


def plain(words: Iterable[str]) -> list[str]:
    """Letters and digits of these words alone: what else is in one would be an operator."""
    return [run for word in words for run in text.runs(word)]


def spaced(folded: str) -> str:
    """Each Han letter by itself, that phrases may be exact; full stops between the runs."""
    return ". ".join(" ".join(_letters(run)) for run in text.runs(folded))


def unspaced(letters: str) -> str:
    """What :func:`spaced` spread out, each run of letters between full stops."""
    return f".{letters.replace(' ', '')}."


def spaced_name(name: str) -> str:
    """Each letter of a title by itself, between its edges."""
    return f"{BEGIN} {' '.join(name)} {END}"


def unspaced_name(spelled: str) -> str:
    """What :func:`spaced_name` spread out."""
    return spelled.removeprefix(BEGIN).removesuffix(END).replace(" ", "")


def sound_token(sound: str) -> str:
    """A sound (``sounds.sound``) as one word of Latin letters: ``xi1an`` is not ``xian``."""
    return sound.replace("'", "1")


def token(value: str) -> str:
    """Any text as sixteen hexadecimal digits: a filter is made of such, never of the text."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def organization_token(identity: int) -> str:
    """An organization as text: the server compares numbers by 53 bits, and ours have 63."""
    return f"org-{identity}"


def token_of(key: UnitKey) -> str:
    """The name of a unit."""
    return f"{key.kind}-{key.id}"


def key_of(unit: str) -> UnitKey:
    """The unit that :func:`token_of` made the name of."""
    kind, _, identity = unit.partition("-")
    return UnitKey(UnitKind(kind), int(identity))


def _letters(run: str) -> Iterable[str]:
    return [run] if run.isascii() else run


def _sounds(words: list[str]) -> list[str]:
    # Only what a homophone may be mistaken for: short words of Han letters.
    return [
        sound_token(sound(word))
        for word in text.unique(words)
        if 1 < len(word) <= _LONGEST_WORD and text.is_han(word)
    ]
