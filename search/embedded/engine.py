"""The embedded engine: the port, answered from an index in a directory of our own."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.errors import Unavailable
from search import text
from search.embedded import writing
from search.embedded.fields import DOCUMENT
from search.embedded.finding import find
from search.embedded.holding import held_by
from search.embedded.index import FINGERPRINT, BrokenIndex
from search.embedded.reading import Reader
from search.embedded.shelf import Shelf
from search.embedded.suggesting import suggest
from search.port import EngineState, Held, Page, Request, SearchScope, SuggestionHit, Unit
from search.streams import in_portions
from search.synonyms import Synonyms, seeded

_SEARCH_THREADS = 4
_DOCUMENTS_AT_ONCE = 200
"""Between so many documents of a rebuild, other writes get their turn."""

_Answer = TypeVar("_Answer")


class EmbeddedEngine:
    """Full-text search on local files.

    Several processes may use one directory: each sees what the others wrote at its next search.
    Searches run on a few threads, writes one after the other on another, none on the event loop.
    """

    name = "embedded"

    def __init__(self, directory: Path) -> None:
        self._shelf = Shelf(directory, FINGERPRINT)
        self._reader = Reader(self._shelf)
        self._synonyms = seeded()
        self._searches = ThreadPoolExecutor(_SEARCH_THREADS, thread_name_prefix="search")
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="index")
        # The first search need not wait for the dictionaries.
        self._searches.submit(text.load_dictionaries)

    @property
    def parts(self) -> tuple["EmbeddedEngine", ...]:
        """The engines with an index of their own: this one."""
        return (self,)

    async def search(self, request: Request) -> Page:
        """Find documents, best first; equal scores by id."""
        return await self._searching(lambda: find(self._reader.snapshot(), request, self._synonyms))

    async def suggest(
        self,
        query: str,
        audience: frozenset[str],
        *,
        scopes: frozenset[SearchScope] = frozenset(),
        first: int = 8,
    ) -> tuple[SuggestionHit, ...]:
        """Complete what a member types by titles, their pinyin or initials."""
        return await self._searching(
            lambda: suggest(self._reader.snapshot(), query, audience, scopes=scopes, first=first)
        )

    async def learn(self, synonyms: Sequence[frozenset[str]]) -> None:
        """Put these sets of words that mean the same in place of those it knew.

        At first it knows ``search.synonyms.seeded()``. What is learnt is gone with the process.
        """
        self._synonyms = Synonyms(synonyms)

    async def replace(self, units: Sequence[Unit]) -> None:
        """Put these units in place of what the index holds of them, all at once, to be found."""
        if units:
            await self._writing(lambda: writing.replace(self._shelf, units))

    async def rebuild(self, units: AsyncIterable[Unit]) -> None:
        """Make a new index of these units and swap it in; searches and ``replace`` go on.

        ``Conflict`` where a rebuild is under way, in whatever process.
        """
        rebuild = await self._writing(lambda: writing.Rebuild(self._shelf))
        try:
            async for some in in_portions(units, _DOCUMENTS_AT_ONCE):
                await self._writing(partial(rebuild.add, some))
            await self._writing(rebuild.publish)
        finally:
            await self._writing(rebuild.close)

    async def state(self) -> EngineState:
        """Report on the index, however broken it is."""
        return await self._searching(self._state)

    async def held(self) -> AsyncIterator[Held]:
        """Every unit of the index, to be compared with the database."""
        for held in await self._searching(lambda: held_by(self._reader.snapshot())):
            yield held

    async def close(self) -> None:
        """Let go of files and threads, once what was begun has ended."""
        await asyncio.to_thread(self._writes.shutdown)
        await asyncio.to_thread(self._searches.shutdown)
        self._reader.close()

    def _state(self) -> EngineState:
        try:
            snapshot = self._reader.snapshot()
        except BrokenIndex:
            return EngineState(self.name, 0, needs_rebuild=True)
        documents = snapshot.count(snapshot.term("kind", DOCUMENT))
        return EngineState(self.name, documents, needs_rebuild=not self._shelf.is_complete())

    async def _searching(self, work: Callable[[], _Answer]) -> _Answer:
        return await _on(self._searches, work)

    async def _writing(self, work: Callable[[], _Answer]) -> _Answer:
        return await _on(self._writes, work)


async def _on(threads: ThreadPoolExecutor, work: Callable[[], _Answer]) -> _Answer:
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, work)
    except BrokenIndex as broken:
        raise Unavailable("搜索索引需要重建，请联系管理员。") from broken
