"""The port: the words in which the platform speaks to a search engine, whichever it is."""

import enum
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


class SearchScope(enum.StrEnum):
    """What can be found; the values are the contract's."""

    NEWS = "NEWS"
    MICRO_LECTURE = "MICRO_LECTURE"
    LIVE_STREAM = "LIVE_STREAM"
    SHOWCASE = "SHOWCASE"
    REGULATION = "REGULATION"


class UnitKind(enum.StrEnum):
    """Which table a unit's id belongs to: ids of contents and regulations may be equal."""

    CONTENT = "content"
    REGULATION = "regulation"


@dataclass(frozen=True, slots=True)
class UnitKey:
    """The name of what is indexed and removed as a whole: one content, or one regulation."""

    kind: UnitKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one hit stands for: a content, or one article of a regulation.

    ``id`` is the content's or the article's, ``unit`` the content's or the regulation's.
    ``organization_ids`` are the owning organization and all its ancestors. ``published_at`` is in
    seconds since the epoch. ``weight`` is the prior of its source, 0.5 or more (``ranking``).
    ``aliases`` are the short titles by which people call it. It is in force from its first day
    until the day before ``in_force_until``; None is always.
    """

    id: int
    scope: SearchScope
    unit: int
    title: str
    audience: str
    heading: str = ""
    label: str = ""
    text: str = ""
    organization_ids: tuple[int, ...] = ()
    category: str | None = None
    issuer: str | None = None
    status: str | None = None
    published_at: int | None = None
    weight: float = 1.0
    number: int | None = None
    suffix: int = 0
    aliases: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_until: date | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and all its documents, all for one audience; none at all removes the unit.

    An engine that holds a higher ``version`` of the unit keeps what it has.
    """

    key: UnitKey
    documents: tuple[Document, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which documents may be found at all; an empty set or None does not narrow.

    ``audience`` alone is always applied: an empty one finds nothing. ``statuses`` narrows only
    what has a status, ``in_force_on`` what has days of being in force. ``published_from`` and
    ``published_to`` are seconds, both included.
    """

    audience: frozenset[str]
    scopes: frozenset[SearchScope] = frozenset()
    organization_id: int | None = None
    category: str | None = None
    issuer: str | None = None
    statuses: frozenset[str] = frozenset()
    published_from: int | None = None
    published_to: int | None = None
    in_force_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One search: ``first`` hits after the ``offset`` best; facets are counted on demand."""

    query: str
    filter: Filter
    first: int = 20
    offset: int = 0
    with_facets: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found; scores compare within one request only."""

    id: int
    scope: SearchScope
    score: float


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of all hits have this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the hits; ``total`` and ``facets`` speak of all of them.

    ``facets`` has ``scope``, ``category``, ``issuer`` and ``status``, most frequent first.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    did_you_mean: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestionHit:
    """A title that completes what was typed; ``id`` is the content's or the regulation's."""

    text: str
    scope: SearchScope
    id: int


@dataclass(frozen=True, slots=True)
class EngineState:
    """What ``/ready`` tells: without a sound and complete index, ``needs_rebuild`` is true.

    ``stand_in`` names the engine that answers in the place of one that is out.
    """

    name: str
    documents: int
    needs_rebuild: bool
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What an index holds of one unit: ``documents`` are ids, ``audiences`` all that it is for."""

    key: UnitKey
    version: int
    audiences: frozenset[str]
    documents: frozenset[int]


class SearchEngine(Protocol):
    """What every engine does.

    An engine that cannot answer raises ``app.errors.Unavailable``; a query that is too long is
    ``app.errors.Invalid`` with the path ``query``.
    """

    @property
    def name(self) -> str:
        """What ``/ready`` calls it."""
        ...

    @property
    def parts(self) -> Sequence["SearchEngine"]:
        """The engines with an index of their own that this one speaks for: itself, as a rule."""
        ...

    async def search(self, request: Request) -> Page:
        """Find documents, best first; equal scores by id."""
        ...

    async def suggest(
        self,
        query: str,
        audience: frozenset[str],
        *,
        scopes: frozenset[SearchScope] = frozenset(),
        first: int = 8,
    ) -> tuple[SuggestionHit, ...]:
        """Complete what a member types by titles, their pinyin or initials."""
        ...

    async def learn(self, synonyms: Sequence[frozenset[str]]) -> None:
        """Put these sets of words that mean the same in place of those it knew."""
        ...

    async def replace(self, units: Sequence[Unit]) -> None:
        """Put these units in place of what the index holds of them, all at once, to be found."""
        ...

    async def rebuild(self, units: AsyncIterable[Unit]) -> None:
        """Make a new index of these units and swap it in; searches and ``replace`` go on."""
        ...

    async def state(self) -> EngineState:
        """Report on the index, however broken it is."""
        ...

    def held(self) -> AsyncIterator[Held]:
        """Every unit of the index, to be compared with the database."""
        ...

    async def close(self) -> None:
        """Let go of files and threads."""
        ...


def unit_key(document: Document) -> UnitKey:
    """The unit that a document belongs to."""
    is_regulation = document.scope is SearchScope.REGULATION
    return UnitKey(UnitKind.REGULATION if is_regulation else UnitKind.CONTENT, document.unit)
