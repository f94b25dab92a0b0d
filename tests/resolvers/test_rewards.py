"""Who may do what with rewards, at the doors."""

import pytest
from group import gid
from prizes import everything, fund, offer, redeemed, redemption_id, reward_id, tree

pytestmark = pytest.mark.anyio

_R = " { reward { id title stock isActive } errors { code path } } }"
_X = " { redemption { id state reason decidedBy { id } } errors { code path } } }"
CREATE = (
    "mutation ($id: ID!) { createReward(input: {"
    'organizationId: $id, title: "雨伞", price: 5, stock: 2})' + _R
)
UPDATE = "mutation ($id: ID!) { updateReward(input: {rewardId: $id, stock: 9})" + _R
REDEEM = 'mutation ($id: ID!) { redeemReward(input: {rewardId: $id, idempotencyKey: "k"})' + _X
FULFIL = "mutation ($id: ID!) { fulfilRedemption(input: {redemptionId: $id})" + _X
CANCEL = 'mutation ($id: ID!) { cancelRedemption(input: {redemptionId: $id, reason: "缺货"})' + _X
MINE = "query ($first: Int) { viewerRedemptions(first: $first) { nodes {"
MINE += " id state reward { id organization { id } } member { id } decidedBy { id } } } }"
SHOWN = "query ($first: Int) { rewards(first: $first) { nodes { id organization { id } } } }"
BELOW = "query ($id: ID!) { redemptions(organizationId: $id, state: RESERVED) { nodes { id } } }"
ROLES = ("admin", "auditor", "member", "colleague", "outside")
TABLE = {
    CREATE: (None, "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"),
    UPDATE: (None, "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND"),
    REDEEM: (None, None, None, None, "NOT_FOUND"),
    FULFIL: (None, "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "NOT_FOUND"),
    CANCEL: (None, "FORBIDDEN", None, "NOT_FOUND", "NOT_FOUND"),
}


@pytest.mark.parametrize("mutation", TABLE)
async def test_each_mutation_is_for_those_it_is_meant_for(database, ask, mutation):
    group = await tree(database)
    reward = await offer(ask, group, stock=9)
    for role in ROLES:
        await fund(database, getattr(group, role), 50)
    for role, code in zip(ROLES, TABLE[mutation], strict=True):
        given = gid(group.committee) if mutation is CREATE else reward_id(reward)
        if mutation in (FULFIL, CANCEL):
            given = redemption_id(await redeemed(ask, group.member, reward))
        before = await everything(database)
        [payload] = (await ask(mutation, getattr(group, role), id=given)).values()
        assert [error["code"] for error in payload["errors"]] == ([code] if code else [])
        if code:
            assert await everything(database) == before


async def test_lists_show_what_is_the_viewers_and_cost_the_same_for_any_page(database, ask):
    group = await tree(database)
    rewards = [await offer(ask, group, price=1) for _ in range(3)]
    await fund(database, group.member, 50)
    keys = [redemption_id(await redeemed(ask, group.member, reward)) for reward in rewards]
    shown = [reward_id(key) for key in reversed(rewards)]
    member, outside = await ask.viewer(group.member), await ask.viewer(group.outside)
    for query, expected in ((SHOWN, shown), (MINE, keys[::-1])):
        [page] = (await ask(query, member)).values()
        assert [node["id"] for node in page["nodes"]] == expected
        assert [page["nodes"] for page in (await ask(query, outside)).values()] == [[]]
        costs = {(await ask.statements(query, member, first=first))[0] for first in (1, 3)}
        assert len(costs) == 1
    committee = gid(group.committee)
    for who in (group.admin, group.auditor):
        found = (await ask(BELOW, who, id=committee))["redemptions"]["nodes"]
        assert [node["id"] for node in found] == keys[::-1]
    for who in (group.member, group.outside):
        assert (await ask.refusal(BELOW, who, id=committee))["code"] == "FORBIDDEN"
