"""Pure rules of contents: who may do what, and how a live stream stands."""

import enum
from datetime import datetime
from typing import NamedTuple

from app.content.models import ContentStatus
from app.content.queries import ContentRow
from app.visibility import MODERATING_ROLES, Role, Viewer

_WRITERS = (Role.EDITOR, Role.ADMIN)
_DECIDERS = (Role.REVIEWER, Role.ADMIN)


class LiveState(enum.StrEnum):
    """How a live stream stands at an instant."""

    UPCOMING = "UPCOMING"
    LIVE = "LIVE"
    ENDED = "ENDED"
    REPLAY = "REPLAY"
    CANCELLED = "CANCELLED"


class Permissions(NamedTuple):
    """What a viewer may do with one content."""

    can_edit: bool
    can_review: bool
    can_publish: bool
    can_comment: bool
    can_moderate: bool


def permissions(viewer: Viewer, row: ContentRow) -> Permissions:
    """What ``viewer`` may do with a content that they see.

    Authors and editors of the subtree edit, reviewers decide, administrators do both; nobody
    publishes their own work except an administrator.
    """
    path, own = row.organization_path, viewer.signed_in and viewer.member_id == row.author_id
    decides = viewer.holds(_DECIDERS, path)
    alive = row.status is not ContentStatus.ARCHIVED
    return Permissions(
        can_edit=alive and (own or viewer.holds(_WRITERS, path)),
        can_review=row.status is ContentStatus.IN_REVIEW and decides,
        can_publish=alive and decides and (not own or viewer.holds((Role.ADMIN,), path)),
        can_comment=viewer.signed_in and row.status is ContentStatus.PUBLISHED,
        can_moderate=viewer.holds(MODERATING_ROLES, path),
    )


def live_state(row: ContentRow, at: datetime) -> LiveState:
    """How the live stream ``row`` stands at ``at``; one without an end stays LIVE."""
    if row.cancelled_at is not None:
        return LiveState.CANCELLED
    if row.starts_at is None or at < row.starts_at:
        return LiveState.UPCOMING
    if row.ends_at is None or at < row.ends_at:
        return LiveState.LIVE
    return LiveState.ENDED if row.replay_id is None else LiveState.REPLAY


def next_live_change(row: ContentRow, at: datetime) -> datetime | None:
    """When the clock alone changes how ``row`` stands, after ``at``; None where it never does."""
    if row.cancelled_at is not None:
        return None
    turns = (row.starts_at, row.ends_at)
    return min((turn for turn in turns if turn is not None and turn > at), default=None)
