"""Reads of rewards and redemptions."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.columns import UtcDateTime, now
from app.database.statements import Among, AnySelect, Statement, Under, Within
from app.organizations.models import Organization
from app.organizations.queries import subtree
from app.points.models import Book
from app.points.rules import overseen
from app.rewards.models import Redemption, RedemptionState, Reward
from app.visibility import Viewer, path_ids


class RewardRow(NamedTuple):
    """Something that can be redeemed; ``stock`` is what is left."""

    id: int
    organization_id: int
    title: str
    description: str
    price: int
    stock: int
    is_active: bool
    created_at: datetime


class RedemptionRow(NamedTuple):
    """What a member redeemed, and what became of it."""

    id: int
    reward_id: int
    member_id: int
    price: int
    book: Book
    state: RedemptionState
    created_at: datetime
    lapses_at: datetime
    decided_at: datetime | None
    decided_by_id: int | None
    reason: str | None


class _OverdueRow(NamedTuple):
    id: int


def _rewards() -> AnySelect:
    return sa.select(*(getattr(Reward, field) for field in RewardRow._fields))


def _redemptions() -> AnySelect:
    return sa.select(*(getattr(Redemption, field) for field in RedemptionRow._fields))


_ME = sa.bindparam("member_id", type_=sa.BigInteger)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)
_OFFERED = sa.and_(col(Reward.is_active).is_(True), Among(col(Reward.organization_id), "above"))
_OF_REWARD = col(Organization.id) == col(Reward.organization_id)
_REWARDS_BY_ID = Statement(RewardRow, _rewards().where(Among(col(Reward.id), "ids")))
_VISIBLE_REWARDS = Statement(
    RewardRow,
    _rewards()
    .join(Organization, _OF_REWARD)
    .where(
        Among(col(Reward.id), "ids"),
        sa.or_(_OFFERED, Under(col(Organization.path), "subtrees")),
    ),
)
_CATALOGUE = Statement(
    RewardRow,
    _rewards()
    .where(col(Reward.id) < _BEFORE, _OFFERED)
    .order_by(col(Reward.id).desc())
    .limit(_LIMIT),
)
_VISIBLE_REDEMPTIONS = Statement(
    RedemptionRow,
    _redemptions()
    .join(Reward, col(Reward.id) == col(Redemption.reward_id))
    .join(Organization, _OF_REWARD)
    .where(
        Among(col(Redemption.id), "ids"),
        sa.or_(col(Redemption.member_id) == _ME, Under(col(Organization.path), "subtrees")),
    ),
)
_MINE = Statement(
    RedemptionRow,
    _redemptions()
    .where(col(Redemption.member_id) == _ME, col(Redemption.id) < _BEFORE)
    .order_by(col(Redemption.id).desc())
    .limit(_LIMIT),
)
_OVERDUE = Statement(
    _OverdueRow,
    sa.select(col(Redemption.id))
    .where(
        col(Redemption.state) == sa.literal_column(f"'{RedemptionState.RESERVED.value}'"),
        col(Redemption.lapses_at) <= sa.bindparam("now", type_=UtcDateTime),
    )
    .order_by(col(Redemption.id))
    .limit(1),
)


@cache
def _redeemed(*, state: bool) -> Statement[RedemptionRow]:
    """One text with a state and one without, so that each is planned for what it does."""
    page = (
        _redemptions()
        .join(Reward, col(Reward.id) == col(Redemption.reward_id))
        .where(Within(col(Reward.organization_id), subtree()), col(Redemption.id) < _BEFORE)
    )
    if state:
        kept = sa.type_coerce(col(Redemption.state), sa.String)
        page = page.where(kept == sa.bindparam("state", type_=sa.String))
    newest = page.order_by(col(Redemption.id).desc()).limit(_LIMIT)
    return Statement(RedemptionRow, newest, slow=True)


async def rewards(database: Database, ids: Sequence[int]) -> dict[int, RewardRow]:
    """Rewards by id. Whoever asks has seen a redemption of each."""
    return {row.id: row for row in await database.fetch(_REWARDS_BY_ID, ids=ids)}


async def visible_rewards(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, RewardRow]:
    """Rewards by id: offered to ``viewer``, or of organizations that they administer or audit."""
    above, subtrees = path_ids(viewer.path), overseen(viewer)
    rows = await database.fetch(_VISIBLE_REWARDS, ids=ids, above=above, subtrees=subtrees)
    return {row.id: row for row in rows}


async def catalogue(
    database: Database, viewer: Viewer, *, first: int, before: int
) -> list[RewardRow]:
    """The ``first`` newest rewards below ``before`` that ``viewer`` can redeem, sold out or not."""
    above = path_ids(viewer.path)
    return await database.fetch(_CATALOGUE, above=above, before=before, limit=first)


async def visible_redemptions(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, RedemptionRow]:
    """Redemptions by id: one's own, and of rewards that ``viewer`` administers or audits."""
    seen = {"member_id": viewer.member_id, "subtrees": overseen(viewer)}
    return {row.id: row for row in await database.fetch(_VISIBLE_REDEMPTIONS, ids=ids, **seen)}


async def redemptions_of_member(
    database: Database, member_id: int, *, first: int, before: int
) -> list[RedemptionRow]:
    """The ``first`` newest redemptions below ``before`` of who asks."""
    return await database.fetch(_MINE, member_id=member_id, before=before, limit=first)


async def redemptions_below(
    database: Database,
    organization_id: int,
    state: RedemptionState | None,
    *,
    first: int,
    before: int,
) -> list[RedemptionRow]:
    """The ``first`` newest redemptions below ``before`` of what an organization's subtree offers.

    Whoever asks administers or audits the organization.
    """
    return await database.fetch(
        _redeemed(state=state is not None),
        organization_id=organization_id,
        state=state and state.value,
        before=before,
        limit=first,
    )


async def oldest_overdue(database: Database) -> _OverdueRow | None:
    """The oldest reservation whose time is over."""
    return await database.first(_OVERDUE, now=now())
