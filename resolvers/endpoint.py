"""POST /graphql: GraphQL over HTTP, as its specification says."""

from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.errors import Refusal
from resolvers.negotiation import MediaType, answer_type, require_json
from resolvers.refusals import HttpRefusal, http_headers, http_status
from resolvers.request_body import read_body, request_in_body, request_in_url
from schema.operations.documents import Documents
from schema.operations.execution import Answer, GraphQLRequest, execute
from schema.operations.failures import RequestCode, internal_error, refused

ContextFor = Callable[[Request], Awaitable[object]]

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}


def graphql_endpoint(
    documents: Documents, *, context_for: ContextFor, production: bool, seconds: float = 10.0
) -> Route:
    """Make the route ``/graphql`` over the documents of one schema.

    ``context_for`` makes the context of each request and may refuse it: the refusal becomes the
    HTTP status (401 for a token that has ended) whichever media type the client accepts. An
    operation that takes longer than ``seconds`` is stopped. In production, queries come by POST
    only.
    """
    endpoint = _Endpoint(documents, context_for, gets=not production, seconds=seconds)
    return Route("/graphql", endpoint, name="graphql")


class _Endpoint:
    """An ASGI application, so that it sees every method of the route."""

    def __init__(
        self, documents: Documents, context_for: ContextFor, *, gets: bool, seconds: float
    ) -> None:
        self._documents = documents
        self._context_for = context_for
        self._methods = ("GET", "POST") if gets else ("POST",)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Exception as error:  # noqa: BLE001  logged there, and masked
            response = _response({"errors": [internal_error(error)]}, MediaType.JSON, 500)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        media_type = MediaType.JSON
        try:
            media_type = answer_type(request.headers)
            asked = await self._asked(request)
            context = await self._context_for(request)
        except Refusal as refusal:
            answer: Answer = {"errors": [refused(refusal)]}
            return _response(answer, media_type, http_status(refusal), http_headers(refusal))
        mutations = request.method == "POST"
        answer = await execute(
            self._documents, asked, context, allow_mutations=mutations, seconds=self._seconds
        )
        if not mutations and _is_not_allowed(answer):
            return _response(answer, media_type, 405, {"Allow": "POST"})
        is_run = "data" in answer or media_type is MediaType.JSON
        return _response(answer, media_type, 200 if is_run else 400)

    async def _asked(self, request: Request) -> GraphQLRequest:
        if request.method not in self._methods:
            allow = {"Allow": ", ".join(self._methods)}
            raise HttpRefusal(405, "请用 POST 提交 GraphQL 操作", headers=allow)
        if request.method == "GET":
            return request_in_url(request.query_params)
        require_json(request.headers)
        return request_in_body(await read_body(request))


def _is_not_allowed(answer: Answer) -> bool:
    codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
    return RequestCode.OPERATION_NOT_ALLOWED in codes


def _response(
    answer: Answer, media_type: MediaType, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(answer),
        status,
        headers={**_HEADERS, **(headers or {})},
        media_type=f"{media_type}; charset=utf-8",
    )
