"""What a viewer sees inside a write: read by its session, of the moment that decides."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.models import Content, ContentStatus
from app.content.queries import visibility, visible_to
from app.database.statements import Among, Statement
from app.database.writing import read
from app.errors import Conflict, NotFound
from app.organizations.models import Organization
from app.visibility import Viewer


class Place(NamedTuple):
    """A content that the viewer sees, as far as it matters to what members do there."""

    content_id: int
    author_id: int
    title: str
    status: ContentStatus
    audience_key: str
    organization_id: int
    path: str


_SEEN = (
    sa.select(
        col(Content.id),
        col(Content.author_id),
        col(Content.title),
        col(Content.status),
        col(Content.audience_key),
        col(Organization.id),
        col(Organization.path),
    )
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Content.id), "ids"), visible_to())
)
_PLACES = Statement(Place, _SEEN)
# Not the key: whoever adds a row about the content need not wait.
_LOCKED = Statement(Place, _SEEN.with_for_update(of=Content, key_share=True))


async def seen(
    session: AsyncSession, viewer: Viewer, ids: Iterable[int], *, locked: bool = False
) -> dict[int, Place]:
    """Those of the contents that ``viewer`` sees; ``locked`` until the commit.

    A deed that only adds a row needs no lock: what is archived at that moment is archived after
    it. Deeds that look and then write take turns at one content by ``locked``.
    """
    statement = _LOCKED if locked else _PLACES
    rows = await read(session, statement, ids=list(ids), **visibility(viewer))
    return {row.content_id: row for row in rows}


async def require_seen(
    session: AsyncSession, viewer: Viewer, content_id: int, *, locked: bool = False
) -> Place:
    """The content of ``input.contentId``; NotFound where ``viewer`` does not see it."""
    found = await seen(session, viewer, [content_id], locked=locked)
    if content_id not in found:
        raise NotFound("内容不存在或不可见", "input", "contentId")
    return found[content_id]


async def require_published(
    session: AsyncSession, viewer: Viewer, content_id: int, *, locked: bool = False
) -> Place:
    """As :func:`require_seen`; Conflict where it is not published, and members do nothing there."""
    found = await require_seen(session, viewer, content_id, locked=locked)
    if found.status is not ContentStatus.PUBLISHED:
        raise Conflict("内容尚未发布", "input", "contentId")
    return found
