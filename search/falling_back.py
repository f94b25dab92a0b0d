"""Two engines as one: both are written to, the first answers, the second stands in for it."""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from app.errors import Unavailable
from search.port import (
    EngineState,
    Held,
    Page,
    Request,
    SearchEngine,
    SearchScope,
    SuggestionHit,
    Unit,
)
from search.streams import Lane, fill

_log = structlog.get_logger("search")

_PAUSE_SECONDS = 5.0
"""So long an engine that failed is left alone; then one search tries it again."""

_Answer = TypeVar("_Answer")


class FallingBack:
    """The first engine, and the second while the first is out.

    A write is done when both have it: what the first missed is owed to it, and comes again. The
    second stands in only with an index that was once whole: an empty one would say that there is
    nothing, which is worse than to say that there is no answer.
    """

    def __init__(
        self, first: SearchEngine, second: SearchEngine, *, pause: float = _PAUSE_SECONDS
    ) -> None:
        self._first = first
        self._second = second
        self._pause = pause
        self._resume_at = 0.0

    @property
    def name(self) -> str:
        """The engine that answers as a rule."""
        return self._first.name

    @property
    def parts(self) -> tuple[SearchEngine, ...]:
        """Both engines."""
        return self._first, self._second

    async def search(self, request: Request) -> Page:
        """Find documents, best first; equal scores by id."""
        return await self._answered(lambda engine: engine.search(request))

    async def suggest(
        self,
        query: str,
        audience: frozenset[str],
        *,
        scopes: frozenset[SearchScope] = frozenset(),
        first: int = 8,
    ) -> tuple[SuggestionHit, ...]:
        """Complete what a member types by titles, their pinyin or initials."""
        return await self._answered(
            lambda engine: engine.suggest(query, audience, scopes=scopes, first=first)
        )

    async def replace(self, units: Sequence[Unit]) -> None:
        """Put these units in place of what either index holds; ``Unavailable`` if one is out."""
        await self._second.replace(units)
        await self._first.replace(units)

    async def rebuild(self, units: AsyncIterable[Unit]) -> None:
        """Make both indexes anew of one reading; one that fails does not hold up the other.

        While the first is out, the second is made anew only if it must be: ``Unavailable`` then.
        """
        try:
            await self._first.state()
        except Unavailable:
            if (await self._second.state()).needs_rebuild:
                await self._second.rebuild(units)
            raise
        lanes = Lane(), Lane()
        _, *built = await asyncio.gather(
            fill(lanes, units),
            _build(self._first, lanes[0]),
            _build(self._second, lanes[1]),
            return_exceptions=True,
        )
        for failure in built:
            if failure is not None:
                raise failure

    async def learn(self, synonyms: Sequence[frozenset[str]]) -> None:
        """Put these sets of words in place of those either knew; ``Unavailable`` if one is out."""
        await self._second.learn(synonyms)
        await self._first.learn(synonyms)

    async def state(self) -> EngineState:
        """The first engine's report, and who stands in for it while it is out."""
        spare = await self._second.state()
        try:
            state = await self._first.state()
        except Unavailable:
            return replace(spare, name=self._first.name, stand_in=spare.name)
        return replace(state, needs_rebuild=state.needs_rebuild or spare.needs_rebuild)

    async def held(self) -> AsyncIterator[Held]:
        """Every unit of the first engine's index; for the second's, ask its part."""
        async for held in self._first.held():
            yield held

    async def close(self) -> None:
        """Let go of files, connections and threads."""
        await self._first.close()
        await self._second.close()

    async def _answered(self, asked: Callable[[SearchEngine], Awaitable[_Answer]]) -> _Answer:
        if time.monotonic() < self._resume_at:
            return await self._stood_in(asked, Unavailable("搜索服务暂时无法使用，请稍后再试。"))
        if self._resume_at:
            # While one asks whether it is back, the others do not wait for it.
            self._resume_at = time.monotonic() + self._pause
        try:
            answer = await asked(self._first)
        except Unavailable as out:
            if not self._resume_at:
                _log.warning("search.fell_back", error=out.message)
            self._resume_at = time.monotonic() + self._pause
            return await self._stood_in(asked, out)
        if self._resume_at:
            _log.info("search.is_back")
            self._resume_at = 0.0
        return answer

    async def _stood_in(
        self, asked: Callable[[SearchEngine], Awaitable[_Answer]], out: Unavailable
    ) -> _Answer:
        if (await self._second.state()).needs_rebuild:
            raise out
        return await asked(self._second)


async def _build(engine: SearchEngine, lane: Lane) -> None:
    try:
        await engine.rebuild(lane.units())
    finally:
        lane.close()
