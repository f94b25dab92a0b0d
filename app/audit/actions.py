"""Writes on the audit trail: record a deed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.subjects import Subject
from app.visibility import NOBODY, Viewer


class Origin(NamedTuple):
    """Where a request came from: its id in the logs, and the client's address."""

    request_id: str = ""
    address: str = ""


NOWHERE = Origin()


class Actor(NamedTuple):
    """Who does a deed, and from where."""

    viewer: Viewer
    origin: Origin = NOWHERE


#: The worker, when it does what a member ordered earlier.
PLATFORM = Actor(NOBODY)


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    subject: Subject,
    organization_id: int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add a deed to the trail; it is there if and only if the session's transaction commits.

    ``action`` is ``<noun>.<verb>`` (``content.publish``). ``before`` and ``after`` name what
    changed, in values that JSON knows.
    """
    session.add(
        AuditEntry(
            actor_id=actor.viewer.member_id,
            action=action,
            subject_kind=subject.kind,
            subject_id=subject.id,
            organization_id=organization_id,
            before=orjson.dumps(dict(before or {})).decode(),
            after=orjson.dumps(dict(after or {})).decode(),
            request_id=actor.origin.request_id[:64],
            address=actor.origin.address[:64],
        )
    )
