"""Two at once: the same deed pays once, a cap holds, a balance adds up."""

import asyncio

import pytest
from group import viewer_of
from ledger import adjustment, assert_sound, balances, deed, lines, pay, posted, staffed

from app.errors import Conflict
from app.points.actions import adjust, take_back
from app.points.models import Action, Book, Kind
from app.points.sealing import seal

pytestmark = pytest.mark.anyio


async def test_fifty_identical_deeds_at_once_are_paid_once(database):
    _, member = await staffed(database)
    like = deed(member)
    paid = await asyncio.gather(*(pay(database, like) for _ in range(50)))
    assert sorted(points for [points] in paid) == [0] * 49 + [1]
    assert await lines(database, member) == [(1, 1)]
    await assert_sound(database)


async def test_fifty_different_deeds_at_once_are_paid_up_to_the_cap(database):
    _, member = await staffed(database)
    paid = await asyncio.gather(*(pay(database, deed(member)) for _ in range(50)))
    assert sum(points for [points] in paid) == 3
    assert await lines(database, member) == [(1, 1), (1, 2), (1, 3)]
    await assert_sound(database)


async def test_a_deed_is_taken_back_once_by_twenty_at_once(database):
    _, member = await staffed(database)
    await pay(database, deed(member, Action.COMMENT, key="comment/1"))

    async def remove():
        async with database.transaction() as session:
            return await take_back(session, "comment/1", reason="撤下")

    taken = await asyncio.gather(*(remove() for _ in range(20)))
    assert sum(taken) == 2
    assert await balances(database, member) == {Book.INTERACTION: 0}
    await assert_sound(database)


async def test_twenty_adjustments_of_one_key_at_once_are_one(database):
    admin, member = await staffed(database)
    viewer = await viewer_of(database, admin)

    async def add(amount):
        try:
            async with database.transaction() as session:
                return await adjust(session, viewer, adjustment(member, amount, key="one"))
        except Conflict:
            return None

    done = await asyncio.gather(*(add(5 + n % 2) for n in range(20)))
    [transaction] = await posted(database, member)
    assert transaction.kind is Kind.ADJUSTMENT
    assert {each for each in done if each} == {transaction.id}
    assert len([each for each in done if each]) == 10
    await assert_sound(database)


async def test_deductions_at_once_never_take_more_than_there_is(database):
    admin, member = await staffed(database)
    viewer = await viewer_of(database, admin)

    async def add(amount):
        try:
            async with database.transaction() as session:
                return bool(await adjust(session, viewer, adjustment(member, amount)))
        except Conflict:
            return False

    await add(10)
    done = await asyncio.gather(*(add(-3) for _ in range(10)))
    assert sum(done) == 3
    assert await balances(database, member) == {Book.ADJUSTMENT: 1}


async def test_sealers_at_once_build_one_chain(database):
    _, member = await staffed(database)
    deeds = [deed(member, Action.MENTOR) for _ in range(20)]

    async def work(some):
        await pay(database, *some)
        return await seal(database)

    await asyncio.gather(*(work(deeds[n::4]) for n in range(4)))
    await assert_sound(database)
