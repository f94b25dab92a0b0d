"""Serving the local store's files over HTTP, with ranges."""

import stat

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from media.local import LocalStore

# Our own table: what a file is called decides how it is served, never what an uploader said.
_TYPES = {
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt; charset=utf-8",
}
_HEADERS = {
    # Keys name their content, so what is cached never goes stale.
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def media_route(store: LocalStore) -> Route:
    """The route ``/media/{key}`` over ``store``; 404 for whatever is none of its files."""

    async def serve(request: Request) -> Response:
        try:
            path = store.path(request.path_params["key"])
            found = path.stat()
        except (ValueError, OSError):
            raise HTTPException(404) from None
        if not stat.S_ISREG(found.st_mode):
            raise HTTPException(404)
        media_type = _TYPES[path.suffix]
        return FileResponse(path, headers=_HEADERS, media_type=media_type, stat_result=found)

    return Route("/media/{key:path}", serve, methods=["GET"], name="media")
