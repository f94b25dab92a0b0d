"""What is posted stays: the databases themselves refuse to change it."""

import pytest
import sqlalchemy as sa
from ledger import contents, deed, pay, staffed

from app.points.sealing import seal

pytestmark = pytest.mark.anyio

_CHANGES = {
    "UPDATE points_entry SET amount = amount + 1": "points_entry is append-only: post a reversal",
    "DELETE FROM points_entry": "points_entry is append-only: post a reversal",
    "UPDATE points_transaction SET reason = 'x'": "points_transaction is append-only",
    "DELETE FROM points_transaction": "points_transaction is append-only",
    "UPDATE points_seal SET hash = 'x'": "points_seal is append-only",
    "DELETE FROM points_seal": "points_seal is append-only",
    "UPDATE points_rule SET points = 9 WHERE action = 'LIKE'": "points_rule keeps its versions",
    "UPDATE points_rule SET effective_from = effective_to": "points_rule keeps its versions",
    "DELETE FROM points_rule": "points_rule keeps its versions",
}
_TRUNCATED = ("points_entry", "points_seal", "points_rule", "points_transaction")


@pytest.fixture
async def ledger(database):
    _, member = await staffed(database)
    await pay(database, deed(member))
    await seal(database)
    return database


async def refused(database, change, message):
    before = await contents(database)
    with pytest.raises(sa.exc.DBAPIError, match=message):
        async with database.transaction() as session:
            await session.execute(sa.text(change))
    assert await contents(database) == before


async def test_a_change_is_refused_in_plain_words(ledger):
    for change, message in _CHANGES.items():
        await refused(ledger, change, message)


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.services)], indirect=True
)
async def test_a_table_is_not_emptied_at_once(ledger):
    for table in _TRUNCATED:
        await refused(ledger, f"TRUNCATE {table} CASCADE", "append-only")


async def test_a_version_of_a_rule_is_closed_once(ledger):
    close = "UPDATE points_rule SET effective_to = effective_from WHERE action = 'LIKE'"
    async with ledger.transaction() as session:
        await session.execute(sa.text(close))
    await refused(ledger, close, "points_rule keeps its versions")
    await refused(ledger, close.replace("effective_from", "NULL"), "points_rule keeps its versions")
