"""The local store over HTTP: its files with ranges, and a door for uploads."""

import base64
import stat

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from app.uploads.parts import Part
from media import keys
from media.local import LocalStore
from media.receiving import NotAsAnnounced
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
    receive = _part if "part" in request.query_params else _whole
    try:
        await receive(request, store, key)
    except (NotAsAnnounced, ClientDisconnect):
        raise HTTPException(400) from None
    except FileNotFoundError:
        raise HTTPException(404) from None
    return Response(status_code=204, headers=HEADERS)


async def _whole(request: Request, store: LocalStore, key: str) -> None:
    size, kind = _number(request, "size"), request.query_params.get("type", "")
    until, given = _number(request, "until"), request.query_params.get("signature", "")
    if not store.may_put(key, kind, size, until=until, given=given):
        raise HTTPException(403)
    if request.headers.get("content-type") != kind:
        raise HTTPException(415)
    _check_length(request, size)
    await store.receive(key, request.stream(), size, md5=_digest(request))


async def _part(request: Request, store: LocalStore, key: str) -> None:
    part = Part(_number(request, "part"), _number(request, "size"))
    until, given = _number(request, "until"), request.query_params.get("signature", "")
    if not store.may_put_part(key, part, until=until, given=given):
        raise HTTPException(403)
    _check_length(request, part.size)
    await store.receive_part(key, part, request.stream(), md5=_digest(request))


def _check_length(request: Request, size: int) -> None:
    if request.headers.get("content-length", str(size)) != str(size):
        raise HTTPException(400)


def _digest(request: Request) -> bytes | None:
    """The MD5 that the sender told of, as S3 takes it (RFC 1864)."""
    if (told := request.headers.get("content-md5")) is None:
        return None
    try:
        return base64.b64decode(told, validate=True)
    except ValueError:
        raise HTTPException(400) from None


async def _allow(_request: Request) -> Response:
    """Browsers ask before a page of another origin may send a file."""
    allowed = {"Methods": "PUT", "Headers": "Content-Type, Content-MD5"}
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
