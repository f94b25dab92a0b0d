"""What members spend does not make them, or their branch, less diligent."""

import pytest
from group import building, gid
from prizes import fund, offer, redeemed, tree

from app.audit.actions import Actor
from app.points.models import Book, PointsPolicy
from app.rewards.redeeming import cancel

pytestmark = pytest.mark.anyio

AVERAGE = """query ($id: ID!) { organization: node(id: $id) { ... on Organization {
  pointsAverage(book: LEARNING) { average members } } } }"""
RANKING = """query ($id: ID!) { pointsRanking(organizationId: $id, book: LEARNING) {
  nodes { rank earned member { id } } } }"""
BALANCE = "{ viewerPoints { balance } }"


@pytest.fixture
async def group(ask):
    """Five members of the branch, of whom two have 30 and 20 points."""
    made = await tree(ask.database)
    async with building(ask.database) as more:
        for _ in range(3):
            await more.member(made.branch)
        policy = {"individual_ranking": True, "interaction_feeds_assessment": False}
        more.session.add(PointsPolicy(**policy))
    await fund(ask.database, made.member, 30)
    await fund(ask.database, made.colleague, 20)
    return made


async def figures(ask, group):
    """The branch's average, and its ranking."""
    found = await ask(AVERAGE, group.admin, id=gid(group.branch))
    ranked = (await ask(RANKING, group.admin, id=gid(group.branch)))["pointsRanking"]["nodes"]
    places = [(each["member"]["id"], each["earned"]) for each in ranked]
    return found["organization"]["pointsAverage"], places


async def test_averages_and_ranks_count_what_was_earned_and_balances_what_is_left(ask, group):
    reward = await offer(ask, group, price=15)
    told = await figures(ask, group)
    assert told == (
        {"average": 10.0, "members": 5},
        [(gid(group.member), 30), (gid(group.colleague), 20)],
    )
    key = await redeemed(ask, group.member, reward)
    await redeemed(ask, group.member, reward)
    assert (await ask(BALANCE, group.member))["viewerPoints"]["balance"] == 0
    assert await figures(ask, group) == told
    member = Actor(await ask.viewer(group.member))
    async with ask.database.transaction() as session:
        await cancel(session, member, key, "不要了")
    assert (await ask(BALANCE, group.member))["viewerPoints"]["balance"] == 15
    assert await figures(ask, group) == told


async def test_what_was_spent_of_one_book_is_not_earned_in_another(ask, group):
    reward = await offer(ask, group, price=15)
    await fund(ask.database, group.member, 15, Book.SERVICE)
    told = await figures(ask, group)
    await redeemed(ask, group.member, reward, book=Book.SERVICE)
    assert await figures(ask, group) == told
