"""Reports of what was watched: merged, bounded by the clock, taken once."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from group import building, gid
from snapshots import counted, snapshot
from studying import NOON, REPORT, batch, kept, lasting, report

import app.study.actions
from app.content.models import ContentStatus, LiveStream, MicroLecture
from app.settings import Settings
from app.study.models import StudyProgress, StudyReport
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio

PROGRESS = """query ($first: Int = 50, $kinds: [ContentKind!]) {
  feed(first: $first, kinds: $kinds) { nodes {
  ... on MicroLecture { viewerProgress { watchedSeconds resumeAtSeconds isComplete } }
  ... on LiveStream { viewerProgress { watchedSeconds } } } } }"""


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
    # That day New York's clocks went from 2 to 3: an hour by the wall, four seconds by the clock.
    zone = ZoneInfo("America/New_York")
    clock(0)
    times = {
        "startedAt": datetime(2026, 3, 8, 1, 59, 58, tzinfo=zone).isoformat(),
        "endedAt": datetime(2026, 3, 8, 3, 0, 2, tzinfo=zone).isoformat(),
    }
    assert await batch(ask, viewer, kept(lecture, "a", 0, 0, (0, 100), **times)) == [4]


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
