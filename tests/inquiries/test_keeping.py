"""What is asked is counted for good, and who asked it is known for a day at most."""

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.inquiries.keeping import flush, forget
from app.inquiries.models import AskedQuery, Asker, AskingDay
from app.inquiries.noting import Inquiries
from app.inquiries.queries import asked_queries, troubled
from app.inquiries.rules import Trouble, checked_words, week_of

pytestmark = pytest.mark.anyio

MONDAY = date(2026, 6, 29)
TUESDAY, SUNDAY, NEXT = (MONDAY + timedelta(days=days) for days in (1, 6, 7))
EVERYTHING = (2**31 - 1, 2**63 - 1)


async def ask(database, day, *asked, found=0, clicks=0):
    """Each of ``asked`` is a question and the members who ask it."""
    inquiries = Inquiries()
    for query, *members in asked:
        for member in members:
            inquiries.ask(query, member, found=found)
        for _ in range(clicks):
            inquiries.click(query, members[0])
    await flush(database, inquiries, day)


async def rows(database, table, *names):
    async with database.transaction() as session:
        found = await session.execute(sa.select(*(getattr(table, name) for name in names)))
        return sorted(tuple(row) for row in found)


async def counted(database):
    names = ("week", "query", "asked", "empty", "clicks", "persons")
    return await rows(database, AskedQuery, *names)


async def queue(database, week, trouble):
    found = await troubled(database, week, trouble, first=10, before=EVERYTHING)
    return [row.query for row in found]


async def test_questions_are_counted_by_week_and_persons_by_day(database):
    await ask(database, MONDAY, ("年休假", 1, 2, 1), ("值班", 1))
    await ask(database, MONDAY, ("年休假", 2, 3))
    await ask(database, TUESDAY, ("年休假", 1, 4), found=5, clicks=1)
    assert await counted(database) == [
        (MONDAY, "值班", 1, 1, 0, 1),
        (MONDAY, "年休假", 7, 5, 1, 3),
    ]
    await ask(database, NEXT, ("年休假", 1))
    assert await counted(database) == [(MONDAY, "年休假", 7, 5, 1, 3), (NEXT, "年休假", 1, 1, 0, 1)]


async def test_who_asked_is_gone_with_the_day(database):
    await ask(database, MONDAY, ("年休假", 1, 2), ("值班", 1))
    [(_, salt)] = await rows(database, AskingDay, "day", "salt")
    digests = [digest for (digest,) in await rows(database, Asker, "digest")]
    assert len(set(digests)) == 3  # the same member, asking two questions, is told by neither
    await ask(database, TUESDAY, ("年休假", 1))
    [(day, other)] = await rows(database, AskingDay, "day", "salt")
    assert (day, other != salt) == (TUESDAY, True)
    [(digest,)] = await rows(database, Asker, "digest")
    assert digest not in digests
    async with database.transaction() as session:
        await forget(session, SUNDAY)
    assert await rows(database, AskingDay, "day") == await rows(database, Asker, "day") == []
    assert len(await counted(database)) == 2


async def test_what_one_person_asks_every_day_is_never_shown_and_goes_with_the_week(database):
    for days in range(7):
        await ask(database, MONDAY + timedelta(days=days), ("我的处分", 1, 1, 1), ("值班", 1, 2, 3))
    assert await queue(database, MONDAY, Trouble.NO_RESULTS) == ["值班"]
    keys = dict(await rows(database, AskedQuery, "query", "id"))
    assert list(await asked_queries(database, list(keys.values()))) == [keys["值班"]]
    async with database.transaction() as session:
        await forget(session, NEXT)
    assert [query for _, query, *_ in await counted(database)] == ["值班"]


async def test_troubles_are_told_apart_and_most_asked_come_first(database):
    await ask(database, MONDAY, ("甲", 1, 2, 3), ("乙", 1, 2, 3, 4))
    await ask(database, MONDAY, ("丙", 1, 2, 3, 4, 5, 6), ("丁", 1, 2, 3), found=9)
    await ask(database, MONDAY, ("戊", 1, 2, 3, 4, 5), found=9, clicks=1)
    assert await queue(database, MONDAY, Trouble.NO_RESULTS) == ["乙", "甲"]
    assert await queue(database, MONDAY, Trouble.FEW_CLICKS) == ["丙", "丁"]
    assert await queue(database, NEXT, Trouble.NO_RESULTS) == []


async def test_many_questions_are_written_in_few_statements(database):
    await ask(database, MONDAY, ("甲", 1))
    counts = []
    for number in (1, 400):
        before = database.statements
        await ask(database, MONDAY, *((f"第{n}题", n) for n in range(number)))
        counts.append(database.statements - before)
    assert counts[0] == counts[1]


async def test_a_flush_of_nothing_asks_the_database_nothing(database):
    before = database.statements
    await flush(database, Inquiries(), MONDAY)
    assert database.statements == before


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.integers(1, 3), st.integers(0, 1))))
def test_within_the_bounds_every_question_is_noted(asked):
    inquiries = Inquiries()
    for query, member, found in asked:
        inquiries.ask(query, member, found=found)
    taken = inquiries.take()
    assert Counter({key: one.asked for key, one in taken.items()}) == Counter(
        (query, member) for query, member, _ in asked
    )
    assert sum(one.empty for one in taken.values()) == sum(not found for *_, found in asked)
    assert inquiries.take() == {}


def test_what_is_beyond_the_bounds_is_not_noted():
    inquiries = Inquiries()
    for number in range(100):
        inquiries.ask(f"第{number}题", 1, found=0)
    inquiries.ask("", 2, found=0)
    inquiries.click("长" * 121, 2)
    assert len(inquiries.take()) == 20
    for member in range(6_000):
        inquiries.ask("题", member, found=0)
    assert len(inquiries.take()) == 5_000


def test_a_week_begins_on_monday():
    assert {week_of(MONDAY + timedelta(days=days)) for days in range(7)} == {MONDAY}
    assert week_of(NEXT) == NEXT


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["甲"],
        ["甲", " 甲 "],
        list("甲乙丙丁戊己庚辛壬"),
        ["甲", ""],
        ["甲", "乙 丙"],
        ["甲", "乙\0"],
        ["甲", "字" * 21],
    ],
)
def test_words_that_are_no_set_of_synonyms_are_refused(words):
    with pytest.raises(Invalid) as refused:
        checked_words(words)
    assert refused.value.path == ("input", "words")


def test_the_words_of_a_set_are_trimmed_and_kept_once():
    assert checked_words([" 老板", "用人单位", "老板"]) == ("老板", "用人单位")
