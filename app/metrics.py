"""What ``/metrics`` tells, and the middleware that measures requests."""

import re
import time
import uuid

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import jobs
from resolvers.connections import Connections
from schema.context import Platform
from schema.operations.documents import Documents
from schema.operations.pages import Pages

_log = structlog.get_logger("http")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Probes come every few seconds and say nothing new.
_QUIET = frozenset({"/health", "/ready", "/metrics"})
_KNOWN = ("/graphql", "/graphiql", "/media", *_QUIET)


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self, platform: Platform, documents: Documents, connections: Connections) -> None:
        self._platform = platform
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests", "Requests answered.", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_seconds", "Time to the last byte.", ["route"], registry=self.registry
        )
        statements = Gauge("sql_statements", "SQL statements sent.", registry=self.registry)
        statements.set_function(lambda: platform.database.statements)
        fallbacks = Gauge(
            "graphql_plan_fallbacks_total",
            "Queries whose plan failed, so that graphql-core ran them again.",
            registry=self.registry,
        )
        fallbacks.set_function(lambda: documents.fallbacks)
        self._connections = connections
        self._open = Gauge(
            "open_connections", "Connections that stay open.", ["kind"], registry=self.registry
        )
        running = Gauge("subscriptions", "Subscriptions that run.", registry=self.registry)
        running.set_function(lambda: connections.subscriptions)
        if documents.pages is not None:
            self._show_pages(documents.pages)
        self._jobs = Gauge("jobs", "Jobs in the outbox.", ["state"], registry=self.registry)

    def _show_pages(self, pages: Pages) -> None:
        for name, told, count in (
            ("made", "Answers made for a whole audience.", lambda: pages.made),
            ("shown", "Answers given from one of them.", lambda: pages.shown),
            ("failures", "Those that could not be made or shown.", lambda: pages.failures),
        ):
            gauge = Gauge(f"graphql_pages_{name}_total", told, registry=self.registry)
            gauge.set_function(count)

    async def show(self) -> Response:
        """Answer in Prometheus's text format."""
        for state, count in (await jobs.counts(self._platform.database)).items():
            self._jobs.labels(state).set(count)
        for kind, count in self._connections.open.items():
            self._open.labels(kind).set(count)
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


class RequestLog:
    """Gives each request an id, for its log lines and its answer, and measures it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass HTTP requests on, measured; everything else as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _measure(scope, status, time.perf_counter() - begun)


def _request_id(headers: Headers) -> str:
    """The caller's id where it is harmless to log, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _measure(scope: Scope, status: int, seconds: float) -> None:
    path = scope["path"]
    route = next((known for known in _KNOWN if path.startswith(known)), "other")
    metrics: Metrics = scope["app"].state.metrics
    metrics.requests.labels(route, str(status)).inc()
    metrics.seconds.labels(route).observe(seconds)
    if path not in _QUIET:
        _log.info(
            "request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1)
        )
