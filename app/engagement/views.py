"""Views: which members opened a content."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.counting import count
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
    await count(session, content_id, view_count=1)
    return True
