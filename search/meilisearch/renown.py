"""How often each title is named by the articles of other regulations."""

import time
from collections.abc import Mapping

from search.meilisearch.settings import Names
from search.meilisearch.wire import Wire
from search.ranking import renown

_SECONDS = 60
"""So old may the counts be: to count all takes longer than to search, and they change slowly."""


class Renown:
    """What regulations are known for, counted once a minute, and after what was written here."""

    def __init__(self, wire: Wire, names: Names) -> None:
        self._wire = wire
        self._names = names
        self._counted: Mapping[str, int] = {}
        self._until = 0.0

    def of(self, called: str) -> float:
        """The factor (``ranking.renown``) of a title, by its token."""
        if time.monotonic() >= self._until:
            self._count()
        return renown(self._counted.get(called, 0))

    def forget(self) -> None:
        """Count anew at next use."""
        self._until = 0.0

    def _count(self) -> None:
        query = {"indexUid": self._names.regulations, "q": "", "limit": 0, "facets": ["mentions"]}
        (answer,) = self._wire.ask([query])["results"]
        # The server leaves out a field that no document has.
        self._counted = answer["facetDistribution"].get("mentions", {})
        self._until = time.monotonic() + _SECONDS
