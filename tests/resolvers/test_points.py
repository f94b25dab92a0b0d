"""Correcting points through the doors: payloads, refusals, and that nothing changes then."""

import pytest
from group import gid, global_id
from ledger import assert_sound, balances, contents, staffed

from app.points.models import Book

pytestmark = pytest.mark.anyio

ADJUST = """mutation ($member: ID!, $amount: Int!, $reason: String!, $key: String!) {
  adjustPoints(input: {memberId: $member, amount: $amount, reason: $reason, idempotencyKey: $key}) {
    entry { id book amount balanceAfter reason } errors { code message path } } }"""
REVERSE = """mutation ($entry: ID!, $reason: String!, $key: String!) {
  reversePoints(input: {entryId: $entry, reason: $reason, idempotencyKey: $key}) {
    entry { id amount balanceAfter reverses { id } } errors { code message path } } }"""
GOOD = {"amount": 5, "reason": "断网学习补录", "key": "k1"}


async def adjusted(ask, viewer, adjusted_member, **more):
    given = {"member": gid(adjusted_member)} | GOOD | more
    return (await ask(ADJUST, *viewer, **given))["adjustPoints"]


async def test_an_administrator_adjusts_and_reverses_and_the_same_key_does_so_once(database, ask):
    admin, member = await staffed(database)
    first = await adjusted(ask, (admin,), member, reason=" 断网学习补录 ")
    assert first["errors"] == []
    assert {name: first["entry"][name] for name in ("book", "amount", "balanceAfter")} == {
        "book": "ADJUSTMENT",
        "amount": 5,
        "balanceAfter": 5,
    }
    assert first["entry"]["reason"] == "断网学习补录"
    assert await adjusted(ask, (admin,), member) == first
    given = {"entry": first["entry"]["id"], "reason": "误录", "key": "k2"}
    for _ in range(2):
        done = (await ask(REVERSE, admin, **given))["reversePoints"]
        assert done["errors"] == []
        assert (done["entry"]["amount"], done["entry"]["balanceAfter"]) == (-5, 0)
        assert done["entry"]["reverses"] == {"id": first["entry"]["id"]}
    assert await balances(database, member) == {Book.ADJUSTMENT: 0}
    await assert_sound(database)


async def test_points_go_to_the_book_that_is_named(database, ask):
    admin, member = await staffed(database)
    named = ADJUST.replace("$key}", "$key, book: SERVICE}")
    done = await ask(named, admin, member=gid(member), **GOOD)
    assert done["adjustPoints"]["entry"]["book"] == "SERVICE"


_REFUSED = [
    ({"amount": 0}, "INVALID", "amount"),
    ({"amount": 10_001}, "INVALID", "amount"),
    ({"amount": -1}, "CONFLICT", "amount"),
    ({"reason": " "}, "INVALID", "reason"),
    ({"reason": "长" * 201}, "INVALID", "reason"),
    ({"reason": "断\0网"}, "INVALID", "reason"),
    ({"key": ""}, "INVALID", "idempotencyKey"),
    ({"key": "k" * 101}, "INVALID", "idempotencyKey"),
    ({"member": "?"}, "INVALID", "memberId"),
    ({"member": global_id("Member", 1)}, "NOT_FOUND", "memberId"),
    ({"member": global_id("Organization", 1)}, "INVALID", "memberId"),
]


async def test_a_refused_adjustment_names_the_field_and_changes_nothing(database, ask):
    admin, member = await staffed(database)
    before = await contents(database)
    for given, code, field in _REFUSED:
        answer = await adjusted(ask, (admin,), member, **given)
        assert answer["entry"] is None
        [error] = answer["errors"]
        assert (error["code"], error["path"]) == (code, ["input", field])
    assert await contents(database) == before


async def test_members_and_nobody_correct_nothing(database, ask):
    admin, member = await staffed(database)
    entry = (await adjusted(ask, (admin,), member))["entry"]["id"]
    before = await contents(database)
    given = {"entry": entry, "reason": "误录", "key": "k2"}
    for viewer, code in (((), "UNAUTHENTICATED"), ((member,), "FORBIDDEN")):
        answers = [
            await adjusted(ask, viewer, member, key="k3"),
            (await ask(REVERSE, *viewer, **given))["reversePoints"],
        ]
        for answer in answers:
            assert answer["entry"] is None
            assert [error["code"] for error in answer["errors"]] == [code]
    assert await contents(database) == before
