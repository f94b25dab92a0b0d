"""Telling what was watched, in tests: lectures of a known length, and reports on them."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from group import gid

from app.content.models import MicroLecture

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
