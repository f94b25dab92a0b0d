"""Playing closed videos: links that last as long as a film, and end with the right to see it.

A link that is good for minutes would stop a film in its middle; one that is good for hours would
outlive the right to see it. So a link names who plays what, and at each step the platform looks
whether they still may: playlists are given out here, segments are sent for to the store.
"""

import time
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.content.pictures import visible_videos
from app.database import Database
from app.errors import Unavailable
from app.members.queries import viewer_of_session
from app.visibility import NOBODY
from media import keys
from media.patience import answered
from media.serving import HEADERS
from media.signing import is_signed, signature, window_start

#: One link for this long; it is good for twice as long from the window's beginning.
_WINDOW_SECONDS = 6 * 3600
#: How long a right to see a video is believed without asking the database.
_BELIEVED_SECONDS = 30.0
_REMEMBERED = 10_000
_HEADERS = {**HEADERS, "Cache-Control": "private, no-store"}


class _Play(NamedTuple):
    """Who plays what; session 0 is nobody's."""

    video_id: int
    session_id: int
    until: int


def play_url(signing_key: bytes, video_id: int, session_id: int | None, name: str) -> str:
    """Where whoever holds the session plays a file of a closed video."""
    until = window_start(time.time(), _WINDOW_SECONDS) + 2 * _WINDOW_SECONDS
    parts = (video_id, session_id or 0, until)
    token = ".".join([*map(str, parts), signature(signing_key, "play", *parts)])
    return f"/media/play/{token}/{name}"


def play_route() -> Route:
    """``/media/play/{token}/{name}``, for the whole platform whichever its store is."""
    believed: dict[_Play, tuple[float, str]] = {}

    async def play(request: Request) -> Response:
        platform: Any = request.app.state.platform
        wanted = _read(platform.settings.signing_key, request.path_params["token"])
        if wanted is None:
            raise HTTPException(403)
        ends, folder = believed.get(wanted, (0.0, ""))
        if time.monotonic() >= ends:
            folder = await _visible(platform.database, wanted)
            if len(believed) >= _REMEMBERED:
                believed.clear()
            believed[wanted] = time.monotonic() + _BELIEVED_SECONDS, folder
        return await _give(platform.media, folder, request.path_params["name"])

    return Route("/media/play/{token}/{name:path}", play, methods=["GET"], name="play")


async def _give(store: Any, folder: str, name: str) -> Response:
    key = f"{folder}/{name}"
    if not folder or not keys.is_published(key):
        raise HTTPException(403 if not folder else 404)
    if not name.endswith(".m3u8"):
        return RedirectResponse(store.url(key), 307, headers=_HEADERS)
    try:
        playlist = await answered(store.read(key))
    except Unavailable:
        raise HTTPException(503) from None
    if playlist is None:
        raise HTTPException(404)
    return Response(playlist, headers=_HEADERS, media_type=keys.content_type(key))


async def _visible(database: Database, wanted: _Play) -> str:
    """The key of the video, empty where its player may not see it (any longer)."""
    viewer = NOBODY
    if wanted.session_id:
        viewer = await viewer_of_session(database, wanted.session_id) or NOBODY
    found = await visible_videos(database, viewer, [wanted.video_id])
    return found[wanted.video_id].object_key if found else ""


def _read(signing_key: bytes, token: str) -> _Play | None:
    *numbers, given = token.split(".")
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() and len(n) < 20 for n in numbers):
        return None
    wanted = _Play(*map(int, numbers))
    good = is_signed(signing_key, given, wanted.until, "play", *wanted[:2])
    return wanted if good else None
