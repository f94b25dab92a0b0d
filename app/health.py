"""Whether the process is alive, and whether each of its parts can serve."""

import asyncio
from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.migrations import pending
from schema.context import Platform

_PATIENCE_SECONDS = 2.0
#: With an engine standing in for another, members are served.
_SERVING = frozenset({"ready", "embedded stands in"})


async def health(_request: Request) -> JSONResponse:
    """Answer that the process lives; asks nothing of any engine."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> JSONResponse:
    """Tell each part, its engine and its state; 503 while one of them cannot serve."""
    platform: Platform = request.app.state.platform
    parts = {
        "database": {
            "engine": platform.database.dialect,
            "state": await _state(_database(platform)),
        },
        "search": {"engine": platform.search.name, "state": await _state(_search(platform))},
        "media": {"engine": platform.media.name, "state": await _state(_media(platform))},
    }
    good = all(part["state"] in _SERVING for part in parts.values())
    return JSONResponse(
        {"status": "ready" if good else "unavailable", "parts": parts}, 200 if good else 503
    )


async def _state(checking: Awaitable[str]) -> str:
    """What a check says; "unavailable" where it fails or takes too long, never why."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await checking
    except Exception:  # noqa: BLE001  whatever is wrong with a part, the others are still told
        return "unavailable"


async def _database(platform: Platform) -> str:
    if not await platform.database.ready():
        return "unavailable"
    return "migration pending" if await pending(platform.database) else "ready"


async def _search(platform: Platform) -> str:
    state = await platform.search.state()
    if state.needs_rebuild:
        return "rebuild needed"
    return "ready" if state.stand_in is None else f"{state.stand_in} stands in"


async def _media(platform: Platform) -> str:
    return "ready" if await platform.media.ready() else "unavailable"
