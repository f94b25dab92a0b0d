"""What is announced of contents, to whoever watches one."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database.announcements import announce, hint


def card_topic(content_id: int) -> str:
    """Where it is announced that a card is another."""
    return f"content:{content_id}"


def comments_topic(content_id: int) -> str:
    """Where the ids of new comments are announced: those who read them do not watch likes."""
    return f"comments:{content_id}"


def changed(session: AsyncSession, content_id: int) -> None:
    """The card is another: its text, a counter, how it stands.

    A hint: likes come in storms, and whoever watches looks again within seconds anyway.
    """
    hint(session, card_topic(content_id))


def commented(session: AsyncSession, content_id: int, comment_id: int) -> None:
    """A comment was added."""
    announce(session, comments_topic(content_id), str(comment_id))
