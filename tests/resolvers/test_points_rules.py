"""Rules of points through the doors: read by all, set and tried by who administers the group."""

from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa
from group import building
from ledger import NOON, assert_sound, balances, deed, pay, staffed

from app.audit.models import AuditEntry
from app.database.columns import now
from app.points.models import Action, Book, PointsRule
from app.visibility import Role

pytestmark = pytest.mark.anyio

RULES = "{ pointsRules { action name version book points dailyCap weeklyCap effectiveTo } }"
HISTORY = """query ($first: Int, $after: String) {
  pointsRuleHistory(action: LIKE, first: $first, after: $after) {
    nodes { version points effectiveFrom effectiveTo } pageInfo { hasNextPage endCursor } } }"""
EDIT = """mutation ($input: EditPointsRuleInput!) { editPointsRule(input: $input) {
  rule { action version book points dailyCap weeklyCap isReversedOnRemoval note
    effectiveFrom effectiveTo } errors { code path } } }"""
SIMULATE = """query ($input: EditPointsRuleInput!, $month: String!) {
  simulatePointsRule(input: $input, month: $month) {
    month before { members points cut } after { members points cut } } }"""
GOOD = {"action": "LIKE", "points": 2, "dailyCap": 4, "note": "点赞一次记2分"}


async def edited(ask, viewer, **given):
    return (await ask(EDIT, viewer, input=GOOD | given))["editPointsRule"]


async def rules(database):
    async with database.transaction() as session:
        rows = [
            await session.execute(sa.select(table.__table__)) for table in (PointsRule, AuditEntry)
        ]
        return [sorted(map(str, each)) for each in rows]


async def test_everybody_reads_the_rules_in_force(ask):
    found = (await ask(RULES))["pointsRules"]
    assert len(found) == 10
    assert found[4] == {
        "action": "LIKE",
        "name": "点赞",
        "version": 1,
        "book": "INTERACTION",
        "points": 1,
        "dailyCap": 3,
        "weeklyCap": None,
        "effectiveTo": None,
    }


async def test_a_new_version_pays_from_now_on_and_the_change_is_recorded(database, ask):
    admin, member = await staffed(database)
    await pay(database, deed(member, at=now()))
    answer = await edited(ask, admin)
    assert answer["errors"] == []
    rule = answer["rule"]
    assert (rule["version"], rule["book"], rule["points"], rule["dailyCap"]) == (
        2,
        "INTERACTION",
        2,
        4,
    )
    assert (rule["note"], rule["effectiveTo"]) == ("点赞一次记2分", None)
    await pay(database, deed(member, at=now()))
    assert await balances(database, member) == {Book.INTERACTION: 3}
    await assert_sound(database)
    newest, first = (await ask(HISTORY, admin))["pointsRuleHistory"]["nodes"]
    assert (newest["version"], first["version"]) == (2, 1)
    assert first["effectiveTo"] == newest["effectiveFrom"]
    async with database.transaction() as session:
        [entry] = await session.scalars(sa.select(AuditEntry))
        assert (entry.action, entry.actor_id) == ("points_rule.edit", admin.id)
        assert orjson.loads(entry.before)["points"] == 1
        assert orjson.loads(entry.after)["points"] == 2


async def test_a_version_that_begins_later_waits_and_can_be_replaced_in_time(database, ask):
    admin, member = await staffed(database)
    later = now() + timedelta(days=7)
    assert (await edited(ask, admin, effectiveFrom=later.isoformat()))["errors"] == []
    assert (await ask(RULES))["pointsRules"][4]["points"] == 1
    sooner = await edited(ask, admin, points=9, dailyCap=None)
    assert sooner["errors"] == [{"code": "INVALID", "path": ["input", "effectiveFrom"]}]
    again = await edited(ask, admin, points=9, dailyCap=None, effectiveFrom=later.isoformat())
    assert again["rule"]["version"] == 3
    await pay(database, deed(member, at=later), deed(member, at=later - timedelta(days=1)))
    assert await balances(database, member) == {Book.INTERACTION: 10}
    page = (await ask(HISTORY, admin, first=2))["pointsRuleHistory"]
    assert [node["version"] for node in page["nodes"]] == [3, 2]
    after = page["pageInfo"]["endCursor"]
    rest = (await ask(HISTORY, admin, first=2, after=after))["pointsRuleHistory"]
    assert [node["version"] for node in rest["nodes"]] == [1]


async def test_a_deed_that_paid_nothing_gets_its_first_rule(database, ask):
    admin, member = await staffed(database)
    missing = await edited(ask, admin, action="PUBLISH")
    assert missing["errors"] == [{"code": "INVALID", "path": ["input", "book"]}]
    first = await edited(ask, admin, action="PUBLISH", book="SERVICE")
    assert (first["rule"]["version"], first["rule"]["book"]) == (1, "SERVICE")
    await pay(database, deed(member, Action.PUBLISH, at=now()))
    assert await balances(database, member) == {Book.SERVICE: 2}


_REFUSED = [
    ({"points": 0}, "points"),
    ({"points": 1001}, "points"),
    ({"dailyCap": 0}, "dailyCap"),
    ({"weeklyCap": 10_001}, "weeklyCap"),
    ({"dailyCap": 5, "weeklyCap": 4}, "weeklyCap"),
    ({"note": " "}, "note"),
    ({"note": "长" * 201}, "note"),
    ({"effectiveFrom": "2026-01-01T00:00:00Z"}, "effectiveFrom"),
]


async def test_a_refused_edit_names_the_field_and_changes_nothing(database, ask):
    admin, _ = await staffed(database)
    before = await rules(database)
    for given, field in _REFUSED:
        answer = await edited(ask, admin, **given)
        assert answer == {"rule": None, "errors": [{"code": "INVALID", "path": ["input", field]}]}
    assert await rules(database) == before


async def test_only_administrators_of_the_whole_group_set_rules(database, ask):
    async with building(database) as group:
        root = await group.organization()
        branch = await group.organization(below=root)
        people = {"member": await group.member(branch)}
        for where in (root, branch):
            for role in Role:
                who = people[role, where is root] = await group.member(branch)
                await group.grant(who, role, where)
    governor = people.pop((Role.ADMIN, True))
    before = await rules(database)
    for who in people.values():
        viewer = await ask.viewer(who)
        [error] = (await edited(ask, viewer))["errors"]
        assert error["code"] == "FORBIDDEN"
        assert (await ask.refusal(HISTORY, viewer))["code"] == "FORBIDDEN"
        given = {"input": GOOD, "month": "2026-03"}
        assert (await ask.refusal(SIMULATE, viewer, **given))["code"] == "FORBIDDEN"
    [error] = (await ask(EDIT, input=GOOD))["editPointsRule"]["errors"]
    assert error["code"] == "UNAUTHENTICATED"
    assert (await ask.refusal(HISTORY))["code"] == "UNAUTHENTICATED"
    assert await rules(database) == before
    assert (await edited(ask, governor))["errors"] == []


async def test_a_month_is_replayed_under_the_new_version_and_nothing_changes(database, ask):
    admin, member = await staffed(database)
    last, next_month = NOON - timedelta(days=4), NOON + timedelta(days=28)
    comment = deed(member, Action.COMMENT)
    deeds = [deed(member) for _ in range(4)]  # the fourth paid nothing and left no trace
    await pay(database, *deeds, comment, deed(member, at=last), deed(member, at=next_month))
    before = await rules(database)
    found = await ask(SIMULATE, admin, input=GOOD, month="2026-03")
    assert found["simulatePointsRule"] == {
        "month": "2026-03",
        "before": {"members": 1, "points": 3, "cut": 0},
        "after": {"members": 1, "points": 4, "cut": 1},
    }
    assert await rules(database) == before
    for month in ("2026-13", "März", now().strftime("%Y-%m")):
        refusal = await ask.refusal(SIMULATE, admin, input=GOOD, month=month)
        assert refusal["code"] == "INVALID"
