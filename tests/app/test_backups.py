"""A backup made under load comes back whole."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa
from group import building
from servers import create_database, drop_database, server_database

from app.backups import back_up, restore
from app.content.models import Content
from app.database import Database
from app.engagement.actions import like
from app.engagement.models import ContentLike
from app.errors import Conflict, Invalid, Unavailable
from app.inquiries.keeping import flush
from app.inquiries.models import AskedQuery, Asker, AskingDay
from app.inquiries.noting import Inquiries
from app.settings import Settings


@pytest.fixture
def places(database_url, tmp_path, request):
    """Settings of a database in use, and of an empty one of the same kind."""
    used = Settings(_env_file=None, data_dir=tmp_path / "used", database_url=database_url)
    if database_url.startswith("sqlite"):
        yield used, Settings(_env_file=None, data_dir=tmp_path / "empty")
        return
    server = request.getfixturevalue("postgres_url")
    name = asyncio.run(create_database(server))
    url = server_database(server, name)
    yield used, Settings(_env_file=None, data_dir=tmp_path / "empty", database_url=url)
    asyncio.run(drop_database(server, name))


@pytest.mark.anyio
async def test_a_backup_does_not_keep_who_asked_what(places, tmp_path):
    used, empty = places
    database = Database(used.database)
    inquiries = Inquiries()
    inquiries.ask("年休假", 1, found=0)
    await flush(database, inquiries, date(2026, 7, 1))
    async with database.engine.connect() as connection:
        salt = await connection.scalar(sa.select(AskingDay.salt))
    await asyncio.to_thread(back_up, used, tmp_path / "backup")
    await database.close()
    for path in (tmp_path / "backup").iterdir():
        assert path.is_dir() or salt.encode() not in path.read_bytes()
    await asyncio.to_thread(restore, empty, tmp_path / "backup")
    restored = Database(empty.database)
    async with restored.engine.connect() as connection:
        counts = [
            await connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (AskedQuery, Asker, AskingDay)
        ]
    await restored.close()
    assert counts == [1, 0, 0]


@pytest.mark.anyio
async def test_a_backup_made_while_members_like_is_one_instant_of_them(places, tmp_path):
    used, empty = places
    database = Database(used.database)
    async with building(database) as group:
        branch = await group.organization()
        members = [await group.member(branch) for _ in range(60)]
        item = await group.news(members[0])
    picture = used.data_dir / "media" / "image" / "a" / "96.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")

    async def like_one_by_one():
        for member in members:
            async with database.transaction() as session:
                await like(session, item.id, member.id)

    liking = asyncio.create_task(like_one_by_one())
    await asyncio.sleep(0)
    await asyncio.to_thread(back_up, used, tmp_path / "backup")
    await liking
    await database.close()

    await asyncio.to_thread(restore, empty, tmp_path / "backup")

    restored = Database(empty.database)
    async with restored.engine.connect() as connection:
        rows = await connection.scalar(sa.select(sa.func.count()).select_from(ContentLike))
        counted = await connection.scalar(sa.select(Content.like_count))
    await restored.close()
    assert rows == counted
    copied = empty.data_dir / "media" / "image" / "a" / "96.webp"
    assert copied.read_bytes() == b"a picture"
    assert not list(tmp_path.glob("*.partial"))


def test_a_backup_is_never_written_over(places, tmp_path):
    used, _ = places
    (tmp_path / "backup").mkdir()
    with pytest.raises(Conflict):
        back_up(used, tmp_path / "backup")
    assert list((tmp_path / "backup").iterdir()) == []


def test_nothing_is_restored_over_what_is_there(places, tmp_path):
    used, _ = places
    back_up(used, tmp_path / "backup")
    with pytest.raises(Conflict):
        restore(used, tmp_path / "backup")


def test_a_folder_that_is_no_backup_restores_nothing(places, tmp_path):
    _, empty = places
    with pytest.raises(Invalid):
        restore(empty, tmp_path)
    assert not empty.data_dir.exists()


@pytest.mark.services
def test_without_its_programs_postgresql_is_not_backed_up(postgresql_url, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=postgresql_url)
    with pytest.raises(Unavailable):
        back_up(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
