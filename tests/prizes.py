"""Rewards in tests: a tree of members with points, a reward, and every deed on it."""

import itertools
from datetime import timedelta
from types import SimpleNamespace

import sqlalchemy as sa
from group import building, global_id
from ledger import adjustment, contents

from app.audit.actions import Actor
from app.audit.models import AuditEntry
from app.database.columns import now
from app.points.actions import post_adjustment
from app.points.models import Book
from app.rewards.actions import RewardDraft, create
from app.rewards.models import Redemption, Reward
from app.rewards.redeeming import Wish, redeem
from app.visibility import Role

_numbers = itertools.count(1)


async def tree(database):
    """A root above a committee above a branch, and another branch elsewhere.

    ``admin`` and ``auditor`` of the committee, a ``member`` of the branch, ``outside`` one who
    administers the branch elsewhere.
    """
    async with building(database) as group:
        root = await group.organization("集团党委")
        committee = await group.organization("公司党委", below=root)
        branch = await group.organization("一支部", below=committee)
        elsewhere = await group.organization("二支部", below=root)
        made = SimpleNamespace(root=root, committee=committee, branch=branch, elsewhere=elsewhere)
        made.admin = await group.member(committee)
        made.auditor = await group.member(committee)
        made.member = await group.member(branch)
        made.colleague = await group.member(branch)
        made.outside = await group.member(elsewhere)
        await group.grant(made.admin, Role.ADMIN, committee)
        await group.grant(made.auditor, Role.AUDITOR, committee)
        await group.grant(made.outside, Role.ADMIN, elsewhere)
    return made


async def offer(ask, tree, *, title="保温杯", price=10, stock=3, of=None):
    """A reward of the committee, or of another; answers its key."""
    actor = Actor(await ask.viewer(tree.admin))
    of = of or tree.committee
    async with ask.database.transaction() as session:
        draft = RewardDraft(
            organization_id=of.id, title=title, description="", price=price, stock=stock
        )
        return await create(session, actor, draft)


async def fund(database, member, amount, book=Book.LEARNING):
    """Points to spend, as if an administrator had added them."""
    async with database.transaction() as session:
        await post_adjustment(session, adjustment(member, amount, book=book), member.id)


async def redeemed(ask, member, reward, *, key=None, book=Book.LEARNING):
    """Redeem as the member; answers the key of the redemption."""
    viewer = await ask.viewer(member)
    wish = Wish(reward_id=reward, book=book, idempotency_key=key or f"wish-{next(_numbers)}")
    async with ask.database.transaction() as session:
        return await redeem(session, viewer, wish)


async def stock_of(database, reward):
    async with database.transaction() as session:
        return (await session.get_one(Reward, reward)).stock


async def states(database):
    async with database.transaction() as session:
        rows = await session.scalars(sa.select(Redemption.state).order_by(Redemption.id))
        return list(rows)


async def everything(database):
    """Every row that a deed on rewards may touch, to see that nothing changed."""
    async with database.transaction() as session:
        rows = [
            sorted(map(str, await session.execute(sa.select(table.__table__))))
            for table in (Reward, Redemption, AuditEntry)
        ]
    return await contents(database), rows


async def age(database, redemption):
    """Let the time of a reservation be over."""
    async with database.transaction() as session:
        row = await session.get_one(Redemption, redemption)
        row.lapses_at = now() - timedelta(seconds=1)


def reward_id(key):
    return global_id("Reward", key)


def redemption_id(key):
    return global_id("Redemption", key)
