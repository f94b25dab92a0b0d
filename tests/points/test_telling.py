"""Members are told of what a person corrected in their points, once, and of no refusal."""

import pytest
from consequences import told
from group import building, gid, viewer_of
from ledger import adjustment, deed, pay, posted, staffed

from app.audit.actions import Actor
from app.errors import Conflict
from app.organizations.models import Organization
from app.points import seconding
from app.points.actions import Reversal, adjust, reverse, take_back
from app.points.models import Action
from app.points.queries import entries_of
from app.visibility import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(database):
    """The administrator as a viewer, and the member."""
    admin, member = await staffed(database)
    return await viewer_of(database, admin), member


async def correct(database, how, *given, **more):
    async with database.transaction() as session:
        return await how(session, *given, **more)


def of(member, *noted):
    """What a member was told of themselves: how often, and the latest note."""
    times, note = noted
    return {(member.name, "POINTS", member.id, times, note)}


async def test_an_adjustment_tells_how_many_and_why_and_the_same_key_tells_nothing_more(
    database, people
):
    admin, member = people
    wanted = adjustment(member, 8, reason="断网学习补录", key="k1")
    for _ in range(2):
        await correct(database, adjust, admin, wanted)
    assert await told(database) == of(member, 1, "+8，断网学习补录")
    await correct(database, adjust, admin, adjustment(member, -3, reason="多记"))
    assert await told(database) == of(member, 2, "-3，多记")


async def test_a_refused_adjustment_tells_nothing(database, people):
    admin, member = people
    with pytest.raises(Conflict):
        await correct(database, adjust, admin, adjustment(member, -1))
    assert await told(database) == set()


async def test_a_reversal_tells_of_what_had_paid_and_one_by_the_platform_does_not(database, people):
    admin, member = people
    await pay(database, deed(member, Action.COMMENT, key="said", subject=7))
    await correct(database, take_back, "said", reason="已移除")
    assert await told(database) == set()
    [_, taken] = await posted(database, member)
    entry = (await entries_of(database, [taken.id]))[taken.id]
    wanted = Reversal(entry_id=entry.id, reason="误删", idempotency_key="r1")
    for _ in range(2):
        await correct(database, reverse, admin, wanted)
    assert await told(database) == {(member.name, "POINTS", 7, 1, "+2，误删")}


async def test_what_waits_for_a_second_person_tells_when_it_is_confirmed(database, people):
    admin, member = people
    async with building(database) as group:
        committee = await group.session.get_one(Organization, admin.organization_id)
        other = await group.member(committee)
        await group.grant(other, Role.ADMIN, committee)
    second = Actor(await viewer_of(database, other))
    asked = [
        await correct(database, seconding.adjust, admin, adjustment(member, 50), alone_up_to=1)
        for _ in range(2)
    ]
    assert await told(database) == set()
    await correct(database, seconding.refuse, second, asked[0].request_id, "依据不足")
    assert await told(database) == set()
    for _ in range(2):
        await correct(database, seconding.approve, second, asked[1].request_id)
    assert await told(database) == of(member, 1, "+50，补录")


async def test_the_member_reads_who_corrected_their_points(ask, people):
    admin, member = people
    await correct(ask.database, adjust, admin, adjustment(member, 8))
    shown = "{ notifications { nodes { kind message subject { id } actorCount } } }"
    [read] = (await ask(shown, member))["notifications"]["nodes"]
    assert read == {
        "kind": "POINTS",
        "message": f"积分有1笔变动：{member.name}（+8，补录）",
        "subject": {"id": gid(member)},
        "actorCount": 1,
    }
