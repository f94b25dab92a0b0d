"""Corrections by hand: by whom, how far, and once for each key."""

from dataclasses import replace

import pytest
from group import START, building, viewer_of
from ledger import (
    adjustment,
    assert_sound,
    balances,
    contents,
    deed,
    lines,
    pay,
    posted,
    staffed,
)

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.organizations.models import Organization
from app.points.actions import Reversal, adjust, reverse
from app.points.models import Action, Book, Kind
from app.points.queries import entries_of
from app.visibility import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(database):
    """The administrator as a viewer, and the member."""
    admin, member = await staffed(database)
    return await viewer_of(database, admin), member


async def correct(database, how, viewer, wanted):
    async with database.transaction() as session:
        return await how(session, viewer, wanted)


async def entry_of(database, transaction_id):
    return (await entries_of(database, [transaction_id]))[transaction_id]


def reversal(entry, *, reason="多记", key="reverse-1"):
    return Reversal(entry_id=entry.id, reason=reason, idempotency_key=key)


async def test_an_adjustment_is_entered_with_who_and_why(database, people):
    admin, member = people
    wanted = adjustment(member, 8, reason="断网学习补录", key="k1")
    key = await correct(database, adjust, admin, wanted)
    [transaction] = await posted(database, member)
    assert (transaction.id, transaction.kind, transaction.actor_id) == (
        key,
        Kind.ADJUSTMENT,
        admin.member_id,
    )
    assert (transaction.reason, transaction.idempotency_key) == ("断网学习补录", "k1")
    await correct(database, adjust, admin, adjustment(member, -5))
    await correct(database, adjust, admin, adjustment(member, 4, book=Book.SERVICE))
    assert await balances(database, member) == {Book.ADJUSTMENT: 3, Book.SERVICE: 4}
    await assert_sound(database)


async def test_the_same_key_is_done_once_and_with_another_body_refused(database, people):
    admin, member = people
    wanted = adjustment(member, 8, key="k1")
    first = await correct(database, adjust, admin, wanted)
    assert await correct(database, adjust, admin, wanted) == first
    before = await contents(database)
    others = [
        replace(wanted, amount=9),
        replace(wanted, reason="别的理由"),
        replace(wanted, book=Book.SERVICE),
    ]
    for other in others:
        with pytest.raises(Conflict, match="幂等键") as refused:
            await correct(database, adjust, admin, other)
        assert refused.value.path == ("input", "idempotencyKey")
    entry = await entry_of(database, first)
    with pytest.raises(Conflict, match="幂等键"):
        await correct(database, reverse, admin, reversal(entry, key="k1"))
    assert await contents(database) == before


async def test_a_key_is_its_administrators_own(database, people):
    admin, member = people
    async with building(database) as group:
        committee = await group.session.get_one(Organization, admin.organization_id)
        other = await group.member(committee)
        await group.grant(other, Role.ADMIN, committee)
    second = await viewer_of(database, other)
    for viewer in (admin, second):
        await correct(database, adjust, viewer, adjustment(member, 1, key="k1"))
    assert await balances(database, member) == {Book.ADJUSTMENT: 2}


async def test_an_adjustment_never_leads_below_zero(database, people):
    admin, member = people
    await correct(database, adjust, admin, adjustment(member, 4))
    before = await contents(database)
    with pytest.raises(Conflict, match="余额不足") as refused:
        await correct(database, adjust, admin, adjustment(member, -5))
    assert refused.value.path == ("input", "amount")
    assert await contents(database) == before
    await correct(database, adjust, admin, adjustment(member, -4))
    assert await balances(database, member) == {Book.ADJUSTMENT: 0}


async def test_an_adjustment_of_nothing_or_too_much_is_invalid(database, people):
    admin, member = people
    for amount in (0, 10_001, -10_001):
        with pytest.raises(Invalid) as refused:
            await correct(database, adjust, admin, adjustment(member, amount))
        assert refused.value.path == ("input", "amount")
    assert await posted(database, member) == []


async def test_a_reversal_goes_below_zero_and_later_points_make_up_for_it(database, people):
    admin, member = people
    first = await correct(database, adjust, admin, adjustment(member, 10))
    await correct(database, adjust, admin, adjustment(member, -7))
    entry = await entry_of(database, first)
    key = await correct(database, reverse, admin, reversal(entry))
    assert await lines(database, member) == [(10, 10), (-7, 3), (-10, -7)]
    assert (await entry_of(database, key)).reverses_id == first
    await correct(database, adjust, admin, adjustment(member, 2))
    assert await balances(database, member) == {Book.ADJUSTMENT: -5}
    await assert_sound(database)


async def test_an_entry_is_reversed_once_and_so_is_its_reversal(database, people):
    admin, member = people
    await pay(database, deed(member, Action.COMMENT, key="comment/1"))
    [award] = await posted(database, member)
    entry = await entry_of(database, award.id)
    wanted = reversal(entry)
    key = await correct(database, reverse, admin, wanted)
    assert await correct(database, reverse, admin, wanted) == key
    before = await contents(database)
    with pytest.raises(Conflict, match="已被冲正") as refused:
        await correct(database, reverse, admin, reversal(entry, key="another"))
    assert refused.value.path == ("input", "entryId")
    assert await contents(database) == before
    undone = reversal(await entry_of(database, key), key="undo")
    await correct(database, reverse, admin, undone)
    assert await lines(database, member) == [(2, 2), (-2, 0), (2, 2)]
    await assert_sound(database)


_OTHERS = {
    "without a role": None,
    "above, as auditor": ("committee", Role.AUDITOR),
    "above, as secretary": ("committee", Role.SECRETARY),
    "beside": ("other", Role.ADMIN),
    "expired": ("committee", Role.ADMIN),
    "oneself": ("branch", Role.ADMIN),
}


async def test_only_administrators_above_the_member_correct(database):
    async with building(database) as group:
        committee = await group.organization()
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        places = {"committee": committee, "branch": branch, "other": other}
        member, admin = await group.member(branch), await group.member(branch)
        await group.grant(admin, Role.ADMIN, branch)
        people = {}
        for who, granted in _OTHERS.items():
            people[who] = member if who == "oneself" else await group.member(committee)
            if granted:
                where, role = granted
                ends = START if who == "expired" else None
                await group.grant(people[who], role, places[where], expires_at=ends)
    paid = await correct(database, adjust, await viewer_of(database, admin), adjustment(member, 5))
    entry = await entry_of(database, paid)
    viewers = {who: await viewer_of(database, each) for who, each in people.items()}
    before = await contents(database)
    for who, viewer in viewers.items():
        with pytest.raises(Forbidden):
            await correct(database, adjust, viewer, adjustment(member, 5))
        # Who may not see the entry does not learn that there is one.
        sees = who in {"above, as auditor", "oneself"}
        with pytest.raises(Forbidden if sees else NotFound):
            await correct(database, reverse, viewer, reversal(entry))
    assert await contents(database) == before


async def test_what_is_not_there_is_not_found(database, people):
    admin, member = people
    missing = replace(adjustment(member, 5), member_id=1)
    with pytest.raises(NotFound) as refused:
        await correct(database, adjust, admin, missing)
    assert refused.value.path == ("input", "memberId")
    with pytest.raises(NotFound) as refused:
        await correct(
            database, reverse, admin, Reversal(entry_id=1, reason="x", idempotency_key="k")
        )
    assert refused.value.path == ("input", "entryId")


async def test_the_groups_side_of_a_transaction_is_no_entry_to_reverse(database, people):
    admin, member = people
    key = await correct(database, adjust, admin, adjustment(member, 5))
    entry = await entry_of(database, key)
    with pytest.raises(NotFound):
        await correct(database, reverse, admin, replace(reversal(entry), entry_id=entry.id + 1))
