"""What is spent stands in the ledger: no hand but cancelling takes it back, and the audit sees."""

import pytest
import sqlalchemy as sa
from ledger import NOON, assert_sound, findings
from prizes import everything, fund, offer, redeemed, tree

from app.audit.actions import Actor
from app.database.columns import new_id, now
from app.errors import Conflict
from app.points.actions import Reversal, reverse
from app.points.models import Book, Kind, PointsEntry, PointsTransaction
from app.points.posting import enter, post_once
from app.points.seconding import reverse as reverse_or_ask
from app.rewards.redeeming import cancel

pytestmark = pytest.mark.anyio


@pytest.fixture
async def spent(database, ask):
    """A member's redemption, and its entry."""
    group = await tree(database)
    reward = await offer(ask, group, price=10)
    await fund(database, group.member, 30)
    return group, await redeemed(ask, group.member, reward)


async def newest_entry(database, member):
    async with database.transaction() as session:
        newest = sa.select(PointsEntry).where(PointsEntry.member_id == member.id)
        return await session.scalar(newest.order_by(PointsEntry.id.desc()).limit(1))


async def test_neither_a_redemption_nor_its_cancelling_is_reversed_by_hand(database, ask, spent):
    group, key = spent
    viewer = await ask.viewer(group.admin)

    async def try_both():
        entry = await newest_entry(database, group.member)
        wanted = Reversal(entry_id=entry.id, reason="误录", idempotency_key="r")
        before = await everything(database)
        with pytest.raises(Conflict, match="请在兑换记录中取消"):
            async with database.transaction() as session:
                await reverse(session, viewer, wanted)
        with pytest.raises(Conflict, match="请在兑换记录中取消"):
            async with database.transaction() as session:
                await reverse_or_ask(session, viewer, wanted, alone_up_to=1)
        assert await everything(database) == before

    await try_both()
    async with database.transaction() as session:
        await cancel(session, Actor(viewer), key, "缺货")
    await try_both()
    await assert_sound(database)


async def test_both_explain_themselves_to_the_member(database, ask, spent):
    group, key = spent
    admin = Actor(await ask.viewer(group.admin))
    async with database.transaction() as session:
        await cancel(session, admin, key, "缺货")
    query = "{ viewerPoints { entries { nodes { kind action reason explanation } } } }"
    voided, taken, _ = (await ask(query, group.member))["viewerPoints"]["entries"]["nodes"]
    day = now().astimezone(ask.platform.settings.zone)
    assert taken == {
        "kind": "REDEMPTION",
        "action": "REDEMPTION",
        "reason": "兑换“保温杯”",
        "explanation": f"{day.year}年{day.month}月{day.day}日兑换“保温杯”，使用10分。",
    }
    assert voided == {
        "kind": "REVERSAL",
        "action": "REVERSAL",
        "reason": "缺货",
        "explanation": "冲正此前的一笔积分（-10分），原分录保留。理由：缺货。",
    }


async def forge(database, member, amount, **more):
    """Post what no code of ours would."""
    at, key = now(), new_id()
    values = {"id": key, "member_id": member.id, "book": Book.LEARNING, "amount": amount}
    async with database.transaction() as session:
        await post_once(session, values | {"done_at": at, "created_at": at} | more)
        await enter(session, key, member.id, book=Book.LEARNING, amount=amount)
    return key


async def test_the_audit_finds_a_redemption_that_pays(database, spent):
    group, _ = spent
    key = await forge(database, group.member, 5, kind=Kind.REDEMPTION)
    assert await findings(database) == [f"transaction {key}: it spends nothing"]


async def test_the_audit_finds_a_redemption_of_what_was_not_there(database, spent):
    group, _ = spent
    key = await forge(database, group.member, -21, kind=Kind.REDEMPTION)
    assert await findings(database) == [f"transaction {key}: it spends more than there was"]


async def test_the_audit_finds_a_reversal_of_more_than_was_spent(database, spent):
    group, _ = spent
    async with database.transaction() as session:
        taken = await session.scalar(
            sa.select(PointsTransaction).where(PointsTransaction.kind == Kind.REDEMPTION)
        )
    key = await forge(database, group.member, 11, kind=Kind.REVERSAL, reverses_id=taken.id)
    found = await findings(database, NOON)
    assert found == [f"transaction {key}: it reverses what it is not the opposite of"]
