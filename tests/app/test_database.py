"""Reads and transactions on both databases."""

import asyncio

import asyncpg
import pytest
import sqlalchemy as sa

from app.database import Database
from app.organizations.actions import found
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import root

pytestmark = pytest.mark.anyio


async def test_what_is_committed_is_read_and_told(database):
    told = []
    database.on_commit.append(lambda: told.append(True))
    async with database.transaction() as transaction:
        made = await found(transaction, "集团", OrganizationKind.COMMITTEE)
        assert await root(database) is None
    assert (await root(database)).id == made.id
    assert told == [True]


async def test_what_raises_leaves_nothing_behind_and_tells_nobody(database):
    told = []
    database.on_commit.append(lambda: told.append(True))

    async def fail():
        async with database.transaction() as transaction:
            await found(transaction, "集团", OrganizationKind.COMMITTEE)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await root(database) is None
    assert told == []


async def test_transactions_at_once_all_commit(database):
    async def add(number):
        async with database.transaction() as transaction:
            await found(transaction, f"第{number}", OrganizationKind.BRANCH)

    await asyncio.gather(*(add(number) for number in range(20)))
    async with database.transaction() as transaction:
        assert await transaction.scalar(sa.select(sa.func.count()).select_from(Organization)) == 20


@pytest.mark.services
async def test_the_first_reads_at_once_open_one_pool(postgresql_url, monkeypatch):
    opened = []
    create_pool = asyncpg.create_pool

    def count(*arguments, **more):
        opened.append(arguments)
        return create_pool(*arguments, **more)

    monkeypatch.setattr(asyncpg, "create_pool", count)
    database = Database(postgresql_url)
    await asyncio.gather(*(root(database) for _ in range(20)))
    await database.close()
    assert len(opened) == 1
