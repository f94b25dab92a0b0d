from datetime import date

import pytest
import sqlalchemy as sa
from regulations import TODAY, bring, source

from app.errors import Conflict, Invalid
from app.jobs import Job, JobKind
from app.knowledge import cited, queries
from app.knowledge.importing import Outcome, import_regulation, turn_day
from app.knowledge.linking import link_mentions
from app.knowledge.models import (
    Citation,
    Regulation,
    RegulationArticle,
    RegulationChange,
    RegulationVersion,
)
from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import UnreadableRegulation
from app.knowledge.rules import RegulationStatus
from app.visibility import NOBODY, Viewer

pytestmark = pytest.mark.anyio

MEMBER = Viewer(1, 1, "/1/")


async def rows(database, *columns):
    async with database.transaction() as session:
        found = await session.execute(sa.select(*columns).order_by(columns[0]))
        return [tuple(row) for row in found]


async def counts(database):
    """How many rows each table of the knowledge base has, and the outbox."""
    keys = (
        Regulation.id,
        RegulationVersion.id,
        RegulationArticle.id,
        Citation.article_id,
        Job.id,
    )
    return [len(await rows(database, key)) for key in keys]


async def jobs(database):
    return [tuple(row[1:]) for row in await rows(database, Job.id, Job.kind, Job.subject_id)]


async def changes(database):
    return [key for (key,) in await rows(database, RegulationChange.id)]


async def stored(database, regulation_id):
    return (await queries.regulations(database, [regulation_id]))[regulation_id]


async def edges(database, read=cited.cites, viewer=MEMBER):
    """Citation → citations of the articles at the other end, where there are any."""
    ids = [key for (key,) in await rows(database, RegulationArticle.id)]
    known = await queries.visible_articles(database, viewer, ids)
    found = await read(database, viewer, ids, first=100, after=0)
    return {
        known[key].citation: [row.citation for row in linked]
        for key, linked in found.items()
        if linked and known[key].is_current
    }


async def test_a_new_text_is_stored_with_its_articles_and_owes_its_index(database):
    imported = await bring(
        database,
        "图书借阅办法",
        "目的。",
        "## 第二章 借阅",
        "第二条 每次三册。",
        source_name="手册",
    )
    regulation = await stored(database, imported.regulation_id)
    assert imported.outcome is Outcome.CREATED
    assert regulation.title == "图书借阅办法"
    assert regulation.category == "制度"
    assert regulation.audience_key == "everyone"
    assert regulation.promulgated_on == date(2020, 3, 1)
    assert regulation.effective_on == date(2020, 5, 1)
    assert regulation.current_version_id == imported.version_id
    found = await queries.articles(database, [imported.version_id], first=9, offset=0)
    assert [
        (a.position, a.label, a.number, a.path, a.text) for a in found[imported.version_id]
    ] == [
        (0, "第一条", 1, (), "目的。"),
        (1, "第二条", 2, ("第二章 借阅",), "每次三册。"),
    ]
    (version,) = (await queries.versions(database, [regulation.id]))[regulation.id]
    assert version.article_count == 2
    assert version.source_name == "手册"
    assert version.note == "2020-03-01 集团党委印发\n2020-05-01 施行"
    assert version.is_verified is False
    [change] = await changes(database)
    assert await jobs(database) == [
        (JobKind.LINK_CITATIONS, regulation.id),
        (JobKind.INDEX_REGULATION, regulation.id),
        (JobKind.TELL_CHANGE, change),
    ]


async def test_the_same_text_again_changes_nothing(database):
    first = await bring(database, "图书借阅办法", "每次三册。")
    before = await counts(database)
    again = await bring(database, "图书借阅办法", "每次三册。")
    assert again == (first.regulation_id, first.version_id, Outcome.UNCHANGED)
    assert await counts(database) == before


async def test_an_older_text_that_is_known_does_not_come_back(database):
    await bring(database, "图书借阅办法", "每次三册。")
    newest = await bring(database, "图书借阅办法", "每次五册。", effective="2021年5月1日")
    again = await bring(database, "图书借阅办法", "每次三册。")
    assert again.outcome is Outcome.UNCHANGED
    regulation = await stored(database, newest.regulation_id)
    assert regulation.current_version_id == newest.version_id


async def test_a_changed_text_under_the_same_dates_replaces_the_older_one(database):
    first = await bring(database, "图书借阅办法", "每次三册。")
    second = await bring(database, "图书借阅办法", "每次四册。")
    assert second.outcome is Outcome.NEW_VERSION
    assert second.regulation_id == first.regulation_id
    assert (await stored(database, first.regulation_id)).current_version_id == second.version_id


async def test_the_days_of_all_versions_tell_which_is_current(database):
    coming = await bring(database, "差旅办法", "丙。", on="2026年6月1日", effective="2026年9月1日")
    oldest = await bring(database, "差旅办法", "甲。", on="2019年1月1日", effective="2019年2月1日")
    current = await bring(database, "差旅办法", "乙。", on="2022年1月1日", effective="2022年2月1日")
    regulation = await stored(database, coming.regulation_id)
    assert regulation.current_version_id == current.version_id
    assert regulation.promulgated_on == date(2022, 1, 1)
    assert regulation.first_effective_on == date(2019, 2, 1)
    assert regulation.last_effective_on == date(2026, 9, 1)
    assert regulation.status(TODAY) is RegulationStatus.AMENDED
    versions = (await queries.versions(database, [regulation.id]))[regulation.id]
    assert [v.id for v in versions] == [coming.version_id, current.version_id, oldest.version_id]


async def test_a_turn_of_the_day_puts_the_coming_wording_in_force(database):
    old = await bring(database, "差旅办法", "旧。")
    new = await bring(database, "差旅办法", "新。", on="2026年6月1日", effective="2026年7月2日")
    other = await bring(database, "会议办法", "不变。")
    owed = await jobs(database)
    async with database.transaction() as session:
        assert await turn_day(session, TODAY) == 0
    assert (await stored(database, old.regulation_id)).current_version_id == old.version_id
    async with database.transaction() as session:
        assert await turn_day(session, date(2026, 7, 2)) == 1
    regulation = await stored(database, old.regulation_id)
    assert regulation.current_version_id == new.version_id
    assert regulation.effective_on == date(2026, 7, 2)
    assert (await jobs(database))[len(owed) :] == [
        (JobKind.INDEX_REGULATION, old.regulation_id),
        (JobKind.TELL_CHANGE, (await changes(database))[-1]),
    ]
    assert (await stored(database, other.regulation_id)).current_version_id == other.version_id
    async with database.transaction() as session:
        assert await turn_day(session, date(2026, 7, 2)) == 0


async def test_a_head_that_says_repealed_ends_the_regulation(database):
    imported = await bring(database, "旧办法", "甲。", lines=("2026年7月3日 废止",))
    regulation = await stored(database, imported.regulation_id)
    assert regulation.repealed_on == date(2026, 7, 3)
    assert regulation.status(TODAY) is RegulationStatus.IN_FORCE
    async with database.transaction() as session:
        assert await turn_day(session, date(2026, 7, 3)) == 1
    assert regulation.status(date(2026, 7, 3)) is RegulationStatus.REPEALED


async def test_an_event_that_names_another_repeal_does_not_end_it(database):
    imported = await bring(
        database, "旧办法", "甲。", lines=("2021年7月3日 《关于修改和废止部分制度的决定》修订",)
    )
    assert (await stored(database, imported.regulation_id)).repealed_on is None


async def test_a_newer_wording_outlives_the_repeal_of_an_older_one(database):
    await bring(database, "旧办法", "甲。", lines=("2021年1月1日 废止",))
    newer = await bring(database, "旧办法", "乙。", on="2021年1月1日", effective="2021年1月1日")
    assert (await stored(database, newer.regulation_id)).repealed_on is None


async def test_the_caller_may_tell_the_day_of_repeal(database):
    imported = await bring(database, "旧办法", "甲。", repealed_on=date(2025, 1, 1))
    regulation = await stored(database, imported.regulation_id)
    assert regulation.status(TODAY) is RegulationStatus.REPEALED


async def test_parts_of_one_title_are_regulations_of_their_own(database):
    one = await bring(database, "员工手册\n\n# 总则", "甲。")
    two = await bring(database, "员工手册\n\n# 考勤编", "第五条 乙。")
    assert one.regulation_id != two.regulation_id
    assert (await stored(database, two.regulation_id)).subtitle == "考勤编"


async def test_a_new_version_cannot_change_the_audience(database):
    await bring(database, "图书借阅办法", "每次三册。", audience_key="tree:7")
    before = await counts(database)
    with pytest.raises(Conflict) as refused:
        await bring(database, "图书借阅办法", "每次五册。", audience_key="public")
    assert refused.value.path == ("input", "audience")
    assert await counts(database) == before
    kept = await bring(database, "图书借阅办法", "每次五册。")
    assert (await stored(database, kept.regulation_id)).audience_key == "tree:7"


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("长" * 301, "第 1 行：标题超过 300 个字符"),
        ("短\n\n# " + "长" * 301, "第 1 行：副标题超过 300 个字符"),
    ],
)
async def test_a_head_that_is_too_long_is_refused(database, title, message):
    with pytest.raises(UnreadableRegulation) as refused:
        await bring(database, title, "甲。")
    assert refused.value.message == message
    assert await counts(database) == [0, 0, 0, 0, 0]


async def test_a_source_that_is_no_link_is_refused(database):
    with pytest.raises(Invalid) as refused:
        await bring(database, "图书借阅办法", "甲。", source_url="javascript:alert(1)")
    assert refused.value.path == ("input", "sourceUrl")
    assert await counts(database) == [0, 0, 0, 0, 0]


async def test_a_failure_after_the_articles_leaves_nothing(database):
    parsed = parse_regulation(source("图书借阅办法", "本办法第二条。", "乙。"), category="制度")

    async def fail_at_the_end():
        async with database.transaction() as session:
            await import_regulation(session, parsed, today=TODAY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_at_the_end()
    assert await counts(database) == [0, 0, 0, 0, 0]


async def test_citations_within_a_text_become_edges_both_ways(database):
    await bring(database, "图书借阅办法", "依照本办法第三条。", "前条除外；见第九条。", "丙。")
    assert await edges(database) == {
        "《图书借阅办法》第一条": ["《图书借阅办法》第三条"],
        "《图书借阅办法》第二条": ["《图书借阅办法》第一条"],
    }
    assert await edges(database, cited.cited_by) == {
        "《图书借阅办法》第一条": ["《图书借阅办法》第二条"],
        "《图书借阅办法》第三条": ["《图书借阅办法》第一条"],
    }


async def test_a_title_in_brackets_leads_to_a_text_that_comes_later(database):
    await bring(database, "图书借阅办法", "依照《集团差旅条例》第一、二条。")
    assert await edges(database) == {}
    await bring(database, "集团差旅条例", "甲。", "乙。")
    assert await edges(database) == {
        "《图书借阅办法》第一条": ["《集团差旅条例》第一条", "《集团差旅条例》第二条"]
    }


async def test_a_title_without_brackets_is_linked_by_the_job_of_the_later_text(database):
    await bring(database, "图书借阅办法", "依照集团差旅条例第二条。", "依照集团差旅条例办理。")
    later = await bring(database, "集团差旅条例", "甲。", "乙。")
    assert await edges(database) == {}
    async with database.transaction() as session:
        await link_mentions(session, later.regulation_id)
    linked = {"《图书借阅办法》第一条": ["《集团差旅条例》第二条"]}
    assert await edges(database) == linked
    before = await counts(database)
    async with database.transaction() as session:
        await link_mentions(session, later.regulation_id)
    assert await counts(database) == before


async def test_a_longer_title_takes_over_what_a_shorter_one_had(database):
    await bring(database, "差旅条例", "甲。", "乙。")
    await bring(database, "图书借阅办法", "依照集团差旅条例第二条。")
    assert await edges(database) == {"《图书借阅办法》第一条": ["《差旅条例》第二条"]}
    longer = await bring(database, "集团差旅条例", "甲。", "乙。")
    async with database.transaction() as session:
        await link_mentions(session, longer.regulation_id)
    assert await edges(database) == {"《图书借阅办法》第一条": ["《集团差旅条例》第二条"]}


async def test_linking_for_a_regulation_that_is_gone_does_nothing(database):
    await bring(database, "图书借阅办法", "依照本办法第二条。", "乙。")
    before = await counts(database)
    async with database.transaction() as session:
        await link_mentions(session, 404)
    assert await counts(database) == before


async def test_numbers_in_an_amendment_are_those_of_the_text_it_amends(database):
    await bring(database, "图书借阅办法", "甲。", "乙。")
    await bring(database, "关于修改《图书借阅办法》的决定", "将第二条改为丙。")
    assert await edges(database) == {
        "《关于修改〈图书借阅办法〉的决定》第一条": ["《图书借阅办法》第二条"]
    }


async def test_the_kind_of_a_document_alone_is_no_title_to_be_named(database):
    await bring(database, "章程", "甲。", "乙。")
    await bring(database, "图书借阅办法", "依照公司章程第二条。")
    assert await edges(database) == {}


async def test_a_number_that_comes_twice_means_the_first(database):
    await bring(
        database,
        "图书借阅办法",
        "# 甲部分",
        "第一条 依照第二条。",
        "第二条 首次。",
        "# 乙部分",
        "第一条 又一。",
        "第二条 又二。",
    )
    async with database.transaction() as session:
        article = sa.select(RegulationArticle.id).where(RegulationArticle.position == 0)
        key = (await session.execute(article)).scalar_one()
    found = await cited.cites(database, MEMBER, [key], first=9, after=0)
    assert [row.text for row in found[key]] == ["首次。"]


async def test_a_part_cites_another_part_of_its_title(database):
    await bring(database, "员工手册\n\n# 总则", "依照本手册第五条、《员工手册》第五条。")
    await bring(database, "员工手册\n\n# 考勤编", "第五条 乙。")
    assert await edges(database) == {"《员工手册》第一条": ["《员工手册》第五条"]}


async def test_versions_keep_to_themselves_and_others_cite_the_current_one(database):
    old = await bring(database, "借阅办法", "见第二条。", "旧。")
    await bring(database, "罚则", "依照借阅办法第二条。")
    new = await bring(database, "借阅办法", "见第二条。", "新。", on="2021年1月1日")
    async with database.transaction() as session:
        await link_mentions(session, new.regulation_id)
    texts = await queries.articles(database, [old.version_id, new.version_id], first=9, offset=0)
    (old_1, old_2), (new_1, new_2) = texts[old.version_id], texts[new.version_id]
    ids = [row.id for row in (old_1, old_2, new_1, new_2)]
    cites = await cited.cites(database, MEMBER, ids, first=9, after=0)
    assert [[row.id for row in cites[key]] for key in ids] == [[old_2.id], [], [new_2.id], []]
    by = await cited.cited_by(database, MEMBER, ids, first=9, after=0)
    assert [row.id for row in by[old_2.id]] == [old_1.id]
    assert {row.citation for row in by[new_2.id]} == {"《借阅办法》第一条", "《罚则》第一条"}


async def test_edges_to_what_a_viewer_may_not_see_are_not_there(database):
    shown = await bring(database, "公开办法", "见《内部办法》第一条。", audience_key="public")
    await bring(database, "内部办法", "见《公开办法》第一条。", audience_key="tree:7")
    inside = Viewer(1, 7, "/1/7/")
    assert await edges(database, viewer=inside) == {
        "《公开办法》第一条": ["《内部办法》第一条"],
        "《内部办法》第一条": ["《公开办法》第一条"],
    }
    (public,) = [
        key
        for key, version_id in await rows(
            database, RegulationArticle.id, RegulationArticle.version_id
        )
        if version_id == shown.version_id
    ]
    for outside in (NOBODY, Viewer(2, 8, "/1/8/")):
        for read in (cited.cites, cited.cited_by):
            assert await read(database, outside, [public], first=9, after=0) == {public: []}
