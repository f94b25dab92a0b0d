"""Deeds are paid by the rule of their day, once, and up to its caps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from group import building
from ledger import (
    NOON,
    SHANGHAI,
    add_rule,
    assert_sound,
    balances,
    contents,
    deed,
    lines,
    pay,
    posted,
    staffed,
)

from app.points.actions import award, give_back, take_back
from app.points.models import Action, Book, Cap, Kind, PointsEntry, PointsRule
from app.subjects import SubjectKind

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture
async def member(database):
    return (await staffed(database))[1]


async def test_a_deed_is_paid_with_both_sides_and_all_that_explains_it(database, member):
    assert await pay(database, deed(member, key="content/7/like", subject=7)) == [1]
    [transaction] = await posted(database, member)
    assert (transaction.kind, transaction.book, transaction.amount) == (
        Kind.AWARD,
        Book.INTERACTION,
        1,
    )
    assert (transaction.deed_key, transaction.action) == ("content/7/like", Action.LIKE)
    assert (transaction.offered, transaction.cut_by) == (1, None)
    assert (transaction.subject_kind, transaction.subject_id) == (SubjectKind.CONTENT, 7)
    assert transaction.done_at == NOON < transaction.created_at
    async with database.transaction() as session:
        rule = await session.get(PointsRule, transaction.rule_id)
        entries = list(await session.scalars(sa.select(PointsEntry).order_by(PointsEntry.id)))
    assert (rule.action, rule.version) == (Action.LIKE, 1)
    assert [(e.member_id, e.amount, e.position, e.balance_after) for e in entries] == [
        (member.id, 1, 1, 1),
        (None, -1, None, None),
    ]
    await assert_sound(database)


async def test_the_same_deed_pays_once_even_on_another_day(database, member):
    like = deed(member)
    assert await pay(database, like, like, replace(like, at=NOON + DAY)) == [1, 0, 0]
    assert await balances(database, member) == {Book.INTERACTION: 1}


async def test_a_daily_cap_ends_at_midnight_of_the_group(database, member):
    midnight = datetime(2026, 3, 4, 16, tzinfo=UTC)
    before = [deed(member, at=midnight - MOMENT) for _ in range(4)]
    after = [deed(member, at=midnight) for _ in range(4)]
    assert await pay(database, *before, *after) == [1, 1, 1, 0, 1, 1, 1, 0]
    assert await pay(database, deed(member, at=midnight - DAY)) == [0]
    assert await pay(database, deed(member, at=midnight - DAY - MOMENT)) == [1]
    await assert_sound(database)


async def test_a_daily_cap_holds_for_a_day_of_23_or_25_hours(database, member):
    for first, last in (
        ("2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59.999999+02:00"),
        ("2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59.999999+01:00"),
    ):
        begun, ended = datetime.fromisoformat(first), datetime.fromisoformat(last)
        inside = [deed(member, at=at) for at in (begun, ended, ended, begun)]
        outside = [deed(member, at=at) for at in (begun - MOMENT, ended + MOMENT)]
        paid = await pay(database, *inside, *outside, zone=ZoneInfo("Europe/Berlin"))
        assert paid == [1, 1, 1, 0, 1, 1]


async def test_a_weekly_cap_ends_on_monday_and_pays_what_it_leaves(database, member):
    monday = datetime(2026, 3, 8, 16, tzinfo=UTC)
    days = [monday - 7 * DAY, monday - 3 * DAY, monday - MOMENT, monday]
    quizzes = [deed(member, Action.QUIZ, at=at) for at in days]
    assert await pay(database, *quizzes) == [5, 5, 0, 5]


async def test_a_cap_that_leaves_less_than_the_rule_offers_is_named(database, member):
    await add_rule(database, Action.PUBLISH, 4, daily_cap=6, weekly_cap=9)
    at = [NOON, NOON, NOON, NOON + DAY, NOON + DAY]
    assert await pay(database, *(deed(member, Action.PUBLISH, at=each) for each in at)) == [
        4,
        2,
        0,
        3,
        0,
    ]
    transactions = await posted(database, member)
    assert [(t.amount, t.offered, t.cut_by) for t in transactions] == [
        (4, 4, None),
        (2, 4, Cap.DAILY),
        (3, 4, Cap.WEEKLY),
    ]
    await assert_sound(database)


async def test_what_a_cap_refused_may_be_done_again_on_another_day(database, member):
    late = deed(member)
    assert await pay(database, *(deed(member) for _ in range(3)), late) == [1, 1, 1, 0]
    assert await pay(database, replace(late, at=NOON + DAY)) == [1]


async def test_deeds_of_one_kind_and_of_one_member_leave_the_caps_of_others(database, member):
    async with building(database) as group:
        other = await group.member(await group.organization())
    mine = [deed(member) for _ in range(4)]
    assert await pay(database, *mine, deed(other), deed(member, Action.SHARE)) == [
        1,
        1,
        1,
        0,
        1,
        1,
    ]


async def test_without_a_rule_in_force_nothing_is_paid_and_nothing_is_written(database, member):
    before = await contents(database)
    ages_ago = datetime(2025, 3, 31, 16, tzinfo=UTC) - MOMENT
    deeds = [deed(member, Action.SHARE_OPENED), deed(member, at=ages_ago)]
    assert await pay(database, *deeds) == [0, 0]
    assert await contents(database) == before
    assert await pay(database, deed(member, at=ages_ago + MOMENT)) == [1]


async def test_the_version_of_the_deeds_own_day_counts(database, member):
    change = NOON + DAY
    async with database.transaction() as session:
        await session.execute(
            sa.update(PointsRule)
            .where(PointsRule.action == Action.LIKE)
            .values(effective_to=change)
        )
    await add_rule(database, Action.LIKE, 2, daily_cap=2, effective_from=change)
    at = [change, change - MOMENT, change]
    assert await pay(database, *(deed(member, at=each) for each in at)) == [2, 1, 0]
    transactions = await posted(database, member)
    async with database.transaction() as session:
        versions = [(await session.get(PointsRule, t.rule_id)).version for t in transactions]
    assert versions == [2, 1]


async def test_what_is_removed_is_taken_back_once_and_may_be_given_back(database, member):
    async def change(how, key):
        async with database.transaction() as session:
            return await how(session, key, reason="评论被撤下")

    comment, like = deed(member, Action.COMMENT, key="comment/1"), deed(member, key="like/1")
    assert await pay(database, comment, like) == [2, 1]
    assert await change(give_back, "comment/1") == 0
    assert [await change(take_back, "comment/1") for _ in range(2)] == [2, 0]
    assert [await change(take_back, key) for key in ("like/1", "comment/2")] == [0, 0]
    assert await lines(database, member) == [(2, 2), (1, 3), (-2, 1)]
    award, _, reversal = await posted(database, member)
    assert (reversal.kind, reversal.reverses_id) == (Kind.REVERSAL, award.id)
    assert (reversal.subject_id, reversal.reason) == (award.subject_id, "评论被撤下")

    assert [await change(give_back, "comment/1") for _ in range(2)] == [2, 0]
    assert await change(give_back, "like/1") == 0
    assert await change(take_back, "comment/1") == 2
    assert await balances(database, member) == {Book.INTERACTION: 1}
    # Posting it again is no way to points: neither the deed nor its cap comes back.
    more = [deed(member, Action.COMMENT) for _ in range(2)]
    assert await pay(database, comment, *more) == [0, 2, 0]
    await assert_sound(database)


async def test_an_award_takes_few_statements(database, member):
    async with database.transaction() as session:
        await session.execute(sa.text("SELECT 1"))
        before = database.statements
        await award(session, deed(member), SHANGHAI)
        locks = database.dialect == "postgresql"
        assert database.statements - before == 3 + locks
