"""The engines under test, each with the sample library in its index."""

from dataclasses import replace

import pytest
from library import SHELVES, stream

from search.embedded import EmbeddedEngine
from search.meilisearch import MeilisearchEngine
from search.synonyms import seeds


class Watched(MeilisearchEngine):
    """Knows whether a test wrote to it: only then is the library put back for the next."""

    written = True

    async def replace(self, units):
        self.written = True
        await super().replace(units)

    async def rebuild(self, units):
        self.written = True
        await super().rebuild(units)

    async def learn(self, synonyms):
        self.written = True
        await super().learn(synonyms)


@pytest.fixture(scope="session")
async def shared_meilisearch(meilisearch_access):
    # The limit of a search is for members; a test that shares its machine may wait.
    engine = Watched(replace(meilisearch_access, search_seconds=20.0))
    yield engine
    await engine.close()


@pytest.fixture
async def embedded_engine(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    await engine.rebuild(stream(SHELVES))
    yield engine
    await engine.close()


@pytest.fixture
async def meilisearch_engine(shared_meilisearch):
    if shared_meilisearch.written:
        await shared_meilisearch.learn(seeds())
        await shared_meilisearch.rebuild(stream(SHELVES))
        shared_meilisearch.written = False
    return shared_meilisearch


@pytest.fixture(params=["embedded", pytest.param("meilisearch", marks=pytest.mark.services)])
def engine(request):
    """Every engine in turn."""
    return request.getfixturevalue(f"{request.param}_engine")
