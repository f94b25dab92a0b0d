"""The server under test: the platform, and beside it Q1's page written by hand.

What a framework adds to a page is its distance from ``/floor``: the same statements in the same
process for the same caller, rows → dicts → JSON. ``/uncached`` is the graph without kept pages.
"""

import asyncio
import sys
from binascii import b2a_base64
from typing import Any

import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.content.columns import columns_by_id
from app.content.models import ContentKind
from app.content.queries import ContentRow, FeedFilter, feed
from app.content.rules import live_state
from app.database.columns import now
from app.engagement.queries import CommentRow, MarkRow, comments, marks
from app.main import _context, create_app
from app.members.queries import MemberRow, members
from app.settings import Settings
from app.visibility import Viewer
from media.images import rendition, rendition_key
from media.port import MediaStore
from resolvers.endpoint import graphql_endpoint
from resolvers.root import graph
from schema.context import Platform
from schema.operations.documents import Documents
from schema.operations.limits import Limits
from schema.paging import LAST_ID
from schema.showcase import feed_cursor

_FIRST = 20
_COMMENTS = 2
_NAMES = {
    ContentKind.NEWS: "NewsItem",
    ContentKind.MICRO_LECTURE: "MicroLecture",
    ContentKind.LIVE_STREAM: "LiveStream",
    ContentKind.SHOWCASE: "ShowcaseEntry",
}


async def floor(request: Request) -> Response:
    """Q1's answer."""
    platform: Platform = request.app.state.platform
    token = request.headers["authorization"].removeprefix("Bearer ")
    viewer = await platform.sessions.viewer(token)
    answer = {"data": {"feed": await _page(platform, viewer)}}
    return Response(orjson.dumps(answer), media_type="application/json")


async def _page(platform: Platform, viewer: Viewer) -> dict[str, Any]:
    database, media = platform.database, platform.media
    found = await feed(database, viewer, FeedFilter(), first=_FIRST + 1, after=None)
    rows = found[:_FIRST]
    ids = [row.id for row in rows]
    reads = (
        members(database, list({row.author_id for row in rows})),
        marks(database, viewer, ids),
        comments(database, viewer, ids, first=_COMMENTS + 1, before=LAST_ID),
        columns_by_id(database, list({row.column_id for row in rows if row.column_id})),
    )
    if database.dialect == "postgresql":
        authors, marked, remarks, columns = await asyncio.gather(*reads)
    else:
        authors, marked, remarks, columns = [await read for read in reads]
    edges = [
        {
            "cursor": feed_cursor(row),
            "node": _card(media, row, authors[row.author_id], mark=marked[row.id])
            | {"comments": {"edges": [_comment(one) for one in remarks[row.id][:_COMMENTS]]}}
            | _beside(row, columns),
        }
        for row in rows
    ]
    more, end = len(found) > _FIRST, edges[-1]["cursor"] if edges else None
    return {"edges": edges, "pageInfo": {"hasNextPage": more, "endCursor": end}}


def _card(media: MediaStore, row: ContentRow, author: MemberRow, *, mark: MarkRow) -> Any:
    name = _NAMES[row.kind]
    return {
        "__typename": name,
        "id": _id(name, row.id),
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "tags": row.tags,
        "publishedAt": row.published_at,
        "likeCount": row.like_count,
        "shareCount": row.share_count,
        "commentCount": row.comment_count,
        "viewerHasLiked": mark.liked,
        "cover": row.cover_id
        and {
            "id": _id("Image", row.cover_id),
            "url": _url(media, row.cover_key, row.cover_widths, width=640),
            "width": row.cover_width,
            "height": row.cover_height,
            "alt": row.cover_alt,
        },
        "author": {
            "id": _id("Member", author.id),
            "name": author.name,
            "avatar": author.avatar_id
            and {
                "id": _id("Image", author.avatar_id),
                "url": _url(media, author.avatar_key, author.avatar_widths, width=96),
            },
        },
        "organization": {
            "id": _id("Organization", row.organization_id),
            "name": row.organization_name,
        },
    }


def _comment(row: CommentRow) -> dict[str, Any]:
    return {
        "node": {
            "id": _id("Comment", row.id),
            "body": "" if row.removed_at else row.body,
            "createdAt": row.created_at,
            "author": {"id": _id("Member", row.author_id), "name": row.author_name},
        }
    }


def _beside(row: ContentRow, columns: Any) -> dict[str, Any]:
    match row.kind:
        case ContentKind.MICRO_LECTURE:
            return {"lecturer": row.lecturer, "durationSeconds": row.duration_seconds}
        case ContentKind.LIVE_STREAM:
            state = live_state(row, now())
            return {"streamUrl": row.stream_url, "startsAt": row.starts_at, "state": state}
        case ContentKind.SHOWCASE:
            column = columns[row.column_id]
            return {"column": {"id": _id("ShowcaseColumn", column.id), "title": column.title}}
        case _:
            return {}


def _url(media: MediaStore, key: Any, widths: Any, *, width: int) -> str:
    return media.url(rendition_key(key, rendition(widths, width)))


def _id(name: str, key: int) -> str:
    return b2a_base64(f"{name}:{key}".encode(), newline=False).decode()


def _uncached() -> Route:
    """The door to the graph once more, behind which every answer is made for the one who asks."""
    documents = Documents(graph, Limits(), suggestions=False)
    door = graphql_endpoint(documents, context_for=_context, production=True)
    return Route("/uncached", door.endpoint)


def serve(port: int) -> None:
    """Serve as ``python -m app serve`` does, with two routes more."""
    application = create_app(Settings())
    application.router.routes += [Route("/floor", floor), _uncached()]
    uvicorn.run(application, host="127.0.0.1", port=port, log_config=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
