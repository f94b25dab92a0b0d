"""The engines under test, each with the sample library in its index."""

import pytest
from library import SHELVES, stream

from search.embedded import EmbeddedEngine


@pytest.fixture(params=["embedded"])
async def engine(request, tmp_path):
    """Every engine in turn."""
    engines = {"embedded": lambda: EmbeddedEngine(tmp_path / "index")}
    engine = engines[request.param]()
    await engine.rebuild(stream(SHELVES))
    yield engine
    await engine.close()
