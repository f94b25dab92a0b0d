"""Writes on the catalogue of rewards: create, update."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.errors import Forbidden, NotFound
from app.organizations.models import Organization
from app.points.rules import overseen
from app.rewards.models import Reward
from app.rewards.rules import check_price, check_stock
from app.subjects import Subject, SubjectKind
from app.visibility import Role, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardDraft:
    """What a new reward is to be."""

    organization_id: int
    title: str
    description: str
    price: int
    stock: int


async def create(session: AsyncSession, actor: Actor, draft: RewardDraft) -> int:
    """Offer a reward; answers its id. For administrators of its organization."""
    check_price(draft.price)
    check_stock(draft.stock)
    path = await session.scalar(
        sa.select(col(Organization.path)).where(col(Organization.id) == draft.organization_id)
    )
    if path is None or not actor.viewer.signed_in:
        raise NotFound("组织不存在", "input", "organizationId")
    _require_administrator(actor.viewer, path)
    reward = Reward(
        organization_id=draft.organization_id,
        title=draft.title,
        description=draft.description,
        price=draft.price,
        stock=draft.stock,
    )
    session.add(reward)
    _record(session, actor, reward, verb="create", after=_said(reward))
    await session.flush()
    return reward.id


async def update(
    session: AsyncSession, actor: Actor, reward_id: int, changes: Mapping[str, Any]
) -> int:
    """Change a reward's columns; answers its id. For administrators of its organization.

    What is reserved keeps its price, and has left the stock already.
    """
    if "price" in changes:
        check_price(changes["price"])
    if "stock" in changes:
        check_stock(changes["stock"])
    reward = await session.get(Reward, reward_id, with_for_update=True)
    if reward is None:
        raise _no_such_reward()
    path = (await session.get_one(Organization, reward.organization_id)).path
    if not _sees(actor.viewer, reward, path):
        raise _no_such_reward()
    _require_administrator(actor.viewer, path)
    before = _said(reward)
    changed = {name: value for name, value in changes.items() if value != before[name]}
    if not changed:
        return reward.id
    for name, value in changed.items():
        setattr(reward, name, value)
    was = {name: before[name] for name in changed}
    _record(session, actor, reward, verb="update", before=was, after=changed)
    await session.flush()
    return reward.id


def _sees(viewer: Viewer, reward: Reward, path: str) -> bool:
    below = reward.is_active and viewer.path.startswith(path)
    return below or any(path.startswith(subtree) for subtree in overseen(viewer))


def _require_administrator(viewer: Viewer, path: str) -> None:
    if not viewer.holds((Role.ADMIN,), path):
        raise Forbidden("只有该组织及上级组织的管理员可以管理奖品")


def _no_such_reward() -> NotFound:
    return NotFound("奖品不存在", "input", "rewardId")


def _said(reward: Reward) -> dict[str, Any]:
    names = ("title", "description", "price", "stock", "is_active")
    return {name: getattr(reward, name) for name in names}


def _record(
    session: AsyncSession,
    actor: Actor,
    reward: Reward,
    *,
    verb: str,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    record(
        session,
        actor,
        f"reward.{verb}",
        subject=Subject(SubjectKind.ORGANIZATION, reward.organization_id),
        organization_id=reward.organization_id,
        before=before,
        after={"reward": str(reward.id), **after},
    )
