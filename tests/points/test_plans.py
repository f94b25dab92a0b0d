"""How SQLite reads rules, requests and rankings: by index, in the order of the page."""

import pytest
from ledger import NOON

from app.points import ranking, requests, rulebook

pytestmark = pytest.mark.anyio


async def plan(database, statement, **values):
    text = statement.text(database.dialect)
    words = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
    rows = await database._reader.fetch(f"{words} {text.sql}", text.parameters(values), slow=False)
    return "\n".join(row[-1] for row in rows)


@pytest.fixture
async def sqlite(sqlite_url, anyio_backend):
    from app.database import Database

    opened = Database(sqlite_url)
    yield opened
    await opened.close()


async def test_a_month_is_read_from_its_first_id_on(sqlite):
    values = {"after": 9, "action": "LIKE", "start": NOON, "end": NOON, "limit": 10}
    found = await plan(sqlite, rulebook._DEEDS, **values)
    assert found == "SEARCH points_transaction USING INTEGER PRIMARY KEY (rowid>?)"


async def test_versions_are_read_in_the_order_of_their_key(sqlite):
    found = await plan(sqlite, rulebook._HISTORY, action="LIKE", before=9, limit=3)
    assert "(action=? AND version<?)" in found
    assert "TEMP B-TREE" not in found


async def test_requests_are_read_in_the_order_of_their_ids(sqlite):
    found = await plan(sqlite, requests._NEWEST, subtrees=["/1/"], before=9, limit=3)
    assert found.startswith("SEARCH points_request USING INTEGER PRIMARY KEY (rowid<?)")


async def test_a_ranking_reads_the_members_of_its_subtree_and_no_others(sqlite):
    values = {"organization_id": 1, "book": "LEARNING", "now": NOON, "limit": 3}
    place = {"after_earned": 5, "after_id": 1}
    found = await plan(sqlite, ranking._ranking(after=True), **values, **place)
    for table in ("member", "organization", "points_account", "role_grant"):
        assert f"SCAN {table} " not in found + " "
    assert "ix_member_organization_id (organization_id=?)" in found
    assert "ix_points_transaction_spent (member_id=? AND book=?)" in found
    assert "uq_points_transaction_reverses_id (reverses_id=?)" in found
