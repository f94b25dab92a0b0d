"""Rewards that are changed: what it does to what is reserved, and what is refused."""

import pytest
import sqlalchemy as sa
from group import gid
from ledger import balances
from prizes import everything, fund, offer, redeemed, reward_id, tree

from app.points.models import Book
from app.rewards.models import Redemption

pytestmark = pytest.mark.anyio

_SHOWN = " { reward { title description price stock isActive } errors { code path } } }"
UPDATE = "mutation ($input: UpdateRewardInput!) { updateReward(input: $input)" + _SHOWN
CREATE = "mutation ($input: CreateRewardInput!) { createReward(input: $input)" + _SHOWN
REDEEM = """mutation ($id: ID!) { redeemReward(input: {rewardId: $id, idempotencyKey: "k"}) {
  redemption { price } errors { code path } } }"""
CATALOGUE = "{ rewards { nodes { id } } }"


@pytest.fixture
async def group(database):
    made = await tree(database)
    await fund(database, made.member, 50)
    return made


async def change(ask, who, reward, **given):
    answer = await ask(UPDATE, *who, input={"rewardId": reward_id(reward), **given})
    payload = answer["updateReward"]
    return payload["reward"] or [(error["code"], *error["path"]) for error in payload["errors"]]


async def test_a_new_price_is_for_those_who_redeem_from_then_on(database, ask, group):
    reward = await offer(ask, group, price=10, stock=3)
    await redeemed(ask, group.member, reward)
    changed = await change(ask, [group.admin], reward, price=30, title="保温壶")
    assert changed == {
        "title": "保温壶",
        "description": "",
        "price": 30,
        "stock": 2,
        "isActive": True,
    }
    await redeemed(ask, group.member, reward)
    async with database.transaction() as session:
        prices = sa.select(Redemption.price).order_by(Redemption.id)
        assert list(await session.scalars(prices)) == [10, 30]
    assert await balances(database, group.member) == {Book.LEARNING: 10}


async def test_what_is_taken_off_is_neither_listed_nor_redeemed_until_it_is_back(ask, group):
    reward = await offer(ask, group)
    assert (await change(ask, [group.admin], reward, isActive=False))["isActive"] is False
    assert (await ask(CATALOGUE, group.member))["rewards"]["nodes"] == []
    before = await everything(ask.database)
    refused = (await ask(REDEEM, group.member, id=reward_id(reward)))["redeemReward"]
    assert refused["errors"] == [{"code": "CONFLICT", "path": ["input", "rewardId"]}]
    assert await everything(ask.database) == before
    assert (await change(ask, [group.admin], reward, isActive=True))["isActive"] is True
    done = (await ask(REDEEM, group.member, id=reward_id(reward)))["redeemReward"]
    assert done == {"redemption": {"price": 10}, "errors": []}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("price", [0, -1, 100_001]),
        ("stock", [-1, 100_001]),
        ("title", ["", " ", "长" * 81, "伞\0"]),
        ("description", ["长" * 1_001, "\0"]),
    ],
)
async def test_what_no_reward_may_be_is_refused_by_the_name_of_the_field(ask, group, field, values):
    reward = await offer(ask, group)
    before = await everything(ask.database)
    made = {"organizationId": gid(group.committee), "title": "雨伞", "price": 5, "stock": 2}
    for value in values:
        assert await change(ask, [group.admin], reward, **{field: value}) == [
            ("INVALID", "input", field)
        ]
        answer = await ask(CREATE, group.admin, input=made | {field: value})
        [error] = answer["createReward"]["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", field])
    assert await everything(ask.database) == before


async def test_the_largest_and_smallest_are_taken(ask, group):
    reward = await offer(ask, group)
    for price, stock, length in ((1, 0, 1), (100_000, 100_000, 80)):
        given = {"price": price, "stock": stock, "title": "长" * length}
        changed = await change(ask, [group.admin], reward, **given)
        assert {name: changed[name] for name in given} == given


async def test_nobody_changes_a_reward_and_nobody_redeems_one(ask, group):
    reward = await offer(ask, group)
    before = await everything(ask.database)
    assert await change(ask, [], reward, price=1) == [("UNAUTHENTICATED",)]
    refused = (await ask(REDEEM, id=reward_id(reward)))["redeemReward"]
    assert refused["errors"] == [{"code": "UNAUTHENTICATED", "path": []}]
    assert (await ask.refusal(CATALOGUE))["code"] == "UNAUTHENTICATED"
    assert await everything(ask.database) == before
