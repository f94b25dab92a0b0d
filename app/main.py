"""The ASGI application: routes, and what surrounds every request."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.attending import keep_inquiries, keep_synonyms
from app.audit.actions import Origin
from app.health import health, ready
from app.logs import configure_logs
from app.metrics import Metrics, RequestLog
from app.migrations import upgrade
from app.platform import open_platform
from app.settings import Settings
from app.worker import Worker
from media.playing import play_route
from media.serving import media_routes
from resolvers.connections import Connections
from resolvers.endpoint import graphql_endpoint
from resolvers.explorer import explorer_routes
from resolvers.links import link_route
from resolvers.root import graph
from resolvers.websocket import GraphQLSocket
from schema.context import Context
from schema.operations.documents import Documents
from schema.operations.limits import Limits
from schema.operations.pages import Pages
from schema.operations.persisted import PersistedOperations, read_manifest


def create_app(settings: Settings, *, with_worker: bool = True) -> Starlette:
    """Make the application; its engines open when it starts and close when it ends.

    ``with_worker`` runs a worker beside the requests, as one machine wants it.
    """
    configure_logs(settings)
    seconds = settings.page_cache_seconds
    pages = Pages(seconds) if seconds else None
    documents = Documents(
        graph,
        Limits(),
        suggestions=not settings.production,
        persisted=_persisted(settings),
        pages=pages,
    )

    connections = Connections(
        per_member=settings.connections_per_member, per_address=settings.connections_per_address
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_platform(settings) as platform:
            await upgrade(platform.database)
            app.state.platform = platform
            app.state.metrics = Metrics(platform, documents, connections)
            if pages is not None:
                platform.database.on_commit.append(pages.forget)
            # What is loaded by now stays: collections that walk it would stop the loop for 60 ms.
            gc.collect()
            gc.freeze()
            beside = [keep_inquiries(platform), keep_synonyms(platform)]
            if with_worker:
                beside.append(Worker(platform).run())
            async with _running(beside):
                yield

    return Starlette(
        routes=_routes(settings, documents, connections),
        lifespan=lifespan,
        middleware=[Middleware(RequestLog)],
    )


def _persisted(settings: Settings) -> PersistedOperations:
    path = settings.persisted_operations
    manifest = {} if path is None else read_manifest(path)
    return PersistedOperations(manifest, trusted_only=settings.trusted_documents)


def _routes(settings: Settings, documents: Documents, connections: Connections) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        graphql_endpoint(
            documents,
            context_for=_context,
            production=settings.production,
            seconds=settings.operation_timeout_seconds,
            connections=connections,
        ),
        GraphQLSocket(
            documents=documents,
            context_for=_context_of,
            connections=connections,
            seconds=settings.operation_timeout_seconds,
            check_seconds=settings.live_check_seconds,
        ).route(),
        Route("/health", health),
        Route("/ready", ready),
        Route("/metrics", _metrics),
        link_route(),
        play_route(),
        *media_routes(),
    ]
    if not settings.production:
        routes += [*explorer_routes(), Route("/", _home)]
    return routes


async def _metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    return await metrics.show()


async def _home(_request: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _context(request: Request) -> Context:
    return await _context_of(request, None)


async def _context_of(connection: HTTPConnection, authorization: str | None) -> Context:
    """Who asks by what a connection said itself, else by its headers."""
    platform = connection.app.state.platform
    said = authorization or connection.headers.get("authorization", "")
    scheme, _, token = said.partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    address = connection.client.host if connection.client else ""
    # A socket is no request, and has no line of its own in the log.
    origin = Origin(getattr(connection.state, "request_id", ""), address)
    return Context(platform, await platform.sessions.viewer(bearer), origin)


@asynccontextmanager
async def _running(beside: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run these beside the requests, and have each come to its end with them."""
    tasks = [asyncio.create_task(one) for one in beside]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
