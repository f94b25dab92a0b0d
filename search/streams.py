"""Streams of units: in portions, and one of them for several readers."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Sequence

from search.port import Unit

_AHEAD = 50
"""So many units may wait for the slower of the readers."""


async def in_portions(units: AsyncIterable[Unit], size: int) -> AsyncIterator[list[Unit]]:
    """Lists of units that have about ``size`` documents each: between two, others get a turn."""
    portion: list[Unit] = []
    documents = 0
    async for unit in units:
        portion.append(unit)
        documents += len(unit.documents)
        if documents >= size:
            yield portion
            portion, documents = [], 0
    if portion:
        yield portion


class Lane:
    """What one reader gets of a stream that is read once for several."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Unit | Exception | None] = asyncio.Queue(_AHEAD)
        self._open = True

    async def units(self) -> AsyncIterator[Unit]:
        """The units; where the stream broke, its failure."""
        while (unit := await self._waiting.get()) is not None:
            if isinstance(unit, Exception):
                raise unit
            yield unit

    def close(self) -> None:
        """This reader wants no more: the others are no longer held up by it."""
        self._open = False
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def put(self, unit: Unit | Exception | None) -> None:
        """Hand on a unit, a failure, or the end, once there is room."""
        if self._open:
            await self._waiting.put(unit)


async def fill(lanes: Sequence[Lane], units: AsyncIterable[Unit]) -> None:
    """Read a stream once, and hand every unit to every reader."""
    end: Exception | None = None
    try:
        async for unit in units:
            for lane in lanes:
                await lane.put(unit)
    except Exception as failure:  # noqa: BLE001  each reader raises it
        end = failure
    for lane in lanes:
        await lane.put(end)
