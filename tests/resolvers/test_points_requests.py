"""Corrections that need a second person: they wait, are confirmed, refused, or lapse."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building, gid
from ledger import adjustment, assert_sound, balances, contents, posted, staffed

from app.audit.models import AuditEntry
from app.organizations.models import Organization
from app.points.actions import adjust
from app.points.models import Book, PointsRequest
from app.visibility import Role

pytestmark = pytest.mark.anyio

_PAYLOAD = """ { entry { id amount balanceAfter reverses { id } }
  request { id kind book amount reason state refusal lapsesAt createdAt
    member { id } askedBy { id } decidedBy { id } entry { id amount } reverses { id } }
  errors { code message path } } }"""
ADJUST = (
    """mutation ($member: ID!, $amount: Int!, $key: String!) { adjustPoints(input: {
  memberId: $member, amount: $amount, reason: "补录", idempotencyKey: $key})"""
    + _PAYLOAD
)
REVERSE = (
    """mutation ($entry: ID!, $key: String!) { reversePoints(input: {
  entryId: $entry, reason: "误录", idempotencyKey: $key})"""
    + _PAYLOAD
)
APPROVE = "mutation ($id: ID!) { approvePointsRequest(input: {requestId: $id})" + _PAYLOAD
REFUSE = (
    "mutation ($id: ID!, $reason: String!) {"
    " refusePointsRequest(input: {requestId: $id, reason: $reason})" + _PAYLOAD
)
LIST = """query ($first: Int, $after: String) { pointsRequests(first: $first, after: $after) {
  nodes { id amount state member { id } askedBy { id } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def people(database):
    """Who asks, the second person, and the member."""
    admin, member = await staffed(database)
    async with building(database) as group:
        committee = await group.session.get_one(Organization, admin.organization_id)
        second = await group.member(committee)
        await group.grant(second, Role.ADMIN, committee)
    return admin, second, member


async def done(ask, mutation, viewer, **given):
    [payload] = (await ask(mutation, viewer, **given)).values()
    return payload


async def asked(ask, admin, member, amount=101, key="k1"):
    payload = await done(ask, ADJUST, admin, member=gid(member), amount=amount, key=key)
    assert (payload["entry"], payload["errors"]) == (None, [])
    return payload["request"]


async def refused(ask, mutation, viewer, **given):
    payload = await done(ask, mutation, viewer, **given)
    assert payload["entry"] is payload["request"] is None
    [error] = payload["errors"]
    return error["code"], error["path"][-1] if error["path"] else None


async def everything(database):
    async with database.transaction() as session:
        rows = await session.execute(sa.select(PointsRequest.__table__))
        requests = sorted(map(str, rows))
    return await contents(database), requests


async def lapse(database):
    async with database.transaction() as session:
        for request in await session.scalars(sa.select(PointsRequest)):
            request.lapses_at -= timedelta(days=8)


async def test_up_to_the_bound_one_administrator_is_enough(database, ask, people):
    admin, _, member = people
    for amount, key in ((100, "k1"), (-100, "k2")):
        payload = await done(ask, ADJUST, admin, member=gid(member), amount=amount, key=key)
        assert (payload["entry"]["amount"], payload["request"]) == (amount, None)
    assert await balances(database, member) == {Book.ADJUSTMENT: 0}


async def test_where_the_bound_is_nought_one_is_always_enough(ask, people):
    admin, _, member = people
    ask.platform.settings.second_person_points = 0
    payload = await done(ask, ADJUST, admin, member=gid(member), amount=10_000, key="k1")
    assert (payload["entry"]["amount"], payload["request"]) == (10_000, None)


async def test_above_the_bound_it_waits_and_is_entered_once_another_confirms(database, ask, people):
    admin, second, member = people
    request = await asked(ask, admin, member)
    assert (request["kind"], request["amount"], request["book"]) == (
        "ADJUSTMENT",
        101,
        "ADJUSTMENT",
    )
    assert (request["state"], request["decidedBy"], request["entry"]) == ("WAITING", None, None)
    assert (request["member"], request["askedBy"]) == ({"id": gid(member)}, {"id": gid(admin)})
    assert await asked(ask, admin, member) == request
    assert await posted(database, member) == []
    payload = await done(ask, APPROVE, second, id=request["id"])
    assert payload["errors"] == []
    assert payload["entry"]["amount"] == payload["entry"]["balanceAfter"] == 101
    assert payload["request"]["state"] == "APPROVED"
    assert payload["request"]["decidedBy"] == {"id": gid(second)}
    assert payload["request"]["entry"]["id"] == payload["entry"]["id"]
    # The same answer for who confirms again, and for who asks again.
    assert await done(ask, APPROVE, second, id=request["id"]) == payload
    again = await done(ask, ADJUST, admin, member=gid(member), amount=101, key="k1")
    assert again == payload
    [transaction] = await posted(database, member)
    assert (transaction.actor_id, transaction.idempotency_key) == (admin.id, "k1")
    await assert_sound(database)
    async with database.transaction() as session:
        [entry] = await session.scalars(sa.select(AuditEntry))
        assert (entry.action, entry.actor_id, entry.subject_id) == (
            "points_request.approve",
            second.id,
            member.id,
        )


async def test_a_large_reversal_waits_as_well_and_goes_below_zero_when_confirmed(
    database, ask, people
):
    admin, second, member = people
    viewer = await ask.viewer(admin)
    async with database.transaction() as session:
        await adjust(session, viewer, adjustment(member, 300, key="large"))
        await adjust(session, viewer, adjustment(member, -50, key="spent"))
    entry = (await ask("{ viewerPoints { entries { nodes { id amount } } } }", member))[
        "viewerPoints"
    ]["entries"]["nodes"][1]["id"]
    requests = [
        (await done(ask, REVERSE, admin, entry=entry, key=key))["request"] for key in ("r1", "r2")
    ]
    assert requests[0]["id"] != requests[1]["id"]
    assert (requests[0]["kind"], requests[0]["amount"]) == ("REVERSAL", -300)
    assert requests[0]["reverses"] == {"id": entry}
    payload = await done(ask, APPROVE, second, id=requests[0]["id"])
    assert (payload["entry"]["amount"], payload["entry"]["balanceAfter"]) == (-300, -50)
    assert payload["entry"]["reverses"] == {"id": entry}
    before = await everything(database)
    assert await refused(ask, APPROVE, second, id=requests[1]["id"]) == ("CONFLICT", "requestId")
    assert await refused(ask, REVERSE, admin, entry=entry, key="r3") == ("CONFLICT", "entryId")
    assert await everything(database) == before
    await assert_sound(database)


async def test_neither_who_asked_nor_the_member_decides(database, ask, people):
    admin, _, member = people
    async with building(database) as group:
        committee = await group.session.get_one(Organization, admin.organization_id)
        await group.grant(member, Role.ADMIN, committee)
    request = await asked(ask, admin, member)
    before = await everything(database)
    for viewer in (admin, member):
        assert await refused(ask, APPROVE, viewer, id=request["id"]) == ("FORBIDDEN", None)
        given = {"id": request["id"], "reason": "不实"}
        assert await refused(ask, REFUSE, viewer, **given) == ("FORBIDDEN", None)
    assert await everything(database) == before


async def test_what_was_refused_stays_undone(database, ask, people):
    admin, second, member = people
    request = await asked(ask, admin, member)
    given = {"id": request["id"], "reason": " 材料不全 "}
    payload = await done(ask, REFUSE, second, **given)
    assert (payload["entry"], payload["errors"]) == (None, [])
    assert (payload["request"]["state"], payload["request"]["refusal"]) == ("REFUSED", "材料不全")
    assert await done(ask, REFUSE, second, **given) == payload
    before = await everything(database)
    assert await refused(ask, APPROVE, second, id=request["id"]) == ("CONFLICT", "requestId")
    other = {"id": request["id"], "reason": "别的理由"}
    assert await refused(ask, REFUSE, second, **other) == ("CONFLICT", "requestId")
    assert await refused(ask, REFUSE, second, id=request["id"], reason=" ") == (
        "INVALID",
        "reason",
    )
    again = await done(ask, ADJUST, admin, member=gid(member), amount=101, key="k1")
    assert again["request"]["state"] == "REFUSED"
    assert await everything(database) == before
    assert await posted(database, member) == []


async def test_a_request_lapses_after_seven_days(database, ask, people):
    admin, second, member = people
    await asked(ask, admin, member)
    await lapse(database)
    [request] = (await ask(LIST, second))["pointsRequests"]["nodes"]
    assert request["state"] == "LAPSED"
    before = await everything(database)
    for mutation, more in ((APPROVE, {}), (REFUSE, {"reason": "不实"})):
        found = await refused(ask, mutation, second, id=request["id"], **more)
        assert found == ("CONFLICT", "requestId")
    assert await everything(database) == before


async def test_a_key_is_one_corrections_whether_it_waits_or_was_entered(database, ask, people):
    admin, _, member = people
    await asked(ask, admin, member, key="waits")
    given = {"member": gid(member), "key": "entered"}
    await done(ask, ADJUST, admin, amount=5, **given)
    before = await everything(database)
    assert await refused(ask, ADJUST, admin, amount=500, **given) == ("CONFLICT", "idempotencyKey")
    for amount in (5, 102):
        given = {"member": gid(member), "key": "waits", "amount": amount}
        assert await refused(ask, ADJUST, admin, **given) == ("CONFLICT", "idempotencyKey")
    assert await everything(database) == before


async def test_a_confirmed_correction_never_leads_below_zero(database, ask, people):
    admin, second, member = people
    request = await asked(ask, admin, member, amount=-101)
    before = await everything(database)
    assert await refused(ask, APPROVE, second, id=request["id"]) == ("CONFLICT", "requestId")
    assert await everything(database) == before


async def test_twenty_confirmations_at_once_are_one(database, ask, people):
    admin, second, member = people
    request = await asked(ask, admin, member)
    viewer = await ask.viewer(second)
    answers = await asyncio.gather(
        *(done(ask, APPROVE, viewer, id=request["id"]) for _ in range(20))
    )
    assert {answer["entry"]["id"] for answer in answers} == {answers[0]["entry"]["id"]}
    assert await balances(database, member) == {Book.ADJUSTMENT: 101}
    await assert_sound(database)


async def test_administrators_read_what_waits_in_their_subtrees(database, ask, people):
    admin, second, member = people
    for number in range(3):
        await asked(ask, admin, member, amount=200 + number, key=f"k{number}")
    async with building(database) as group:
        elsewhere = await group.organization()
        other = await group.member(elsewhere)
        await group.grant(other, Role.ADMIN, elsewhere)
    assert (await ask(LIST, other))["pointsRequests"]["nodes"] == []
    assert (await ask.refusal(LIST, member))["code"] == "FORBIDDEN"
    assert (await ask.refusal(LIST))["code"] == "UNAUTHENTICATED"
    page = (await ask(LIST, second, first=2))["pointsRequests"]
    assert [node["amount"] for node in page["nodes"]] == [202, 201]
    after = page["pageInfo"]["endCursor"]
    rest = (await ask(LIST, second, first=2, after=after))["pointsRequests"]
    assert [node["amount"] for node in rest["nodes"]] == [200]
    assert not rest["pageInfo"]["hasNextPage"]
    viewer = await ask.viewer(second)
    costs = {(await ask.statements(LIST, viewer, first=first))[0] for first in (1, 3)}
    assert len(costs) == 1
    node = "query ($id: ID!) { node(id: $id) { id } }"
    seen = [await ask(node, who, id=page["nodes"][0]["id"]) for who in (second, other, member)]
    assert [each["node"] is not None for each in seen] == [True, False, False]
