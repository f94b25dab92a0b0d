"""Reports of what was watched: merged, bounded by the clock, taken once."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from group import building, gid
from snapshots import counted, snapshot

import app.study.actions
import app.study.desk
import resolvers.study
from app.content.models import ContentStatus, LiveStream, MicroLecture
from app.settings import Settings
from app.study.models import StudyProgress, StudyReport
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
REPORT = """mutation ($id: ID!, $watched: [WatchedInterval!]!, $key: String) {
  done: recordStudy(input: {contentId: $id, watched: $watched, clientKey: $key}) {
    progress { watchedSeconds resumeAtSeconds isComplete completedAt }
    countedSeconds completes errors { code message path } } }"""
BATCH = """mutation ($reports: [StudyReportInput!]!) {
  done: recordStudyBatch(input: {reports: $reports}) {
    reports { progress { watchedSeconds resumeAtSeconds isComplete } countedSeconds completes
      errors { code message path } }
    errors { code message path } } }"""
PROGRESS = """query ($first: Int = 50, $kinds: [ContentKind!]) {
  feed(first: $first, kinds: $kinds) { nodes {
  ... on MicroLecture { viewerProgress { watchedSeconds resumeAtSeconds isComplete } }
  ... on LiveStream { viewerProgress { watchedSeconds } } } } }"""


@pytest.fixture
def clock(monkeypatch):
    """The platform's clock; call it with seconds after noon to set it."""
    for module in (app.study.desk, app.study.actions, resolvers.study):
        monkeypatch.setattr(module, "now", lambda: clock.at)

    def clock(seconds):
        clock.at = NOON + timedelta(seconds=seconds)

    clock(0)
    return clock


@pytest.fixture
async def studied(database, ask, clock):
    """A lecture of 100 seconds, and a member who sees it."""
    async with building(database) as group:
        member = await group.member(await group.organization())
        lecture = await lasting(group, member, 100)
    return await ask.viewer(member), lecture


async def lasting(group, author, seconds, **more):
    """A lecture of so many seconds."""
    lecture = await group.lecture(author, at=NOON - timedelta(days=90), **more)
    mine = MicroLecture.content_id == lecture.id
    await group.session.execute(
        sa.update(MicroLecture).where(mine).values(duration_seconds=seconds)
    )
    return lecture


def pieces(*pairs):
    return [{"from": start, "to": end} for start, end in pairs]


async def report(ask, viewer, content, *pairs, key=None):
    return (await ask(REPORT, viewer, id=gid(content), watched=pieces(*pairs), key=key))["done"]


def kept(content, key, started, ended, *pairs, **more):
    """A report of the seconds from ``started`` to ``ended`` after noon."""
    times = {
        "startedAt": (NOON + timedelta(seconds=started)).isoformat(),
        "endedAt": (NOON + timedelta(seconds=ended)).isoformat(),
    }
    told = {"contentId": gid(content), "clientKey": key, "watched": pieces(*pairs)}
    return {**told, **times, **more}


async def batch(ask, viewer, *reports):
    """What counted of each, or its error's code and path."""
    done = (await ask(BATCH, viewer, reports=list(reports)))["done"]
    assert done["errors"] == []
    return [
        [(error["code"], error["path"]) for error in each["errors"]] or each["countedSeconds"]
        for each in done["reports"]
    ]


async def test_reports_are_merged_and_measured(ask, studied, clock):
    viewer, lecture = studied
    assert await report(ask, viewer, lecture, (0, 30.5)) == {
        "progress": {
            "watchedSeconds": 30,
            "resumeAtSeconds": 30,
            "isComplete": False,
            "completedAt": None,
        },
        "countedSeconds": 30.5,
        "completes": False,
        "errors": [],
    }
    clock(30)
    done = await report(ask, viewer, lecture, (20, 40), (31, 50.2))
    assert (done["countedSeconds"], done["progress"]["watchedSeconds"]) == (19.7, 50)
    assert done["progress"]["resumeAtSeconds"] == 50
    assert (await report(ask, viewer, lecture, (0, 50)))["countedSeconds"] == 0


async def test_a_lecture_completes_once_at_the_share_to_see(ask, studied, clock):
    viewer, lecture = studied
    await report(ask, viewer, lecture, (0, 60))
    clock(29)
    assert (await report(ask, viewer, lecture, (60, 89.9)))["progress"]["isComplete"] is False
    clock(31)
    done = await report(ask, viewer, lecture, (88, 90))
    complete = {
        "watchedSeconds": 90,
        "resumeAtSeconds": 0,
        "isComplete": True,
        "completedAt": (NOON + timedelta(seconds=31)).isoformat(),
    }
    assert (done["progress"], done["completes"]) == (complete, True)
    clock(60)
    done = await report(ask, viewer, lecture, (10, 20))
    assert (done["progress"], done["completes"]) == (complete, False)


async def test_a_whole_lecture_at_once_is_cut_to_the_clock(ask, studied, clock):
    viewer, lecture = studied
    assert (await report(ask, viewer, lecture, (0, 100)))["countedSeconds"] == 60
    clock(10)
    done = await report(ask, viewer, lecture, (0, 100))
    assert (done["countedSeconds"], done["completes"]) == (10, False)


async def test_speed_and_share_are_the_groups(database, ask, studied, monkeypatch):
    viewer, lecture = studied
    decided = Settings(_env_file=None, study_speed=1.5, study_completion=0.9)
    object.__setattr__(ask.platform, "settings", decided)
    done = await report(ask, viewer, lecture, (0, 100))
    assert (done["countedSeconds"], done["completes"]) == (90, True)


async def test_two_lectures_share_the_clock(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        other = await lasting(group, await group.member(await group.organization()), 100)
    await report(ask, viewer, lecture, (0, 60))
    clock(30)
    assert (await report(ask, viewer, lecture, (60, 80)))["countedSeconds"] == 20
    assert (await report(ask, viewer, other, (0, 30)))["countedSeconds"] == 10


async def test_a_clock_set_back_or_a_change_to_summer_time_pays_nothing_twice(ask, studied, clock):
    viewer, lecture = studied
    await report(ask, viewer, lecture, (0, 60))
    clock(-30)
    assert (await report(ask, viewer, lecture, (0, 100)))["countedSeconds"] == 30
    # In New York this is the hour that does not exist; instants know of no such thing.
    zone = ZoneInfo("America/New_York")
    clock(0)
    ends = datetime(2026, 3, 8, 3, 10, tzinfo=zone)
    begins = datetime(2026, 3, 8, 1, 59, 50, tzinfo=zone)
    told = kept(
        lecture, "a", 0, 0, (0, 100), startedAt=begins.isoformat(), endedAt=ends.isoformat()
    )
    told["watched"] = pieces((0, 100))
    assert await batch(ask, viewer, told) == [10]


async def test_progress_is_private_and_read_at_once(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        branch = await group.organization()
        reader = await group.member(branch)
        for _ in range(4):
            await lasting(group, reader, 100)
        video = await group.video()
        live = await group.live(reader)
        mine = LiveStream.content_id == live.id
        await group.session.execute(sa.update(LiveStream).where(mine).values(replay_id=video.id))
    await report(ask, viewer, lecture, (0, 30))
    assert (await report(ask, viewer, live, (0, 5)))["countedSeconds"] == 5
    nodes = (await ask(PROGRESS, viewer))["feed"]["nodes"]
    shown = [node["viewerProgress"] for node in nodes]
    assert sorted(each["watchedSeconds"] for each in shown if each) == [5, 30]
    for other in (await ask.viewer(reader), NOBODY):
        nodes = (await ask(PROGRESS, other))["feed"]["nodes"]
        assert [node["viewerProgress"] for node in nodes] == [None] * 6
    for first in (1, 5):
        asked = {"first": first, "kinds": ["MICRO_LECTURE"]}
        assert (await ask.statements(PROGRESS, viewer, **asked))[0] == 2
    assert (await ask.statements(PROGRESS))[0] == 1


async def test_a_video_knows_its_length_better_than_its_author(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        video = await group.video()
        mine = MicroLecture.content_id == lecture.id
        await group.session.execute(sa.update(MicroLecture).where(mine).values(video_id=video.id))
    done = await report(ask, viewer, lecture, (10, 100))
    assert done["countedSeconds"] == 51.5
    assert done["progress"]["resumeAtSeconds"] == 61


async def test_a_lecture_of_unknown_length_is_never_complete(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        mine = MicroLecture.content_id == lecture.id
        await group.session.execute(
            sa.update(MicroLecture).where(mine).values(duration_seconds=None)
        )
    done = await report(ask, viewer, lecture, (0, 1e300))
    assert done["progress"] == {
        "watchedSeconds": 60,
        "resumeAtSeconds": 24 * 3600,
        "isComplete": False,
        "completedAt": None,
    }


async def test_a_key_is_taken_once_and_for_one_report(database, ask, studied, clock):
    viewer, lecture = studied
    first = await report(ask, viewer, lecture, (0, 30), key="甲")
    clock(60)
    before = await snapshot(database)
    assert await report(ask, viewer, lecture, (0, 30), key="甲") == {**first, "countedSeconds": 0}
    done = await report(ask, viewer, lecture, (30, 40), key="甲")
    assert (done["progress"], done["countedSeconds"]) == (None, 0)
    assert done["errors"] == [
        {
            "code": "CONFLICT",
            "message": "同一编号已用于另一份学习记录",
            "path": ["input", "clientKey"],
        }
    ]
    assert await snapshot(database) == before


async def test_a_batch_is_taken_once(database, ask, studied, clock):
    viewer, lecture = studied
    told = [
        kept(lecture, "a", -900, -880, (0, 20)),
        kept(lecture, "b", -800, -790, (20, 60)),
        kept(lecture, "b", -800, -790, (20, 60)),
        kept(lecture, "c", -805, -785, (60, 80)),
    ]
    assert await batch(ask, viewer, *told) == [20, 10, 0, 10]
    before = await snapshot(database)
    assert await batch(ask, viewer, *told) == [0, 0, 0, 0]
    assert await snapshot(database) == before
    other = kept(lecture, "a", -900, -880, (0, 21))
    refused = [("CONFLICT", ["input", "reports", "1", "clientKey"])]
    assert await batch(ask, viewer, told[0], other) == [0, refused]
    assert await snapshot(database) == before


async def test_a_refused_report_holds_no_other_up(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        author = await group.member(await group.organization())
        hidden = await lasting(group, author, 100, audience=f"org:{author.organization_id}")
        news = await group.news(author)

    def refused(place, code, *path):
        return [(code, ["input", "reports", str(place), *path])]

    naive, month = "2026-03-08T11:00:00", 30 * 24 * 3600
    told = [
        (kept(hidden, "a", -60, -50, (0, 10)), "NOT_FOUND", ["contentId"]),
        (kept(news, "b", -60, -50, (0, 10)), "INVALID", ["contentId"]),
        (kept(lecture, "c", -60, 1, (0, 10)), "INVALID", ["endedAt"]),
        (kept(lecture, "d", -60, -61, (0, 10)), "INVALID", ["startedAt"]),
        (kept(lecture, "e", -month - 1, -60, (0, 10)), "INVALID", ["startedAt"]),
        (kept(lecture, "f", -60, 0, (0, 10), startedAt=naive), "INVALID", ["startedAt"]),
        (kept(lecture, "g", -60, 0, (0, 10), endedAt=naive), "INVALID", ["endedAt"]),
        (kept(lecture, "", -60, -50, (0, 10)), "INVALID", ["clientKey"]),
        (kept(lecture, "h" * 65, -60, -50, (0, 10)), "INVALID", ["clientKey"]),
        (kept(lecture, "\0", -60, -50, (0, 10)), "INVALID", ["clientKey"]),
        (kept(lecture, "i", -60, -50, (0, 10), (-1, 3)), "INVALID", ["watched", "1", "from"]),
    ]
    before = await snapshot(database)
    expected = [refused(place, code, *path) for place, (_, code, path) in enumerate(told)]
    assert await batch(ask, viewer, *(each for each, _, _ in told)) == expected
    assert await snapshot(database) == before
    good = kept(lecture, "z", -month, -60, (0, 10))
    assert (await batch(ask, viewer, *(each for each, _, _ in told), good))[-1] == 10
    assert await counted(database, StudyReport) == 1


async def test_a_report_from_the_far_past_or_another_zone_is_only_a_time(ask, studied, clock):
    viewer, lecture = studied
    far = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))).isoformat()
    east = timezone(timedelta(hours=8))
    begins = (NOON - timedelta(seconds=10)).astimezone(east).isoformat()
    told = [
        kept(lecture, "a", 0, 0, (0, 10), startedAt=far),
        kept(lecture, "b", 0, 0, (0, 20), startedAt=begins),
    ]
    refused = [("INVALID", ["input", "reports", "0", "startedAt"])]
    assert await batch(ask, viewer, *told) == [refused, 10]


async def test_a_refused_report_changes_nothing(database, ask, studied, clock):
    viewer, lecture = studied
    async with building(database) as group:
        author = await group.member(await group.organization())
        hidden = await lasting(group, author, 100, audience=f"org:{author.organization_id}")
        draft = await lasting(group, author, 100, status=ContentStatus.DRAFT)
        news, live = await group.news(author), await group.live(author)
    author = await ask.viewer(author)
    watched = ["input", "watched"]
    before = await snapshot(database)
    for who, content, pairs, key, code, path in [
        (NOBODY, lecture, [(0, 1)], None, "UNAUTHENTICATED", []),
        (viewer, hidden, [(0, 1)], None, "NOT_FOUND", ["input", "contentId"]),
        (viewer, draft, [(0, 1)], None, "NOT_FOUND", ["input", "contentId"]),
        (author, draft, [(0, 1)], None, "INVALID", ["input", "contentId"]),
        (viewer, news, [(0, 1)], None, "INVALID", ["input", "contentId"]),
        (viewer, live, [(0, 1)], None, "INVALID", ["input", "contentId"]),
        (viewer, lecture, [(0, 1), (2, 1)], None, "INVALID", [*watched, "1", "from"]),
        (viewer, lecture, [(-0.1, 1)], None, "INVALID", [*watched, "0", "from"]),
        (viewer, lecture, [(0, -1)], None, "INVALID", [*watched, "0", "to"]),
        (viewer, lecture, [(0, 1)] * 101, None, "INVALID", watched),
        (viewer, lecture, [(0, 1)], "", "INVALID", ["input", "clientKey"]),
    ]:
        done = await report(ask, who, content, *pairs, key=key)
        [error] = done["errors"]
        assert (done["progress"], error["code"], error["path"]) == (None, code, path)
    assert await snapshot(database) == before
    assert (await report(ask, viewer, lecture, *[(0, 1)] * 100))["errors"] == []


@pytest.mark.parametrize("odd", ["1e999", "-1e999"])
async def test_what_is_no_number_is_refused(database, ask, studied, odd):
    viewer, lecture = studied
    # A variable could not say it: JSON has no such number.
    query = REPORT.replace("$watched: [WatchedInterval!]!, ", "")
    query = query.replace("$watched", f"[{{from: 0, to: {odd}}}]")
    before = await snapshot(database)
    [error] = (await ask(query, viewer, id=gid(lecture)))["done"]["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "watched", "0", "to"])
    assert await snapshot(database) == before


async def test_a_batch_too_large_and_nobodys_are_refused_whole(database, ask, studied, clock):
    viewer, lecture = studied
    one = kept(lecture, "a", -60, -50, (0, 10))
    before = await snapshot(database)
    for who, told, code, path in [
        (viewer, [one] * 51, "TOO_LARGE", ["input", "reports"]),
        (NOBODY, [one], "UNAUTHENTICATED", []),
    ]:
        done = (await ask(BATCH, who, reports=told))["done"]
        [error] = done["errors"]
        assert (done["reports"], error["code"], error["path"]) == ([], code, path)
    assert (await ask(BATCH, viewer, reports=[]))["done"] == {"reports": [], "errors": []}
    assert await snapshot(database) == before


async def test_reports_at_once_are_all_merged_and_share_the_clock(database, ask, studied, clock):
    viewer, lecture = studied
    told = [(at, at + 4) for at in range(0, 80, 4)]
    answers = await asyncio.gather(*(report(ask, viewer, lecture, each) for each in told))
    assert all(answer["errors"] == [] for answer in answers)
    assert sum(answer["countedSeconds"] for answer in answers) == 60
    async with database.transaction() as session:
        [progress] = await session.scalars(sa.select(StudyProgress))
    assert progress.watched_ms == 60_000
    assert sum(end - start for start, end in progress.watched) == 60_000


async def test_one_key_at_once_is_taken_once(database, ask, studied, clock):
    viewer, lecture = studied
    answers = await asyncio.gather(
        *(report(ask, viewer, lecture, (0, 10), key="k") for _ in range(10))
    )
    assert sorted(answer["countedSeconds"] for answer in answers) == [0] * 9 + [10]
    assert await counted(database, StudyReport) == 1


async def test_old_keys_are_swept(database, ask, studied, clock):
    viewer, lecture = studied
    await report(ask, viewer, lecture, (0, 10), key="k")
    async with database.transaction() as session:
        taken = await session.scalar(sa.select(StudyReport.taken_at))
    for days, left in ((30, 1), (31, 0)):
        clock.at = taken + timedelta(days=days)
        async with database.transaction() as session:
            await app.study.actions.sweep(session)
        assert await counted(database, StudyReport) == left
