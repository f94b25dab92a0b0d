"""Migrations lead to the tables that the code speaks of."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from app.database import Database
from app.migrations import pending, upgrade

pytestmark = pytest.mark.anyio


def _differences(connection):
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, SQLModel.metadata)


async def test_the_newest_version_equals_the_models(database):
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_an_upgraded_database_has_nothing_pending(database):
    assert not await pending(database)


async def test_upgrading_twice_is_the_same_as_once(database):
    await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_an_empty_database_has_everything_pending(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}")
    try:
        assert await pending(database)
    finally:
        await database.close()


async def test_asking_what_is_pending_waits_for_no_writer(database):
    async with database.transaction(), asyncio.timeout(5):
        assert not await pending(database)
