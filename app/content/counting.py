"""The counters on a card, moved by the deeds that they count."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.announcing import changed
from app.content.models import Content
from app.database.writing import move


async def count(session: AsyncSession, content_id: int, **steps: int) -> None:
    """Move counters of the card, and tell those who watch it."""
    await move(session, Content, content_id, **steps)
    changed(session, content_id)
