"""Views: which members opened a content."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.content.models import Content
from app.content.seeing import require_published
from app.database.columns import now
from app.database.writing import add_once
from app.engagement.models import ContentView
from app.visibility import Viewer


async def view(session: AsyncSession, viewer: Viewer, content_id: int) -> bool:
    """Note that the member opened a published content; False where they had before."""
    await require_published(session, viewer, content_id)
    key = {"member_id": viewer.member_id, "content_id": content_id}
    if not await add_once(session, ContentView, **key, created_at=now()):
        return False
    counted = {"view_count": col(Content.view_count) + 1}
    await session.execute(sa.update(Content).where(col(Content.id) == content_id).values(counted))
    return True
