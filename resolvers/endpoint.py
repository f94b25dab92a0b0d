"""POST /graphql: GraphQL over HTTP, as its specification says."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Refusal
from app.visibility import NOBODY
from resolvers.connections import Connections
from resolvers.event_stream import EventStream
from resolvers.negotiation import MediaType, answer_type, require_json, takes_event_stream
from resolvers.refusals import HttpRefusal, http_headers, http_status
from resolvers.request_body import read_body, request_in_body, request_in_url
from schema.context import Context
from schema.operations.documents import Documents
from schema.operations.execution import Answer, GraphQLRequest, execute
from schema.operations.failures import RequestCode, internal_error, refused
from schema.operations.subscriptions import is_subscription, run

ContextFor = Callable[[Request], Awaitable[object]]

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}


def graphql_endpoint(
    documents: Documents,
    *,
    context_for: ContextFor,
    production: bool,
    seconds: float = 10.0,
    connections: Connections | None = None,
) -> Route:
    """Make the route ``/graphql`` over the documents of one schema.

    ``context_for`` makes the context of each request and may refuse it: the refusal becomes the
    HTTP status (401 for a token that has ended) whichever media type the client accepts. An
    operation that takes longer than ``seconds`` is stopped. In production, queries come by POST
    only. ``connections`` bounds the streams that stay open.
    """
    endpoint = _Endpoint(
        documents,
        context_for,
        methods=("POST",) if production else ("GET", "POST"),
        seconds=seconds,
        connections=connections or Connections(),
    )
    return Route("/graphql", endpoint, name="graphql")


class _Endpoint:
    """An ASGI application, so that it sees every method of the route."""

    def __init__(
        self,
        documents: Documents,
        context_for: ContextFor,
        *,
        methods: tuple[str, ...],
        seconds: float,
        connections: Connections,
    ) -> None:
        self._documents = documents
        self._context_for = context_for
        self._methods = methods
        self._seconds = seconds
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Exception as error:  # noqa: BLE001  logged there, and masked
            response = _response({"errors": [internal_error(error)]}, MediaType.JSON, 500)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> ASGIApp:
        media_type = MediaType.JSON
        try:
            media_type = answer_type(request.headers)
            asked = await self._asked(request)
            context = await self._context_for(request)
            if self._is_streamed(request, media_type, asked):
                media_type = MediaType.EVENT_STREAM
                answer = await self._open_stream(request, asked, context)
            else:
                answer = await self._answer(request, asked, context)
        except Refusal as refusal:
            answer = {"errors": [refused(refusal)]}
            return _response(answer, media_type, http_status(refusal), http_headers(refusal))
        if isinstance(answer, EventStream):
            return answer
        if request.method != "POST" and _is_not_allowed(answer):
            return _response(answer, media_type, 405, {"Allow": "POST"})
        is_run = "data" in answer or media_type is MediaType.JSON
        return _response(answer, media_type, 200 if is_run else 400)

    def _is_streamed(self, request: Request, media_type: MediaType, asked: GraphQLRequest) -> bool:
        """Whether events are sent: to those who prefer them, and of a subscription to all."""
        if media_type is MediaType.EVENT_STREAM:
            return True
        return takes_event_stream(request.headers) and is_subscription(self._documents, asked)

    async def _answer(self, request: Request, asked: GraphQLRequest, context: object) -> Answer:
        mutations = request.method == "POST"
        return await execute(
            self._documents, asked, context, allow_mutations=mutations, seconds=self._seconds
        )

    async def _open_stream(
        self, request: Request, asked: GraphQLRequest, context: object
    ) -> EventStream | Answer:
        """A stream, or an answer without data where nothing is run."""
        viewer = context.viewer if isinstance(context, Context) else NOBODY
        with ExitStack() as held:
            held.enter_context(self._connections.held("event_stream", request))
            held.enter_context(self._connections.held_by(viewer.member_id))
            mutations = request.method == "POST"
            answers = await run(
                self._documents, asked, context, allow_mutations=mutations, seconds=self._seconds
            )
            if isinstance(answers, dict) and "data" not in answers:
                return answers
            if not isinstance(answers, dict):
                held.enter_context(self._connections.subscription())
            return EventStream(answers, held.pop_all())

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
    if media_type is MediaType.EVENT_STREAM:
        media_type = MediaType.GRAPHQL  # what is no stream says so by its status
    return Response(
        orjson.dumps(answer),
        status,
        headers={**_HEADERS, **(headers or {})},
        media_type=f"{media_type}; charset=utf-8",
    )
