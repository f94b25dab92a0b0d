"""Reports that were kept offline: each for itself, taken once."""

from datetime import datetime, timedelta, timezone

import pytest
from group import building
from snapshots import counted, snapshot
from studying import BATCH, NOON, batch, kept, lasting

from app.study.models import StudyReport
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio


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
