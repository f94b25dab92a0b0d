"""Whatever members and administrators do, the ledger says what a few lines of Python say."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from group import viewer_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger import SHANGHAI, adjustment, assert_sound, deed, pay, staffed

from app.errors import Conflict
from app.points.actions import Reversal, adjust, reverse, take_back
from app.points.models import Action, Book
from app.points.queries import entries, visible_accounts
from app.points.rulebook import versions_in_force
from app.points.rules import remaining, windows

pytestmark = pytest.mark.anyio

EXAMPLES = 6
DAY = timedelta(days=1)
_FIRST = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)  # 23:30 on a Sunday in Shanghai
# (book, points, daily cap, weekly cap, taken back when removed), as the first rules say.
_RULES = {
    Action.LIKE: (Book.INTERACTION, 1, 3, None, False),
    Action.COMMENT: (Book.INTERACTION, 2, 4, None, True),
    Action.QUIZ: (Book.LEARNING, 5, None, 10, False),
    Action.MENTOR: (Book.SERVICE, 60, None, None, False),
}
_NO_RULE = Action.SHARE_OPENED


class Model:
    """The ledger as a list of lines, and what each deed earned on which day."""

    def __init__(self):
        self.lines = []  # (book, amount, balance after)
        self.reversed = {}  # place of a line that was taken back -> place of the line that did
        self.deeds = {}  # key -> (action, place of its line)
        self.earned = defaultdict(int)  # (action, local date) -> points
        self.keys = {}  # idempotency key -> (body, place of its line)

    def balance(self, book):
        return sum(amount for other, amount, _ in self.lines if other is book)

    def post(self, book, amount):
        self.lines.append((book, amount, self.balance(book) + amount))
        return len(self.lines) - 1

    def room(self, action, day):
        _, _, daily, weekly, _ = _RULES[action]
        monday = day - DAY * day.weekday()
        week = sum(self.earned[action, monday + DAY * n] for n in range(7))
        caps = ((daily, self.earned[action, day]), (weekly, week))
        return min((max(cap - earned, 0) for cap, earned in caps if cap), default=None)

    def award(self, action, key, at):
        if action not in _RULES or key in self.deeds:
            return 0
        book, points, *_ = _RULES[action]
        day = at.astimezone(SHANGHAI).date()
        room = self.room(action, day)
        paid = points if room is None else min(points, room)
        if paid:
            self.earned[action, day] += paid
            self.deeds[key] = action, self.post(book, paid)
        return paid

    def take_back(self, key):
        action, place = self.deeds.get(key, (None, None))
        if action is None or not _RULES[action][4]:
            return 0
        # What was given back by hand is there to be taken again.
        while place in self.reversed:
            place = self.reversed[place]
        return -self.lines[self.reverse(place)][1] if self.lines[place][1] > 0 else 0

    def reverse(self, place):
        book, amount, _ = self.lines[place]
        self.reversed[place] = self.post(book, -amount)
        return self.reversed[place]

    def adjust(self, amount, key):
        def post():
            if amount < 0 and self.balance(Book.ADJUSTMENT) + amount < 0:
                raise Conflict("below zero")
            return self.post(Book.ADJUSTMENT, amount)

        return self._once(key, ("adjust", amount), post)

    def reverse_by_hand(self, place, key):
        def post():
            if place in self.reversed:
                raise Conflict("reversed already")
            return self.reverse(place)

        return self._once(key, ("reverse", place), post)

    def _once(self, key, body, post):
        if key in self.keys:
            if self.keys[key][0] != body:
                raise Conflict("another body")
            return self.keys[key][1]
        self.keys[key] = body, None
        try:
            place = post()
        except Conflict:
            del self.keys[key]
            raise
        self.keys[key] = body, place
        return place


class Real:
    """The same deeds, done to the database for a member of its own."""

    def __init__(self, database, member, viewer):
        self.database, self.member, self.viewer = database, member, viewer

    def key(self, name):
        return f"{self.member.id}/{name}"

    async def award(self, action, key, at):
        [paid] = await pay(self.database, deed(self.member, action, key=self.key(key), at=at))
        return paid

    async def take_back(self, key):
        async with self.database.transaction() as session:
            return await take_back(session, self.key(key), reason="撤下")

    async def adjust(self, amount, key):
        wanted = adjustment(self.member, amount, key=self.key(key))
        return await self._place(adjust, wanted)

    async def reverse_by_hand(self, place, key):
        entry_id = (await self.entries())[place].id
        wanted = Reversal(entry_id=entry_id, reason="多记", idempotency_key=self.key(key))
        return await self._place(reverse, wanted)

    async def _place(self, correct, wanted):
        async with self.database.transaction() as session:
            posted = await correct(session, self.viewer, wanted)
        return [entry.transaction_id for entry in await self.entries()].index(posted)

    async def entries(self):
        newest = await entries(self.database, [self.member.id], first=1000, before=2**63 - 1)
        return newest[self.member.id][::-1]

    async def account(self, at):
        spans = windows(at, SHANGHAI)
        key = self.member.id
        return (await visible_accounts(self.database, self.viewer, [key], spans))[key]


async def done(real, model, name, *arguments):
    """The same on both sides: the same answer, or both refuse."""
    try:
        expected = getattr(model, name)(*arguments)
    except Conflict:
        with pytest.raises(Conflict):
            await getattr(real, name)(*arguments)
        return
    assert await getattr(real, name)(*arguments) == expected


async def compare(real, model, at):
    found = await real.entries()
    assert [(row.book, row.amount, row.balance_after) for row in found] == model.lines
    account = await real.account(at)
    assert dict(account.books) == {book: model.balance(book) for book in Book}
    day = at.astimezone(SHANGHAI).date()
    assert account.earned_today == sum(model.earned[action, day] for action in _RULES)
    for rule in await versions_in_force(real.database, at):
        if rule.action in _RULES:
            earned = account.earned.get(rule.action)
            spent = (earned.today, earned.this_week) if earned else (0, 0)
            assert remaining(rule, *spent) == model.room(rule.action, day)


# Steps name what was done before by small numbers, so that they meet again and again.
_FEW = st.integers(0, 5)
_STEPS = st.one_of(
    st.tuples(st.just("award"), st.sampled_from([*_RULES, _NO_RULE]), _FEW),
    st.tuples(st.just("take_back"), _FEW),
    st.tuples(st.just("adjust"), st.sampled_from([-7, -2, 3, 6]), _FEW),
    st.tuples(st.just("reverse_by_hand"), st.integers(0, 40), _FEW),
    st.tuples(st.just("wait"), st.sampled_from([1, 20, 24 * 60, 60 * 60])),
)


async def play(real, steps):
    model, at = Model(), _FIRST
    for name, *arguments in steps:
        match name:
            case "wait":
                at += timedelta(minutes=arguments[0])
            case "award":
                action, number = arguments
                await done(real, model, name, action, f"{action}/{number}", at)
            case "take_back":
                await done(real, model, name, f"{Action.COMMENT}/{arguments[0]}")
            case "reverse_by_hand" if not model.lines:
                continue
            case "reverse_by_hand":
                place, key = arguments
                await done(real, model, name, place % len(model.lines), f"key{key}")
            case "adjust":
                amount, key = arguments
                await done(real, model, name, amount, f"key{key}")
        await compare(real, model, at)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    # Each example has a member of its own, and needs no database of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_STEPS, min_size=15, max_size=40))
async def test_the_ledger_says_what_the_model_says(database, steps):
    admin, member = await staffed(database)
    await play(Real(database, member, await viewer_of(database, admin)), steps)
    await assert_sound(database)
