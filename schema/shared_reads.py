"""Reads that many wait for at once, done once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
_KEPT = 256


class SharedReads:
    """Reads by key, the last one of each kept for those who ask for nothing newer."""

    def __init__(self) -> None:
        self._reads: dict[Hashable, tuple[float, asyncio.Task[Any]]] = {}

    async def read(
        self, key: Hashable, load: Callable[[], Coroutine[Any, Any, T]], *, since: float
    ) -> T:
        """What ``load`` gives, or gave to another who asked for ``key``.

        The read has begun after ``since``, by the loop's clock.
        """
        begun, task = self._reads.get(key, (0.0, None))
        if task is None or begun <= since:
            if len(self._reads) >= _KEPT:
                self._reads.clear()
            task = asyncio.create_task(load())
            # Whoever waits is told of a failure; nobody may be left to wait.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._reads[key] = (asyncio.get_running_loop().time(), task)
        # Who goes away must not take the read from the others.
        found: T = await asyncio.shield(task)
        return found
