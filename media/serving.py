"""The local store over HTTP: its files with ranges, and a door for uploads."""

import stat

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from media import keys
from media.local import LocalStore, WrongSize
from media.signing import LINK_SECONDS

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # What may be fetched is in the link, never in a cookie: any page may fetch what it has.
    "Access-Control-Allow-Origin": "*",
}
# Keys name their content, so what is cached never goes stale.
_OPEN = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
_CLOSED = {**HEADERS, "Cache-Control": f"private, max-age={LINK_SECONDS}"}


def media_routes() -> list[Route]:
    """``/media/{key}`` over the platform's store; 404 where that is not the local one."""
    return [
        Route("/media/{key:path}", _serve, methods=["GET"], name="media"),
        Route("/media/{key:path}", _receive, methods=["PUT"], name="upload"),
        Route("/media/{key:path}", _allow, methods=["OPTIONS"]),
    ]


async def _serve(request: Request) -> Response:
    store, key = _store(request), request.path_params["key"]
    if not keys.is_published(key):
        raise HTTPException(404)
    if keys.is_closed(key) and not store.may_get(
        key, _number(request, "until"), request.query_params.get("signature", "")
    ):
        raise HTTPException(403)
    path = store.path(key)
    try:
        found = path.stat()
    except OSError:
        raise HTTPException(404) from None
    if not stat.S_ISREG(found.st_mode):
        raise HTTPException(404)
    headers = _CLOSED if keys.is_closed(key) else _OPEN
    return FileResponse(path, headers=headers, media_type=keys.content_type(key), stat_result=found)


async def _receive(request: Request) -> Response:
    store, key = _store(request), request.path_params["key"]
    if not keys.is_quarantined(key):
        raise HTTPException(404)
    size, kind = _number(request, "size"), request.query_params.get("type", "")
    until, given = _number(request, "until"), request.query_params.get("signature", "")
    if not store.may_put(key, kind, size, until=until, given=given):
        raise HTTPException(403)
    if request.headers.get("content-type") != kind:
        raise HTTPException(415)
    if request.headers.get("content-length", str(size)) != str(size):
        raise HTTPException(400)
    try:
        await store.receive(key, request.stream(), size)
    except (WrongSize, ClientDisconnect):
        raise HTTPException(400) from None
    return Response(status_code=204, headers=HEADERS)


async def _allow(_request: Request) -> Response:
    """Browsers ask before a page of another origin may send a file."""
    allowed = {"Methods": "PUT", "Headers": "Content-Type"}
    headers = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()}
    return Response(status_code=204, headers={**HEADERS, **headers})


def _store(request: Request) -> LocalStore:
    store = request.app.state.platform.media
    if not isinstance(store, LocalStore):
        raise HTTPException(404)
    return store


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
