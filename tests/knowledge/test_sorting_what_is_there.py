"""Regulations that were imported before lists were sorted get their places by migrating."""

from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from servers import create_database, drop_database, server_database

from app.database import Database
from app.knowledge.rules import UNDATED
from app.migrations import config, upgrade

pytestmark = pytest.mark.anyio

_DAYS = [
    ("2020-03-01", "2020-05-01", date(2020, 3, 1)),
    (None, "2020-05-01", date(2020, 5, 1)),
    (None, None, UNDATED),
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
async def before(request, tmp_path, anyio_backend):
    """A database as it was one migration earlier."""
    if request.param == "sqlite":
        database, drop = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite3'}"), None
    else:
        url = request.getfixturevalue("postgres_url")
        name = await create_database(url)
        database, drop = Database(server_database(url, name)), (url, name)

    def to_0013(connection):
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0013")

    async with database.engine.begin() as connection:
        await connection.run_sync(to_0013)
    yield database
    await database.close()
    if drop:
        await drop_database(*drop)


def _quoted(day):
    return "NULL" if day is None else f"'{day}'"


async def test_each_gets_the_day_and_the_sound_by_which_it_is_listed(before):
    async with before.engine.begin() as connection:
        for key, (promulgated, effective, _) in enumerate(_DAYS):
            await connection.exec_driver_sql(
                "INSERT INTO regulation (id, title, title_key, subtitle, short_title, category,"
                " audience_key, promulgated_on, effective_on, created_at, updated_at) VALUES"
                f" ({key}, '办法', '办法{key}', '', '现行办法', '制度', 'public',"
                f" {_quoted(promulgated)}, {_quoted(effective)}, '2026-01-01', '2026-01-01')"
            )
    await upgrade(before)
    async with before.transaction() as session:
        found = await session.execute(
            sa.text("SELECT dated_on, alphabetical FROM regulation ORDER BY id")
        )
        assert [(str(day), word) for day, word in found] == [
            (str(day), "xian4xing2ban4fa3") for *_, day in _DAYS
        ]
