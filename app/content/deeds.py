"""What members' deeds on contents are called in the points ledger."""

from datetime import datetime

from app.points.actions import Deed
from app.points.models import Action
from app.subjects import Subject, SubjectKind


def like_deed(content_id: int, member_id: int, *, at: datetime | None = None) -> Deed:
    """A like; taken back and given again it is the same one."""
    return _on_content(Action.LIKE, content_id, member_id, f"like/{member_id}", at=at)


def comment_deed(comment_id: int, author_id: int, *, at: datetime | None = None) -> Deed:
    """A comment; restored it is the same one."""
    key = f"comment/{comment_id}"
    return Deed(Action.COMMENT, author_id, Subject(SubjectKind.COMMENT, comment_id), key, at)


def share_deed(content_id: int, member_id: int) -> Deed:
    """The first link that a member made to a content, whatever the channel."""
    return _on_content(Action.SHARE, content_id, member_id, f"share/{member_id}")


def opening_deed(content_id: int, sharer_id: int, opener_id: int) -> Deed:
    """A member's first opening of what another shared, through whichever link."""
    key = f"share/{sharer_id}/opened/{opener_id}"
    return _on_content(Action.SHARE_OPENED, content_id, sharer_id, key)


def study_deed(content_id: int, member_id: int) -> Deed:
    """A lecture watched to its end."""
    return _on_content(Action.STUDY, content_id, member_id, f"study/{member_id}")


def _on_content(
    action: Action, content_id: int, member_id: int, name: str, *, at: datetime | None = None
) -> Deed:
    subject = Subject(SubjectKind.CONTENT, content_id)
    return Deed(action, member_id, subject, f"content/{content_id}/{name}", at)
