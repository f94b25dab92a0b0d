"""What members' deeds on contents are called in the points ledger."""

from datetime import datetime

from app.points.actions import Deed
from app.points.models import Action
from app.subjects import Subject, SubjectKind


def like_deed(content_id: int, member_id: int, *, at: datetime | None = None) -> Deed:
    """A like; taken back and given again it is the same one."""
    key = f"content/{content_id}/like/{member_id}"
    return Deed(Action.LIKE, member_id, Subject(SubjectKind.CONTENT, content_id), key, at)


def comment_deed(comment_id: int, author_id: int, *, at: datetime | None = None) -> Deed:
    """A comment."""
    key = f"comment/{comment_id}"
    return Deed(Action.COMMENT, author_id, Subject(SubjectKind.COMMENT, comment_id), key, at)
