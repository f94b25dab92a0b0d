"""Answers kept for a moment: bytes that an audience shares, with holes for what is one's own."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from graphql.execution.values import VariableValues

from app.errors import Refusal
from schema.operations.plans import Holes, Plan, run_of

_MOST_PAGES = 2_000
_MOST_BYTES = 32 * 1024 * 1024

Planned = Callable[[], tuple[Plan | None, VariableValues | None]]


class Page(NamedTuple):
    """The JSON of an answer, cut at its holes; ``order`` names the hole behind each piece."""

    pieces: list[bytes]
    order: list[int]
    holes: Holes
    values: VariableValues

    async def shown(self, context: Any) -> orjson.Fragment:
        """The answer for the one whose ``context`` it is; raises where a hole cannot be filled."""
        found = await self.holes.filled(run_of(context, self.values))
        own = [orjson.dumps(value) for value in found]
        shown = [self.pieces[0]]
        for number, piece in zip(self.order, self.pieces[1:], strict=True):
            shown += (own[number], piece)
        return orjson.Fragment(b"".join(shown))


@dataclass(slots=True)
class _Kept:
    """A page that is made or being made; it shows nothing older than ``begun``."""

    begun: float
    page: asyncio.Task[Page | None]
    size: int = 0


class Pages:
    """Shared answers by operation, variables and audience, each for ``seconds`` at most.

    One task makes a page, whoever wants it at the same time waits for it. ``clock`` counts seconds.
    ``shown`` and ``made`` count answers and pages, ``failures`` those that something went wrong
    with, so that the query was run for the one who asked.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.shown = self.made = self.failures = 0
        self._seconds = seconds
        self._clock = clock
        self._bytes = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def data(self, key: Hashable, context: Any, planned: Planned) -> orjson.Fragment | None:
        """The ``data`` of an answer, kept or new; None where the query cannot be shared."""
        kept = self._kept.get(key)
        if kept is None or self._is_old(kept):
            plan, values = planned()
            if plan is None or values is None:
                return None
            kept = self._begin(key, plan, values, context.shared())
        # Whoever gives up waiting does not take the page from the others.
        page = await asyncio.shield(kept.page)
        if page is None:
            return None
        try:
            shown = await page.shown(context)
        except Exception as error:  # noqa: BLE001  the query is run again, and tells it
            self._count(error)
            return None
        self.shown += 1
        return shown

    def forget(self) -> None:
        """Forget every page, those that are being made included: something was committed."""
        self._kept.clear()
        self._bytes = 0

    def _begin(self, key: Hashable, plan: Plan, values: VariableValues, context: Any) -> _Kept:
        self._drop(key)
        while self._kept and (
            len(self) >= _MOST_PAGES or self._is_old(next(iter(self._kept.values())))
        ):
            self._drop(next(iter(self._kept)))
        kept = _Kept(self._clock(), asyncio.create_task(self._make(key, plan, values, context)))
        self._kept[key] = kept
        return kept

    async def _make(
        self, key: Hashable, plan: Plan, values: VariableValues, context: Any
    ) -> Page | None:
        try:
            page = await _page(plan, values, context)
        except Exception as error:  # noqa: BLE001  as above
            self._count(error)
            return None
        self.made += 1
        kept = self._kept.get(key)
        if kept is not None and kept.page is asyncio.current_task():
            kept.size = sum(map(len, page.pieces))
            self._bytes += kept.size
            while self._bytes > _MOST_BYTES:
                self._drop(next(iter(self._kept)))
        return page

    def _count(self, error: Exception) -> None:
        # What the client is refused is no failure of ours.
        self.failures += not isinstance(error, Refusal)

    def _is_old(self, kept: _Kept) -> bool:
        return self._clock() - kept.begun >= self._seconds

    def _drop(self, key: Hashable) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept.size


async def _page(plan: Plan, values: VariableValues, context: Any) -> Page:
    holes = Holes()
    data = orjson.dumps(await plan.run(context, values, holes))
    first, *others = data.split(b'"%b' % holes.word.encode())
    cut = [piece.partition(b'"') for piece in others]
    order = [int(number) for number, _, _ in cut]
    if sorted(order) != list(range(holes.count)):
        raise ValueError("a hole is not where it was dug")
    return Page([first, *(piece for _, _, piece in cut)], order, holes, values)
