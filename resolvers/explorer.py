"""GET /graphiql: our own GraphQL explorer, for developers."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_DIRECTORY = Path(__file__).parent / "explorer"
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def explorer_routes() -> list[Route]:
    """Make the routes of the page and its files; they are not for production."""
    files = {path.name: path.read_bytes() for path in sorted(_DIRECTORY.iterdir())}

    async def page(request: Request) -> Response:
        return _file("index.html", files)

    async def part(request: Request) -> Response:
        return _file(request.path_params["name"], files)

    return [Route("/graphiql", page), Route("/graphiql/{name}", part)]


def _file(name: str, files: dict[str, bytes]) -> Response:
    if name not in files:
        return PlainTextResponse("Not Found", 404)
    return Response(files[name], headers=_HEADERS, media_type=_MEDIA_TYPES[Path(name).suffix])
