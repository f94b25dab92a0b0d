"""Writes on what deeds pay: a new version of a rule, by the administrators of the whole group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database.columns import now
from app.errors import Forbidden, Invalid, Unauthenticated
from app.organizations.models import Organization
from app.points.models import Action, Book, PointsRule
from app.points.rules import MAX_CAP, MAX_POINTS
from app.subjects import Subject, SubjectKind
from app.visibility import Role

_AUDITED = ("version", "book", "points", "daily_cap", "weekly_cap", "is_reversed_on_removal")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """What a deed is to pay from an instant on; at once, and in its book so far, where not said."""

    action: Action
    points: int
    daily_cap: int | None
    weekly_cap: int | None
    is_reversed_on_removal: bool
    note: str
    book: Book | None = None
    effective_from: datetime | None = None


async def edit_rule(session: AsyncSession, actor: Actor, draft: RuleDraft) -> int:
    """Close the newest version of a rule and add the next; answers its id.

    For administrators of the whole group. A version never begins in the past, nor before the one
    that it replaces: what was paid stays as it was paid.
    """
    check(draft)
    root = await governed(session, actor)
    newest = await session.scalar(
        sa.select(PointsRule)
        .where(col(PointsRule.action) == draft.action)
        .order_by(col(PointsRule.version).desc())
        .limit(1)
    )
    begins = _begins(draft, newest)
    if newest is not None:
        newest.effective_to = begins
    made = PointsRule(
        action=draft.action,
        version=1 if newest is None else newest.version + 1,
        book=_book(draft, newest),
        points=draft.points,
        daily_cap=draft.daily_cap,
        weekly_cap=draft.weekly_cap,
        is_reversed_on_removal=draft.is_reversed_on_removal,
        note=draft.note,
        effective_from=begins,
    )
    session.add(made)
    record(
        session,
        actor,
        "points_rule.edit",
        subject=Subject(SubjectKind.ORGANIZATION, root.id),
        organization_id=root.id,
        before={} if newest is None else _said(newest),
        after={"action": draft.action, "effective_from": begins.isoformat(), **_said(made)},
    )
    await session.flush()
    return made.id


async def governed(session: AsyncSession, actor: Actor) -> Organization:
    """The whole group, held, so that who sets its rules does so one after the other."""
    root = await session.scalar(
        sa.select(Organization)
        .where(col(Organization.parent_id).is_(None))
        .order_by(col(Organization.id))
        .limit(1)
        .with_for_update(key_share=True)
    )
    if not actor.viewer.signed_in:
        raise Unauthenticated("请先登录")
    if root is None or not actor.viewer.holds((Role.ADMIN,), root.path):
        raise Forbidden("只有最上级组织的管理员可以设定积分规则")
    return root


def check(draft: RuleDraft) -> None:
    """Refuse what no rule may say."""
    for name, number, most in (
        ("points", draft.points, MAX_POINTS),
        ("dailyCap", draft.daily_cap, MAX_CAP),
        ("weeklyCap", draft.weekly_cap, MAX_CAP),
    ):
        if number is not None and not 1 <= number <= most:
            raise Invalid(f"应在 1 到 {most} 之间", "input", name)
    if None not in (draft.daily_cap, draft.weekly_cap) and _over_a_week(draft):
        raise Invalid("每周上限不能低于每日上限", "input", "weeklyCap")


def _over_a_week(draft: RuleDraft) -> bool:
    return (draft.daily_cap or 0) > (draft.weekly_cap or 0)


def _begins(draft: RuleDraft, newest: PointsRule | None) -> datetime:
    at = now()
    begins = draft.effective_from or at
    if begins < at:
        raise Invalid("生效时间不能早于现在", "input", "effectiveFrom")
    if newest is not None and begins < newest.effective_from:
        raise Invalid("生效时间不能早于已排定的上一版本", "input", "effectiveFrom")
    return begins


def _book(draft: RuleDraft, newest: PointsRule | None) -> Book:
    if draft.book is not None:
        return draft.book
    if newest is None:
        raise Invalid("首次设定该行为的规则时须指明账本", "input", "book")
    return newest.book


def _said(rule: PointsRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in _AUDITED}
