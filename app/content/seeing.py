"""What a viewer sees inside a write: read by its session, of the moment that decides."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.models import Content, ContentStatus
from app.content.queries import visibility, visible_to
from app.database.statements import Among
from app.errors import Conflict, NotFound
from app.organizations.models import Organization
from app.visibility import Viewer

_SEEN = (
    sa.select(col(Content.id), col(Content.status))
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Content.id), "ids"), visible_to())
)
# Not the key: whoever adds a row about the content need not wait.
_LOCKED = _SEEN.with_for_update(of=Content, key_share=True)


async def seen(
    session: AsyncSession, viewer: Viewer, ids: Iterable[int], *, locked: bool = False
) -> dict[int, ContentStatus]:
    """How far each content has come that ``viewer`` may see; ``locked`` until the commit.

    A deed that only adds a row needs no lock: what is archived at that moment is archived after
    it. Deeds that look and then write take turns at one content by ``locked``.
    """
    rows = await session.execute(
        _LOCKED if locked else _SEEN, {"ids": list(ids), **visibility(viewer)}
    )
    return {row.id: row.status for row in rows}


async def require_published(
    session: AsyncSession, viewer: Viewer, content_id: int, *, locked: bool = False
) -> None:
    """Refuse the content of ``input.contentId``: NotFound where unseen, Conflict if unpublished."""
    found = await seen(session, viewer, [content_id], locked=locked)
    if content_id not in found:
        raise NotFound("内容不存在或不可见", "input", "contentId")
    if found[content_id] is not ContentStatus.PUBLISHED:
        raise Conflict("内容尚未发布", "input", "contentId")
