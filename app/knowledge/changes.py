"""Noting what became of a regulation, so that those who follow it are told."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.jobs import JobKind, enqueue
from app.knowledge.models import ChangeKind, RegulationChange


def note_change(
    session: AsyncSession,
    kind: ChangeKind,
    *,
    regulation_id: int,
    version_id: int,
    day: date | None,
    actor_id: int | None = None,
) -> None:
    """Owe those who follow the regulation a word about it; ``actor_id`` knows already."""
    change = RegulationChange(
        regulation_id=regulation_id,
        version_id=version_id,
        kind=kind,
        day=day,
        actor_id=actor_id,
    )
    session.add(change)
    enqueue(session, JobKind.TELL_CHANGE, change.id)
