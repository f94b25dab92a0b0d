"""Links over HTTP: ``GET /s/<code>`` leads to the client's page, whoever follows it."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.content.queries import ContentRow
from app.sharing.queries import link
from schema.context import Platform
from schema.nodes import id_without_row


async def follow(request: Request) -> Response:
    """Redirect to the page of ``CONTENT_URL``; without one, answer what the page would need.

    Nothing is counted, since nobody is known to be a member here, and nothing is told but an
    opaque id: whether the content may be seen is decided when the client asks for it.
    """
    platform: Platform = request.app.state.platform
    code = request.path_params["code"]
    found = await link(platform.database, code)
    if found is None:
        return PlainTextResponse("链接不存在", 404)
    key = id_without_row(ContentRow, found.content_id, kind=found.kind)
    if (pattern := platform.settings.content_url) is None:
        return JSONResponse({"id": key, "code": code})
    page = pattern.replace("{id}", quote(key, safe="")).replace("{code}", code)
    return RedirectResponse(page, 302)


def link_route() -> Route:
    """The route of shared links."""
    return Route("/s/{code}", follow, methods=["GET"])
