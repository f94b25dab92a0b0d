"""Keeping media in order beside the jobs: the store fit for use, nothing open without a reason."""

import asyncio
import time

import structlog

from media.placing import place_everywhere
from media.sweeping import sweep
from media.workshop import Workshop

_log = structlog.get_logger("worker")

#: Changes of contents are followed at once; this is for whatever changed without a word.
_PLACE_SECONDS = 120.0
_SWEEP_SECONDS = 3600.0


class Caretaker:
    """Goes round until stopped."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._next_sweep = 0.0

    async def run(self) -> None:
        """Go round until cancelled; a store or database that fails is logged and outlived."""
        while True:
            try:
                await self.turn()
            except Exception:  # noqa: BLE001  the worker outlives whatever goes wrong
                _log.exception("media.failed")
            await asyncio.sleep(_PLACE_SECONDS)

    async def turn(self) -> None:
        """One round."""
        await self._shop.store.prepare()
        await place_everywhere(self._shop)
        if time.monotonic() >= self._next_sweep:
            await sweep(self._shop)
            self._next_sweep = time.monotonic() + _SWEEP_SECONDS
