"""The index in use, as it is at this moment, whoever wrote to it last."""

import contextlib
import threading

from search.embedded.index import BrokenIndex, Index, Snapshot
from search.embedded.opening import open_current
from search.embedded.shelf import Shelf

# A swap may clear away the index that we are about to open; the next name is then in place.
_ATTEMPTS = 3


class Reader:
    """Snapshots of the current index; may be used from any thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._stamp: tuple[str | None, int, int] | None = None
        self._index: Index | None = None
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """What can be found now; ``BrokenIndex`` where no index can be read."""
        with self._lock:
            for _ in range(_ATTEMPTS - 1):
                with contextlib.suppress(BrokenIndex):
                    return self._refreshed()
                self._stamp = None
            return self._refreshed()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._stamp = self._index = self._snapshot = None

    def _refreshed(self) -> Snapshot:
        stamp = self._shelf.stamp()
        if self._snapshot is None or stamp != self._stamp:
            if self._index is None or self._stamp is None or stamp[0] != self._stamp[0]:
                self._index = open_current(self._shelf)
            self._snapshot = self._index.snapshot()
            self._stamp = stamp
        return self._snapshot
