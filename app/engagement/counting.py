"""The counters on a card, moved by the deeds that they count."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.content.models import Content
from app.database.writing import move


async def count(session: AsyncSession, content_id: int, **steps: int) -> None:
    """Move counters of the card; the database adds, so that two at once both count."""
    await move(session, Content, content_id, **steps)
