"""Points and stock move together, once, and never below nothing."""

import asyncio

import pytest
from group import building
from ledger import assert_sound, balances, lines, posted
from prizes import age, everything, fund, offer, redeemed, states, stock_of, tree

from app.audit.actions import Actor
from app.errors import Conflict, Invalid, NotFound
from app.points.models import Book, Kind
from app.rewards.models import Redemption, RedemptionState
from app.rewards.redeeming import cancel, fulfil, lapse
from app.rewards.rules import RESERVATION_STANDS
from app.worker import Worker

pytestmark = pytest.mark.anyio

RESERVED, FULFILLED, CANCELLED = RedemptionState


@pytest.fixture
async def group(database):
    return await tree(database)


async def decide(ask, deed, member, *given):
    actor = Actor(await ask.viewer(member))
    async with ask.database.transaction() as session:
        await deed(session, actor, *given)


async def refused(error, doing, *path):
    with pytest.raises(error) as refusal:
        await doing
    assert refusal.value.path == ("input", *path)


async def test_redeeming_takes_the_price_and_a_piece(database, ask, group):
    reward = await offer(ask, group, price=10, stock=3)
    await fund(database, group.member, 25)
    key = await redeemed(ask, group.member, reward)
    assert await stock_of(database, reward) == 2
    assert await lines(database, group.member) == [(25, 25), (-10, 15)]
    spent = (await posted(database, group.member))[-1]
    assert (spent.kind, spent.book, spent.amount, spent.reason) == (
        Kind.REDEMPTION,
        Book.LEARNING,
        -10,
        "保温杯",
    )
    async with database.transaction() as session:
        row = await session.get_one(Redemption, key)
        assert (row.price, row.book, row.state) == (10, Book.LEARNING, RESERVED)
        assert row.transaction_id == spent.id
        assert row.lapses_at - row.created_at == RESERVATION_STANDS
    await assert_sound(database)


async def test_the_book_is_the_members_choice(database, ask, group):
    reward = await offer(ask, group, price=10)
    await fund(database, group.member, 10, Book.SERVICE)
    await fund(database, group.member, 10)
    await redeemed(ask, group.member, reward, book=Book.SERVICE)
    assert await balances(database, group.member) == {Book.LEARNING: 10, Book.SERVICE: 0}


@pytest.mark.parametrize("book", [Book.INTERACTION, Book.ADJUSTMENT])
async def test_other_books_are_not_spent(database, ask, group, book):
    reward = await offer(ask, group)
    await fund(database, group.member, 50, book)
    before = await everything(database)
    await refused(Invalid, redeemed(ask, group.member, reward, book=book), "book")
    assert await everything(database) == before


async def test_the_same_key_is_one_redemption_and_no_other(database, ask, group):
    reward, other = await offer(ask, group), await offer(ask, group, title="雨伞")
    await fund(database, group.member, 50)
    await fund(database, group.member, 50, Book.SERVICE)
    key = await redeemed(ask, group.member, reward, key="k")
    before = await everything(database)
    assert await redeemed(ask, group.member, reward, key="k") == key
    await refused(Conflict, redeemed(ask, group.member, other, key="k"), "idempotencyKey")
    wish = redeemed(ask, group.member, reward, key="k", book=Book.SERVICE)
    await refused(Conflict, wish, "idempotencyKey")
    assert await everything(database) == before


async def test_a_key_is_its_members_own(database, ask, group):
    reward = await offer(ask, group)
    for member in (group.member, group.colleague):
        await fund(database, member, 10)
        await redeemed(ask, member, reward, key="k")
    assert await stock_of(database, reward) == 1


async def test_who_has_too_little_redeems_nothing(database, ask, group):
    reward = await offer(ask, group, price=10)
    await fund(database, group.member, 9)
    before = await everything(database)
    await refused(Conflict, redeemed(ask, group.member, reward), "book")
    assert await everything(database) == before


async def test_what_is_sold_out_is_not_redeemed(database, ask, group):
    reward = await offer(ask, group, stock=1)
    for member in (group.member, group.colleague):
        await fund(database, member, 10)
    await redeemed(ask, group.member, reward)
    before = await everything(database)
    await refused(Conflict, redeemed(ask, group.colleague, reward), "rewardId")
    assert await everything(database) == before


async def test_a_reward_is_only_for_its_organization_and_below(database, ask, group):
    rewards = [await offer(ask, group, of=of) for of in (group.committee, group.branch)]
    for member in (group.outside, group.admin, group.member):
        await fund(database, member, 50)
    before = await everything(database)
    await refused(NotFound, redeemed(ask, group.outside, rewards[0]), "rewardId")
    # The administrator sees the branch's reward, but does not belong there.
    await refused(NotFound, redeemed(ask, group.admin, rewards[1]), "rewardId")
    await refused(NotFound, redeemed(ask, group.member, 1), "rewardId")
    assert await everything(database) == before
    for reward in rewards:
        await redeemed(ask, group.member, reward)


async def attempt(doing):
    try:
        return await doing
    except Conflict:
        return None


async def test_fifty_at_once_redeem_the_seven_that_are_there(database, ask, group):
    reward = await offer(ask, group, stock=7)
    async with building(database) as more:
        members = [await more.member(group.branch) for _ in range(50)]
    for member in members:
        await fund(database, member, 10)
    done = await asyncio.gather(*(attempt(redeemed(ask, each, reward)) for each in members))
    assert len({key for key in done if key is not None}) == 7
    assert await stock_of(database, reward) == 0
    left = [(await balances(database, each))[Book.LEARNING] for each in members]
    assert sorted(left) == [0] * 7 + [10] * 43
    await assert_sound(database)


async def test_one_member_redeems_as_often_at_once_as_there_are_points_for(database, ask, group):
    reward = await offer(ask, group, stock=100)
    await fund(database, group.member, 39)
    done = await asyncio.gather(*(attempt(redeemed(ask, group.member, reward)) for _ in range(20)))
    assert len([key for key in done if key is not None]) == 3
    assert await balances(database, group.member) == {Book.LEARNING: 9}
    assert await stock_of(database, reward) == 97
    await assert_sound(database)


async def test_one_key_twenty_times_at_once_is_one_redemption(database, ask, group):
    reward = await offer(ask, group, stock=5)
    await fund(database, group.member, 100)
    done = await asyncio.gather(*(redeemed(ask, group.member, reward, key="k") for _ in range(20)))
    assert len(set(done)) == 1
    assert await stock_of(database, reward) == 4
    assert await balances(database, group.member) == {Book.LEARNING: 90}


async def test_cancelling_gives_back_once_however_many_cancel(database, ask, group):
    reward = await offer(ask, group, stock=1)
    await fund(database, group.member, 10)
    key = await redeemed(ask, group.member, reward)
    who = [group.member, group.admin] * 5
    await asyncio.gather(*(decide(ask, cancel, each, key, "改主意了") for each in who))
    assert await stock_of(database, reward) == 1
    assert await lines(database, group.member) == [(10, 10), (-10, 0), (10, 10)]
    assert (await posted(database, group.member))[-1].reason == "改主意了"
    assert await states(database) == [CANCELLED]
    before = await everything(database)
    await refused(Conflict, decide(ask, fulfil, group.admin, key), "redemptionId")
    assert await everything(database) == before
    await assert_sound(database)


async def test_what_was_handed_out_stays_so(database, ask, group):
    reward = await offer(ask, group)
    await fund(database, group.member, 10)
    key = await redeemed(ask, group.member, reward)
    await decide(ask, fulfil, group.admin, key)
    before = await everything(database)
    await decide(ask, fulfil, group.admin, key)
    for member in (group.member, group.admin):
        await refused(Conflict, decide(ask, cancel, member, key, "退货"), "redemptionId")
    assert await everything(database) == before
    assert await states(database) == [FULFILLED]
    assert await stock_of(database, reward) == 2
    await assert_sound(database)


async def test_of_handing_out_and_cancelling_at_once_one_happens(database, ask, group):
    reward = await offer(ask, group, stock=1)
    await fund(database, group.member, 10)
    key = await redeemed(ask, group.member, reward)
    await asyncio.gather(
        attempt(decide(ask, fulfil, group.admin, key)),
        attempt(decide(ask, cancel, group.member, key, "不要了")),
    )
    [state] = await states(database)
    left = (await stock_of(database, reward), (await balances(database, group.member)))
    assert left == {FULFILLED: (0, {Book.LEARNING: 0}), CANCELLED: (1, {Book.LEARNING: 10})}[state]
    await assert_sound(database)


async def test_what_is_overdue_is_not_handed_out_even_before_it_lapses(database, ask, group):
    reward = await offer(ask, group)
    await fund(database, group.member, 10)
    key = await redeemed(ask, group.member, reward)
    await age(database, key)
    before = await everything(database)
    await refused(Conflict, decide(ask, fulfil, group.admin, key), "redemptionId")
    assert await everything(database) == before
    # Its points may be asked back all the same.
    await decide(ask, cancel, group.member, key, "没来得及领")
    assert await balances(database, group.member) == {Book.LEARNING: 10}


async def test_the_worker_gives_back_what_is_overdue(database, ask, group):
    reward = await offer(ask, group, stock=1)
    await fund(database, group.member, 10)
    await age(database, await redeemed(ask, group.member, reward))
    await Worker(ask.platform)._keep_house()
    assert await states(database) == [CANCELLED]
    assert await stock_of(database, reward) == 1
    assert await balances(database, group.member) == {Book.LEARNING: 10}


async def test_a_reservation_lapses_and_nothing_else_does(database, ask, group):
    reward = await offer(ask, group, stock=4)
    await fund(database, group.member, 40)
    keys = [await redeemed(ask, group.member, reward) for _ in range(4)]
    await decide(ask, fulfil, group.admin, keys[0])
    for key in keys[:3]:
        await age(database, key)
    # Two workers at once.
    done = await asyncio.gather(lapse(database), lapse(database))
    assert sum(done) == 2
    assert await states(database) == [FULFILLED, CANCELLED, CANCELLED, RESERVED]
    assert await stock_of(database, reward) == 2
    assert await balances(database, group.member) == {Book.LEARNING: 20}
    async with database.transaction() as session:
        row = await session.get_one(Redemption, keys[1])
        assert (row.decided_by_id, row.reason) == (None, "逾期未领取")
    assert await lapse(database) == 0
    await assert_sound(database)
