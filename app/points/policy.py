"""What a group lets points be used for: set by its administrators, each change recorded."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database import Database
from app.database.statements import Statement
from app.points.models import Book, PointsPolicy
from app.points.ruling import governed
from app.subjects import Subject, SubjectKind


class PolicyRow(NamedTuple):
    """What points may be used for; nothing, unless a group says so."""

    individual_ranking: bool = False
    interaction_feeds_assessment: bool = False

    def ranks(self, book: Book) -> bool:
        """Whether members may be ranked by a book; by likes and shares, if those may assess."""
        fed = self.interaction_feeds_assessment or book is not Book.INTERACTION
        return self.individual_ranking and fed


_NEWEST = (
    sa.select(col(PointsPolicy.individual_ranking), col(PointsPolicy.interaction_feeds_assessment))
    .order_by(col(PointsPolicy.id).desc())
    .limit(1)
)
_IN_FORCE = Statement(PolicyRow, _NEWEST)


async def policy_in_force(database: Database) -> PolicyRow:
    """What holds now; everybody may know."""
    return await database.first(_IN_FORCE) or PolicyRow()


async def set_policy(session: AsyncSession, actor: Actor, wanted: PolicyRow) -> None:
    """Let points be used so from now on; by administrators of the whole group."""
    root = await governed(session, actor)
    newest = (await session.execute(_NEWEST)).first()
    before = PolicyRow() if newest is None else PolicyRow(*newest)
    if before == wanted:
        return
    session.add(PointsPolicy(**wanted._asdict()))
    record(
        session,
        actor,
        "points_policy.set",
        subject=Subject(SubjectKind.ORGANIZATION, root.id),
        organization_id=root.id,
        before=before._asdict(),
        after=wanted._asdict(),
    )
    await session.flush()
