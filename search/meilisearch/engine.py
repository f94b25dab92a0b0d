"""The Meilisearch engine: the port, answered by a server."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from app.errors import Unavailable
from search import text
from search.meilisearch import settings
from search.meilisearch.fields import key_of
from search.meilisearch.finding import Sources, find
from search.meilisearch.renown import Renown
from search.meilisearch.suggesting import suggest
from search.meilisearch.wire import Access, Missing, Wire
from search.meilisearch.writing import MARK, Library, Rebuild
from search.port import EngineState, Held, Page, Request, SearchScope, SuggestionHit, Unit, UnitKind
from search.streams import in_portions
from search.synonyms import Synonyms, seeded

_SEARCH_THREADS = 8
_DOCUMENTS_AT_ONCE = 2_000

_Answer = TypeVar("_Answer")


class MeilisearchEngine:
    """Full-text search at a Meilisearch server.

    The client blocks: searches run on a few threads, writes one after the other on another, none on
    the event loop. A search that the server leaves unanswered ends in time; its thread is free once
    the connection's own time is up.
    """

    name = "meilisearch"

    def __init__(self, access: Access) -> None:
        self._access = access
        self._wire = Wire(access)
        self._library = Library(self._wire)
        self._renown = Renown(self._wire, self._library.live)
        self._synonyms = seeded()
        self._searches = ThreadPoolExecutor(_SEARCH_THREADS, thread_name_prefix="meilisearch")
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="meilisearch-index")
        # The first search need not wait for the dictionaries.
        self._searches.submit(text.load_dictionaries)

    @property
    def parts(self) -> tuple["MeilisearchEngine", ...]:
        """The engines with an index of their own: this one."""
        return (self,)

    async def search(self, request: Request) -> Page:
        """Find documents, best first; equal scores by id."""
        sources = Sources(self._wire, self._library.live, self._renown, self._synonyms)
        return await self._searching(lambda: find(sources, request))

    async def suggest(
        self,
        query: str,
        audience: frozenset[str],
        *,
        scopes: frozenset[SearchScope] = frozenset(),
        first: int = 8,
    ) -> tuple[SuggestionHit, ...]:
        """Complete what a member types by titles, their pinyin or initials."""
        wire, names = self._wire, self._library.live
        return await self._searching(
            lambda: suggest(wire, names, query, audience, scopes=scopes, first=first)
        )

    async def replace(self, units: Sequence[Unit]) -> None:
        """Put these units in place of what the index holds of them, to be found.

        A document changes at once; those that a unit has no more go a moment later.
        """
        if not units:
            return
        try:
            async with asyncio.timeout(self._access.write_seconds):
                await self._writing(lambda: self._library.replace(units))
        except TimeoutError as late:
            raise Unavailable("搜索服务响应太慢，将自动重试。") from late
        finally:
            self._renown.forget()

    async def rebuild(self, units: AsyncIterable[Unit]) -> None:
        """Make new indexes of these units and swap them in; searches and ``replace`` go on.

        ``Conflict`` where a rebuild is under way, in whatever process.
        """
        rebuild = await self._writing(lambda: Rebuild(self._library))
        try:
            async for some in in_portions(units, _DOCUMENTS_AT_ONCE):
                await self._writing(partial(rebuild.add, some))
            await self._writing(rebuild.publish)
        finally:
            await self._writing(rebuild.close)
            self._renown.forget()

    async def learn(self, synonyms: Sequence[frozenset[str]]) -> None:
        """Put these sets of words that mean the same in place of those it knew."""
        self._synonyms = Synonyms(synonyms)
        await self._writing(lambda: self._library.learn(settings.synonyms(synonyms)))

    async def state(self) -> EngineState:
        """Report on the index, however broken it is; ``Unavailable`` where nobody answers."""
        return await self._searching(self._state)

    async def held(self) -> AsyncIterator[Held]:
        """Every unit of the index, to be compared with the database."""
        for held in await self._writing(self._held):
            yield held

    async def close(self) -> None:
        """Let go of connections and threads, once what was begun has ended."""
        for threads in (self._writes, self._searches):
            await asyncio.to_thread(partial(threads.shutdown, cancel_futures=True))

    def _state(self) -> EngineState:
        live = self._library.live
        try:
            mark = self._wire.document(live.titles, MARK)
            documents = sum(self._wire.count(live.of(kind)) for kind in UnitKind)
        except Missing:
            return EngineState(self.name, 0, needs_rebuild=True)
        stale = mark.get("fingerprint") != settings.FINGERPRINT
        return EngineState(self.name, documents, needs_rebuild=stale)

    def _held(self) -> list[Held]:
        live = self._library.live
        audiences, documents = defaultdict(set), defaultdict(set)
        for kind in UnitKind:
            for row in self._wire.rows(live.of(kind), ("unit", "id", "audience")):
                audiences[row["unit"]].add(row["audience"])
                documents[row["unit"]].add(row["id"])
        cards = self._wire.rows(live.titles, ("unit", "version", "gone"))
        versions = {card["unit"]: card["version"] for card in cards if not card["gone"]}
        return [
            Held(
                key_of(unit),
                versions.get(unit, 0),
                frozenset(audiences[unit]),
                frozenset(documents[unit]),
            )
            for unit in versions.keys() | documents.keys()
        ]

    async def _searching(self, work: Callable[[], _Answer]) -> _Answer:
        try:
            async with asyncio.timeout(self._access.search_seconds):
                return await asyncio.get_running_loop().run_in_executor(self._searches, work)
        except TimeoutError as late:
            raise Unavailable("搜索服务响应太慢，请稍后再试。") from late

    async def _writing(self, work: Callable[[], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._writes, work)
