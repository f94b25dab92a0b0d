"""A subscription to one's upload tells its states and the progress of the work, and then ends."""

import asyncio

import pytest
from films import film
from group import building
from live import impatient, subscribed
from sqlmodel import col, select, update
from uploading import Sending

from app.members import sessions as sessions_module
from app.members.models import LoginSession
from app.uploads.actions import reject, report_progress
from app.uploads.models import Upload
from app.worker import Worker
from media import processing

pytestmark = pytest.mark.anyio

CHANGED = """subscription ($id: ID!) { uploadChanged(uploadId: $id) {
  state progress rejection asset { __typename } } }"""


@pytest.fixture
def platform(platform, monkeypatch):
    """Nothing is believed for long."""
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)
    return impatient(platform)


@pytest.fixture
async def members(database):
    async with building(database) as group:
        branch = await group.organization()
        return [await group.member(branch), await group.member(branch)]


def told(answer):
    upload = answer["data"]["uploadChanged"]
    return upload["state"], upload["progress"]


async def sent(sending, data=b"x"):
    wanted = {"content_type": "video/mp4", "purpose": "VIDEO"}
    upload = (await sending.request(len(data), **wanted))["upload"]
    await sending.send(upload, data)
    return upload


async def key_in(database):
    async with database.transaction() as session:
        return (await session.scalars(select(Upload.id))).one()


async def changed(database, change, *values):
    key = await key_in(database)
    async with database.transaction() as session:
        await change(session, key, *values)


async def test_a_sender_is_told_each_state_and_step_until_it_is_over(
    ask, database, platform, members
):
    sending = Sending(ask, members[0])
    upload = await sent(sending)
    async with subscribed(platform, CHANGED, members[0], id=upload["id"]) as stream:
        assert told(await stream()) == ("AWAITING_UPLOAD", 0)
        await sending.complete(upload)
        assert told(await stream()) == ("PROCESSING", 0)
        for hundredths in (10, 60):
            await changed(database, report_progress, hundredths)
            assert told(await stream()) == ("PROCESSING", hundredths)
        await changed(database, report_progress, 60)
        assert await stream.is_silent()
        await changed(database, reject, "视频已损坏")
        last = (await stream())["data"]["uploadChanged"]
        assert (last["state"], last["rejection"]) == ("REJECTED", "视频已损坏")
        with pytest.raises(StopAsyncIteration):
            await stream()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_work_tells_how_far_it_is(ask, platform, members, tmp_path, monkeypatch):
    monkeypatch.setattr(processing, "_REPORT_SECONDS", 0.01)
    sending = Sending(ask, members[0])
    data = film(tmp_path / "a.mp4", size="640x360", seconds=4).read_bytes()
    upload = await sent(sending, data)
    await sending.complete(upload)
    async with subscribed(platform, CHANGED, members[0], id=upload["id"]) as stream:
        working = asyncio.create_task(Worker(ask.platform).drain())
        steps = [told(await stream())]
        while steps[-1][0] != "READY":
            steps.append(told(await stream()))
        await working
    progress = [hundredths for _, hundredths in steps]
    assert progress == sorted(set(progress))
    assert (progress[0], progress[-1]) == (0, 100)
    assert any(0 < each < 99 for each in progress)


async def test_nobody_watches_the_upload_of_another(ask, platform, members):
    upload = await sent(Sending(ask, members[0]))
    for stranger in (members[1], None):
        async with subscribed(platform, CHANGED, stranger, id=upload["id"]) as stream:
            [error] = (await stream())["errors"]
            assert error["extensions"]["code"] == "NOT_FOUND"


async def test_the_end_of_the_session_ends_it(ask, database, platform, members):
    upload = await sent(Sending(ask, members[0]))
    async with subscribed(platform, CHANGED, members[0], id=upload["id"]) as stream:
        assert told(await stream()) == ("AWAITING_UPLOAD", 0)
        async with database.transaction() as session:
            await session.execute(
                update(LoginSession)
                .where(col(LoginSession.member_id) == members[0].id)
                .values(ended_at=LoginSession.created_at)
            )
        [error] = (await stream())["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
