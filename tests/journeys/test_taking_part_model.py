"""Whatever members and moderators do, cards and points say what a few lines of Python say."""

import itertools
from collections import defaultdict

import pytest
import sqlalchemy as sa
from group import building, viewer_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from invariants import broken
from ledger import NOON, adjustment, assert_sound

from app.content.models import Content
from app.database import Database
from app.engagement import actions, commenting
from app.engagement.models import Comment, ContentLike
from app.engagement.standing import change
from app.errors import Conflict
from app.points.actions import Reversal, adjust, reverse
from app.points.models import Book, PointsAccount, PointsEntry
from app.sharing.actions import share
from app.sharing.models import ShareChannel
from app.visibility import Role

pytestmark = pytest.mark.anyio

EXAMPLES = 12
MEMBERS, CONTENTS = range(3), range(2)
#: Which member wrote which content, and which one runs its organization: neither earns there.
_NO_STAKES = {(0, 0), (1, 1)}
#: What a deed pays, and the most a day, as the first rules say.
_PAYS = {"like": (1, 3), "comment": (2, 4), "share": (1, 2)}


class Model:
    """Who likes and shared what, how comments stand, and each member's points as lines."""

    def __init__(self):
        self.likes, self.sharers = set(), set()  # (member, content)
        self.comments = []  # {"member", "content", "held", "removed"}
        self.lines = defaultdict(list)  # member -> {"book", "amount", "reverses", "by_hand"}
        self.paid = {}  # (action, member, content or number of the comment) -> its line's place

    def like(self, member, content):
        is_new = (member, content) not in self.likes
        self.likes.add((member, content))
        self._award("like", member, content, content)
        return is_new

    def unlike(self, member, content):
        was = (member, content) in self.likes
        self.likes.discard((member, content))
        return was

    def share(self, member, content, _channel):
        self.sharers.add((member, content))
        self._award("share", member, content, content)

    def comment(self, member, content, held):
        self.comments.append({"member": member, "content": content, "held": held, "removed": False})
        if not held:
            self._begin(len(self.comments) - 1)

    def remove(self, number):
        self._change(number, removed=True)

    def hold(self, number):
        self._change(number, held=True)

    def keep(self, number):
        self._change(number, held=False, removed=False)

    def adjust(self, member, amount):
        if amount < 0 and self.balances(member)[Book.ADJUSTMENT] + amount < 0:
            raise Conflict("below zero")
        self._post(member, Book.ADJUSTMENT, amount)

    def reverse(self, member, place):
        if any(line["reverses"] == place for line in self.lines[member]):
            raise Conflict("reversed already")
        self._reverse(member, place, by_hand=True)

    def stands(self, comment):
        return not comment["held"] and not comment["removed"]

    def balances(self, member):
        found = dict.fromkeys(Book, 0)
        for line in self.lines[member]:
            found[line["book"]] += line["amount"]
        return found

    def cards(self):
        """(likes, comments, shares) of each content."""
        return [
            (
                sum(liked == content for _, liked in self.likes),
                sum(self.stands(each) and each["content"] == content for each in self.comments),
                sum(shared == content for _, shared in self.sharers),
            )
            for content in CONTENTS
        ]

    def _change(self, number, **fields):
        comment = self.comments[number]
        stood = self.stands(comment)
        comment.update(fields)
        if self.stands(comment) and not stood:
            self._begin(number)
        elif stood and not self.stands(comment):
            place = self._last_of(number)
            if place is not None and self.lines[comment["member"]][place]["amount"] > 0:
                self._reverse(comment["member"], place)

    def _begin(self, number):
        """Paid the first time; later, what was taken from it comes back, not by hand."""
        member, content = self.comments[number]["member"], self.comments[number]["content"]
        place = self._last_of(number)
        if place is None:
            self._award("comment", member, content, number)
            return
        last = self.lines[member][place]
        if last["amount"] < 0 and not last["by_hand"]:
            self._reverse(member, place)

    def _last_of(self, number):
        """The newest in the chain of reversals that began with what a comment was paid."""
        member = self.comments[number]["member"]
        place = self.paid.get(("comment", member, number))
        for later, line in enumerate(self.lines[member]):
            if place is not None and line["reverses"] == place:
                place = later
        return place

    def _award(self, action, member, content, number):
        points, cap = _PAYS[action]
        earned = points * sum(deed[:2] == (action, member) for deed in self.paid)
        deed = action, member, number
        if deed not in self.paid and (member, content) not in _NO_STAKES and earned < cap:
            self.paid[deed] = self._post(member, Book.INTERACTION, points)

    def _reverse(self, member, place, *, by_hand=False):
        line = self.lines[member][place]
        self._post(member, line["book"], -line["amount"], reverses=place, by_hand=by_hand)

    def _post(self, member, book, amount, *, reverses=None, by_hand=False):
        line = {"book": book, "amount": amount, "reverses": reverses, "by_hand": by_hand}
        self.lines[member].append(line)
        return len(self.lines[member]) - 1


class Real:
    """The same deeds, done to a database by three members about two contents of their own."""

    def __init__(self, database):
        self.database, self.comments = database, []
        self._numbers = itertools.count()

    async def prepare(self):
        async with building(self.database) as group:
            committee = await group.organization()
            first, second = [await group.organization(below=committee) for _ in range(2)]
            self.members = [await group.member(committee) for _ in MEMBERS]
            self.admin = await group.member(committee)
            await group.grant(self.admin, Role.ADMIN, committee)
            await group.grant(self.members[1], Role.EDITOR, second)
            self.contents = [
                await group.news(self.members[0], of=first),
                await group.news(self.admin, of=second),
            ]
        self.viewers = [await viewer_of(self.database, each) for each in self.members]
        self.by = await viewer_of(self.database, self.admin)
        return self

    async def like(self, member, content):
        async with self.database.transaction() as session:
            key = self.contents[content].id, self.members[member].id
            return await actions.like(session, *key, at=NOON)

    async def unlike(self, member, content):
        async with self.database.transaction() as session:
            key = self.contents[content].id, self.members[member].id
            return await actions.unlike(session, *key)

    async def share(self, member, content, channel):
        async with self.database.transaction() as session:
            await share(session, self.viewers[member], self.contents[content].id, channel)

    async def comment(self, member, content, held):
        async with self.database.transaction() as session:
            key = self.contents[content].id, self.members[member].id
            made = await actions.comment(session, *key, body="很好", held=held, at=NOON)
        self.comments.append(made.id)

    async def remove(self, number):
        async with self.database.transaction() as session:
            comment = await session.get_one(Comment, self.comments[number])
            await commenting.remove(session, comment, self.admin.id, reason="跑题")

    async def hold(self, number):
        async with self.database.transaction() as session:
            comment = await session.get_one(Comment, self.comments[number])
            await change(session, comment, held_at=NOON)

    async def keep(self, number):
        async with self.database.transaction() as session:
            comment = await session.get_one(Comment, self.comments[number])
            await commenting.keep(session, comment)

    async def adjust(self, member, amount):
        async with self.database.transaction() as session:
            await adjust(session, self.by, adjustment(self.members[member], amount))

    async def reverse(self, member, place):
        entry = (await self.lines(member))[place]
        key = f"reversal {next(self._numbers)}"
        wanted = Reversal(entry_id=entry.id, reason="多记", idempotency_key=key)
        async with self.database.transaction() as session:
            await reverse(session, self.by, wanted)

    async def lines(self, member):
        """The member's entries in the order in which they were posted."""
        async with self.database.transaction() as session:
            rows = await session.execute(
                sa.select(PointsEntry.id, PointsEntry.book, PointsEntry.amount)
                .where(PointsEntry.member_id == self.members[member].id)
                .order_by(PointsEntry.id)
            )
            return list(rows)


async def compare(real, model):
    async with real.database.transaction() as session:
        cards = [await session.get_one(Content, each.id) for each in real.contents]
        liked = set(await session.execute(sa.select(ContentLike.member_id, ContentLike.content_id)))
        accounts = list(await session.scalars(sa.select(PointsAccount)))
    found = [(card.like_count, card.comment_count, card.share_count) for card in cards]
    assert found == model.cards()
    for member in MEMBERS:
        key = real.members[member].id
        for number, content in enumerate(real.contents):
            assert ((key, content.id) in liked) is ((member, number) in model.likes)
        entries = [(line.book, line.amount) for line in await real.lines(member)]
        assert entries == [(line["book"], line["amount"]) for line in model.lines[member]]
        balances = {each.book: each.balance for each in accounts if each.member_id == key}
        assert dict.fromkeys(Book, 0) | balances == model.balances(member)
    assert await broken(real.database) == {}


async def done(real, model, name, *arguments):
    """The same on both sides: the same answer, or both refuse."""
    try:
        expected = getattr(model, name)(*arguments)
    except Conflict:
        with pytest.raises(Conflict):
            await getattr(real, name)(*arguments)
        return
    assert await getattr(real, name)(*arguments) == expected


async def play(real, model, steps):
    for name, first, *rest in steps:
        match name:
            case "remove" | "hold" | "keep" if not model.comments:
                continue
            case "remove" | "hold" | "keep":
                # The newest comments again and again, so that their chains grow.
                await done(real, model, name, len(model.comments) - 1 - first % len(model.comments))
            case "reverse" if not model.lines[first]:
                continue
            case "reverse":
                await done(real, model, name, first, rest[0] % len(model.lines[first]))
            case _:
                await done(real, model, name, first, *rest)
        await compare(real, model)


_MEMBER, _CONTENT, _FEW = st.sampled_from(MEMBERS), st.sampled_from(CONTENTS), st.integers(0, 2)
_CHANNEL = st.sampled_from(list(ShareChannel))
_STEPS = st.one_of(
    st.tuples(st.sampled_from(["like", "unlike"]), _MEMBER, _CONTENT),
    st.tuples(st.just("comment"), _MEMBER, _CONTENT, st.sampled_from([False, False, True])),
    st.tuples(st.sampled_from(["remove", "hold", "keep", "keep"]), _FEW),
    st.tuples(st.just("share"), _MEMBER, _CONTENT, _CHANNEL),
    st.tuples(st.just("adjust"), _MEMBER, st.sampled_from([-7, -2, 3, 6])),
    st.tuples(st.just("reverse"), _MEMBER, st.integers(0, 20)),
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    # A failure is told as it was found: each example costs too much to look for a shorter one.
    phases=[Phase.generate],
    # Each example has members and contents of its own, and needs no database of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_STEPS, min_size=15, max_size=25))
async def test_cards_likes_and_points_say_what_the_model_says(sqlite_url, steps):
    database = Database(sqlite_url)
    await play(await Real(database).prepare(), Model(), steps)
    await assert_sound(database)
    await database.close()
