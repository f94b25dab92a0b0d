"""Who is told of a change in the rules, and that nobody is told twice."""

from datetime import date

import pytest
import sqlalchemy as sa
from group import building, viewer_of
from regulations import bring

from app import alerts
from app.following import actions, telling
from app.following.models import SavedSearch
from app.inquiries.models import SearchSynonym, SynonymState
from app.knowledge.importing import turn_day
from app.knowledge.models import RegulationChange
from app.members.models import Member, MemberStatus
from app.notifications.actions import prefer
from app.notifications.models import NotificationKind as Kind
from app.notifications.queries import notifications
from app.visibility import Viewer

pytestmark = pytest.mark.anyio

NEW = {"on": "2026年6月1日", "effective": "2026年8月1日"}


@pytest.fixture
async def people(database):
    """Two members of one branch, and one of another."""
    async with building(database) as group:
        top = await group.organization("集团党委")
        one, other = [await group.organization(name, below=top) for name in ("一支部", "二支部")]
        return [
            await group.member(of, name) for of, name in [(one, "王"), (one, "张"), (other, "李")]
        ]


@pytest.fixture
async def told(database):
    """Tells of every change, and answers what a member reads: kinds, counts, notes."""

    async def read(member):
        rows = await notifications(
            database, Viewer(member.id), first=100, before=None, unread_only=False
        )
        return [(row.kind, row.times, row.note) for row in rows]

    async def tell(member):
        await alerts.tell_changes(database, await changes(database))
        return await read(member)

    return tell


async def changes(database):
    async with database.transaction() as session:
        return list(await session.scalars(sa.select(RegulationChange.id)))


async def follow(database, member, made):
    viewer = await viewer_of(database, member)
    async with database.transaction() as session:
        return await actions.follow(session, viewer, made.regulation_id)


async def save(database, member, query, **narrowed):
    viewer = await viewer_of(database, member)
    async with database.transaction() as session:
        return await actions.save_search(session, viewer, query, **narrowed)


async def test_followers_hear_of_a_new_text_of_its_day_and_of_the_end(database, people, told):
    made = await bring(database, "图书借阅办法", "每次三册。")
    await follow(database, people[0], made)
    assert await told(people[0]) == []
    await bring(database, "图书借阅办法", "每次五册。", **NEW)
    assert await told(people[0]) == [
        (Kind.REGULATION_CHANGED, 1, "收录了新文本，自2026年8月1日起施行")
    ]
    async with database.transaction() as session:
        assert await turn_day(session, date(2026, 8, 1)) == 1
    assert await told(people[0]) == [(Kind.REGULATION_CHANGED, 2, "新文本自2026年8月1日起施行")]
    await bring(
        database,
        "图书借阅办法",
        "每次六册。",
        on="2026年9月1日",
        effective="2026年9月1日",
        repealed_on=date(2026, 12, 1),
        today=date(2026, 9, 2),
    )
    await told(people[0])
    async with database.transaction() as session:
        assert await turn_day(session, date(2026, 12, 1)) == 1
    [(kind, times, note)] = await told(people[0])
    assert (kind, times, note) == (Kind.REGULATION_CHANGED, 4, "自2026年12月1日起废止")
    assert await told(people[1]) == []


async def test_the_same_text_again_is_no_change(database, people, told):
    made = await bring(database, "图书借阅办法", "每次三册。")
    await follow(database, people[0], made)
    await bring(database, "图书借阅办法", "每次三册。")
    assert await told(people[0]) == []


async def test_who_lost_the_audience_is_suspended_or_wants_no_word_gets_none(
    database, people, told
):
    branch = people[0].organization_id
    made = await bring(database, "内部办法", "甲。", audience_key=f"tree:{branch}")
    for member in people[:2]:
        await follow(database, member, made)
        await save(database, member, "图书")
    async with database.transaction() as session:
        moved = await session.merge(people[0])
        moved.organization_id = people[2].organization_id
    await bring(database, "内部办法", "图书。", **NEW)
    assert await told(people[0]) == []
    await follow(database, people[2], await bring(database, "公开办法", "甲。"))
    async with database.transaction() as session:
        (await session.get_one(Member, people[2].id)).status = MemberStatus.SUSPENDED
    assert [kind for kind, *_ in await told(people[1])] == [
        Kind.SEARCH_ANSWERED,
        Kind.REGULATION_CHANGED,
    ]
    async with database.transaction() as session:
        for kind in (Kind.SEARCH_ANSWERED, Kind.REGULATION_CHANGED):
            await prefer(session, people[1].id, kind, enabled=False)
    await bring(database, "公开办法", "乙。", **NEW)
    await bring(database, "内部办法", "乙。", on="2026年6月2日")
    assert [times for _, times, _ in await told(people[1])] == [1, 1]
    assert await told(people[2]) == []


async def test_the_importer_knows_already(database, people, told):
    made = await bring(database, "图书借阅办法", "每次三册。")
    for member in people[:2]:
        await follow(database, member, made)
        await save(database, member, "五册")
    await bring(database, "图书借阅办法", "每次五册。", imported_by_id=people[0].id, **NEW)
    assert await told(people[0]) == []
    assert len(await told(people[1])) == 2


async def test_a_saved_search_is_answered_by_a_text_that_holds_its_words(database, people, told):
    await save(database, people[0], "年休假怎么安排")
    await save(database, people[0], "统筹的天数")
    await save(database, people[1], "年休假", category="奖惩")
    await save(database, people[2], "年休假", issuer="集团党委", category="制度")
    await bring(database, "请假办法", "年休假另定。", "由支部安排值班。")
    assert await told(people[0]) == []
    await bring(database, "職工休假辦法", "年休假由本人申請，單位統籌安排。", "天数另定。")
    assert await told(people[0]) == [(Kind.SEARCH_ANSWERED, 1, "年休假怎么安排")]
    assert await told(people[1]) == []
    assert [times for _, times, _ in await told(people[2])] == [1, 1]


async def test_a_saved_search_is_answered_by_other_words_while_editors_have_them_mean_the_same(
    database, people, told
):
    await save(database, people[0], "看书规矩怎么定")
    await save(database, people[1], "老板欠薪 -农民工")
    await bring(database, "阅览室办法", "每次三册。")
    assert await told(people[0]) == []
    [curated] = await in_force(database, people[2], ["看书规矩", "阅览室"])
    await bring(database, "阅览室办法", "每次五册。", **NEW)
    assert await told(people[0]) == [(Kind.SEARCH_ANSWERED, 1, "看书规矩怎么定")]
    async with database.transaction() as session:
        (await session.get_one(SearchSynonym, curated)).state = SynonymState.DISMISSED
    await bring(database, "阅览室办法", "每次六册。", on="2026年6月2日")
    assert [times for _, times, _ in await told(people[0])] == [1]
    await bring(database, "工资办法", "用人单位不得拖欠农民工的劳动报酬，不得克扣工资。")
    assert await told(people[1]) == []
    await bring(database, "薪酬办法", "用人单位不得克扣工资。")
    assert await told(people[1]) == [(Kind.SEARCH_ANSWERED, 1, "老板欠薪 -农民工")]


async def test_synonyms_tell_nobody_of_what_they_may_not_see(database, people, told):
    for member in people:
        await save(database, member, "老板欠薪")
    branch = people[0].organization_id
    texts = {"一": f"tree:{branch}", "二": f"org:{branch}"}
    for number, audience in texts.items():
        title = f"内部办法{number}"
        await bring(database, title, "用人单位不得克扣工资。", audience_key=audience)
    assert await told(people[2]) == []
    for member in people[:2]:
        assert await told(member) == [(Kind.SEARCH_ANSWERED, 1, "老板欠薪")] * 2


async def in_force(database, member, *sets):
    """Have words mean the same, as if two editors had agreed; answers the sets' keys."""
    approved = {"state": SynonymState.APPROVED, "proposed_by_id": member.id}
    async with database.transaction() as session:
        made = [SearchSynonym(words=tuple(words), **approved) for words in sets]
        session.add_all(made)
    return [one.id for one in made]


async def test_nobody_is_told_twice_when_the_work_is_done_again(
    database, people, told, monkeypatch
):
    monkeypatch.setattr(telling, "_AT_ONCE", 1)
    monkeypatch.setattr(alerts, "_SEARCHES_AT_ONCE", 2)
    made = await bring(database, "图书借阅办法", "每次三册。")
    for member in people:
        await follow(database, member, made)
        await save(database, member, "图书")
    real = telling.tell_searchers
    failures = iter([False, True, False, False, False, False, False])

    async def fails_once(session, *arguments, **more):
        done = await real(session, *arguments, **more)
        if next(failures):
            raise RuntimeError("the database went away")
        return done

    monkeypatch.setattr(telling, "tell_searchers", fails_once)
    async with database.transaction() as session:
        await session.execute(RegulationChange.__table__.delete())
    await bring(database, "图书借阅办法", "每次五册。", **NEW)
    [change] = await changes(database)
    with pytest.raises(RuntimeError):
        await alerts.tell_changes(database, [change])
    await alerts.tell_changes(database, [change])
    await alerts.tell_changes(database, [change])
    for member in people:
        assert [times for _, times, _ in await told(member)] == [1, 1]


async def test_changes_that_concern_nobody_are_forgotten_at_once(database):
    for title in "甲乙丙":
        await bring(database, title, "文。")
    noted = await changes(database)
    before = database.statements
    await alerts.tell_changes(database, noted)
    assert database.statements - before == 2
    assert await changes(database) == []


async def test_what_a_member_may_keep_is_bounded(database, people):
    for number in range(50):
        await save(database, people[0], f"第{number}题")
    again = await save(database, people[0], "第0题")
    async with database.transaction() as session:
        assert (await session.get_one(SavedSearch, again)).query == "第0题"
    with pytest.raises(Exception, match="最多 50 个"):
        await save(database, people[0], "又一题")
    with pytest.raises(Exception, match="不存在或不可见"):
        await follow(database, people[0], await bring(database, "乙", "乙。", audience_key="org:1"))
