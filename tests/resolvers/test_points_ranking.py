"""Ranking members by points: off, unless the group switches it on, and that is recorded."""

import orjson
import pytest
import sqlalchemy as sa
from group import START, building, gid
from ledger import adjustment

from app.audit.models import AuditEntry
from app.members.models import Member, MemberStatus
from app.points.actions import post_adjustment
from app.points.models import Book, PointsPolicy
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

POLICY = "{ pointsPolicy { individualRanking interactionFeedsAssessment } }"
SET = """mutation ($ranking: Boolean!, $fed: Boolean!) { setPointsPolicy(input: {
  individualRanking: $ranking, interactionFeedsAssessment: $fed}) {
  policy { individualRanking interactionFeedsAssessment } errors { code } } }"""
RANKING = """query ($id: ID!, $book: PointsBook!, $first: Int, $after: String) {
  pointsRanking(organizationId: $id, book: $book, first: $first, after: $after) {
    nodes { rank earned member { id } } pageInfo { hasNextPage endCursor } } }"""


class Branch:
    """A root, a branch with members and their points, and staff."""

    async def build(self, database):
        async with building(database) as group:
            self.root = await group.organization()
            self.branch = await group.organization(below=self.root)
            self.other = await group.organization(below=self.root)
            self.members = [await group.member(self.branch) for _ in range(5)]
            self.stranger = await group.member(self.other)
            self.admin = await group.member(self.root)
            await group.grant(self.admin, Role.ADMIN, self.root)
            self.editor, self.former = [await group.member(self.branch) for _ in range(2)]
            self.gone, self.auditor = [await group.member(self.branch) for _ in range(2)]
            await group.grant(self.editor, Role.EDITOR, self.other)
            await group.grant(self.former, Role.EDITOR, self.branch, expires_at=START)
            await group.grant(self.auditor, Role.AUDITOR, self.branch)
            gone = await group.session.get_one(Member, self.gone.id)
            gone.status = MemberStatus.SUSPENDED
            given = zip([*self.members, self.editor, self.gone], (3, 7, 7, 7, 1, 9, 9), strict=True)
            for member, amount in given:
                for book in (Book.LEARNING, Book.INTERACTION):
                    wanted = adjustment(member, amount, book=book)
                    await post_adjustment(group.session, wanted, self.admin.id)
            wanted = adjustment(self.former, 2, book=Book.LEARNING)
            await post_adjustment(group.session, wanted, self.admin.id)
        return self


@pytest.fixture
async def branch(database):
    return await Branch().build(database)


async def switch(ask, viewer, ranking=True, fed=False):
    return (await ask(SET, viewer, ranking=ranking, fed=fed))["setPointsPolicy"]


def asked(of, book="LEARNING", **more):
    return {"id": gid(of), "book": book} | more


async def test_nothing_is_ranked_unless_it_is_switched_on_and_likes_need_a_second_switch(
    ask, branch
):
    assert (await ask(POLICY))["pointsPolicy"] == {
        "individualRanking": False,
        "interactionFeedsAssessment": False,
    }
    for policy in ({}, {"ranking": True}, {"ranking": False, "fed": True}, {"fed": True}):
        if policy:
            assert (await switch(ask, branch.admin, **policy))["errors"] == []
        refused = []
        for book in ("LEARNING", "INTERACTION"):
            answer = await ask.answer(RANKING, branch.admin, **asked(branch.branch, book))
            refused.append("errors" in answer)
        assert (
            refused
            == {
                (): [True, True],
                ("ranking",): [False, True],
                ("ranking", "fed"): [True, True],
                ("fed",): [False, False],
            }[tuple(policy)]
        )


async def test_equals_share_a_rank_and_staff_and_those_who_are_suspended_have_none(ask, branch):
    await switch(ask, branch.admin)
    low, *equals, lowest = branch.members
    places = [(1, 7, each) for each in sorted(equals, key=lambda each: each.id)]
    places += [(4, 3, low), (5, 2, branch.former), (6, 1, lowest)]
    expected = [{"rank": r, "earned": b, "member": {"id": gid(m)}} for r, b, m in places]
    viewer = await ask.viewer(low)
    found = (await ask(RANKING, viewer, **asked(branch.branch)))["pointsRanking"]
    assert found["nodes"] == expected
    paged, after = [], None
    while after or not paged:
        given = asked(branch.branch, first=2, after=after)
        page = (await ask(RANKING, viewer, **given))["pointsRanking"]
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert paged == expected
    costs = [
        (await ask.statements(RANKING, viewer, **asked(branch.branch, first=first)))[0]
        for first in (1, 6)
    ]
    assert costs[0] == costs[1]


async def test_a_ranking_is_for_its_members_and_who_administers_or_audits_them(ask, branch):
    await switch(ask, branch.admin)
    for viewer in (branch.members[0], branch.admin, branch.auditor):
        assert "errors" not in await ask.answer(RANKING, viewer, **asked(branch.branch))
    for viewer, of in ((branch.stranger, branch.branch), (branch.auditor, branch.other)):
        assert (await ask.refusal(RANKING, viewer, **asked(of)))["code"] == "FORBIDDEN"
    assert (await ask.refusal(RANKING, **asked(branch.branch)))["code"] == "UNAUTHENTICATED"
    wrong = asked(branch.branch) | {"after": "?"}
    assert (await ask.refusal(RANKING, branch.admin, **wrong))["code"] == "INVALID"


async def test_the_switch_is_recorded_once_a_change_and_only_the_groups_administrators_hold_it(
    database, ask, branch
):
    async with building(database) as group:
        people = [None, branch.members[0]]
        for where in (branch.root, branch.branch):
            for role in Role:
                if (role, where) != (Role.ADMIN, branch.root):
                    people.append(await group.member(branch.branch))
                    await group.grant(people[-1], role, where)
    for who in people:
        [error] = (await switch(ask, who or NOBODY))["errors"]
        assert error["code"] == ("FORBIDDEN" if who else "UNAUTHENTICATED")

    async def kept():
        async with database.transaction() as session:
            policies = await session.scalar(sa.select(sa.func.count(PointsPolicy.id)))
            return policies, list(await session.scalars(sa.select(AuditEntry)))

    assert await kept() == (0, [])
    for _ in range(2):
        await switch(ask, branch.admin)
    policies, [entry] = await kept()
    assert (policies, entry.action, entry.actor_id) == (1, "points_policy.set", branch.admin.id)
    assert orjson.loads(entry.before)["individual_ranking"] is False
    assert orjson.loads(entry.after)["individual_ranking"] is True
