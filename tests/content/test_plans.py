"""How the databases run the reads that every visit takes: by index, in the order of the page."""

import pytest
from crowd import COMMENTS, CONTENTS, fill
from group import START

from app.audit.queries import _trail
from app.content import columns, desks, queries, revisions
from app.engagement.queries import _OF_CONTENT, _voice
from app.visibility import Grant, Role, Viewer

pytestmark = pytest.mark.anyio

VIEWER = Viewer(5, 7, "/1/7/", grants=(Grant(Role.EDITOR, 7, "/1/7/"),))
NARROWED = {"kinds": ["NEWS"], "organization": 1, "column": 3, "tag": "标签7"}


@pytest.fixture(scope="module")
async def sqlite(lasting_sqlite):
    """One for all: plans are looked at, and nothing is run."""
    await fill(lasting_sqlite)
    return lasting_sqlite


@pytest.fixture(scope="module")
async def postgresql(lasting_postgresql):
    """The same on a server."""
    await fill(lasting_postgresql)
    return lasting_postgresql


async def plan(database, statement, **values):
    text = statement.text(database.dialect)
    words = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
    rows = await database._reader.fetch(f"{words} {text.sql}", text.parameters(values), slow=False)
    return "\n".join(row[-1] for row in rows)


def feed(*narrowed, after=False):
    filters = {name: name in narrowed for name in NARROWED}
    return queries._feed(**filters, after=after)


def feed_values():
    return {
        "keys": VIEWER.keys,
        "limit": 21,
        "kinds": NARROWED["kinds"],
        "organization_id": NARROWED["organization"],
        "column_id": NARROWED["column"],
        "tag": NARROWED["tag"],
        "after_at": START,
        "after_id": CONTENTS // 2,
    }


async def test_sqlite_walks_a_feed_in_the_order_of_its_index(sqlite):
    for narrowed in ((), ("kinds",), ("organization",), ("column",), ("tag",)):
        for after in (False, True):
            found = await plan(sqlite, feed(*narrowed, after=after), **feed_values())
            assert "SEARCH content USING INDEX ix_content_feed" in found
            assert "SCAN content" not in found
            assert "TEMP B-TREE" not in found
            assert ("published_at<?" in found) == after


async def test_sqlite_looks_up_contents_by_their_key(sqlite):
    values = {"ids": list(range(20)), **queries.visibility(VIEWER)}
    found = await plan(sqlite, queries._VISIBLE, **values)
    assert found.startswith("SEARCH content USING INTEGER PRIMARY KEY (rowid=?)")


async def test_sqlite_descends_once_for_the_comments_of_each_content(sqlite):
    values = {"parents": list(range(20)), "before": COMMENTS, "limit": 3, **_voice(VIEWER)}
    found = await plan(sqlite, _OF_CONTENT, **values)
    assert "USING COVERING INDEX ix_comment_content (content_id=? AND id<?)" in found
    assert "SCAN comment" not in found


async def test_sqlite_reads_the_entries_of_a_column_and_no_others(sqlite):
    values = {"columns": [1, 2], "keys": VIEWER.keys, "limit": 4}
    found = await plan(sqlite, columns._ENTRIES[False], **values)
    assert "ix_content_feed" not in found
    assert "ix_showcase_entry_column_id (column_id=?)" in found


@pytest.mark.services
async def test_postgresql_walks_a_feed_in_the_order_of_its_index(postgresql):
    for narrowed in ((), ("kinds",), ("organization",)):
        for after in (False, True):
            found = await plan(postgresql, feed(*narrowed, after=after), **feed_values())
            assert "Index Scan Backward using ix_content_feed on content" in found
            assert "Sort" not in found
            assert "Seq Scan on content" not in found


@pytest.mark.services
async def test_postgresql_plans_a_read_once(postgresql):
    [row] = await postgresql._reader.fetch("SHOW plan_cache_mode", (), slow=False)
    assert row[0] == "force_generic_plan"


@pytest.mark.parametrize("after", [False, True])
async def test_sqlite_finds_what_waits_and_what_is_due_by_their_index(sqlite, after):
    values = {"subtrees": ["/1/"], "member_id": 5, "now": START, "limit": 21}
    place = {"after_at": START, "after_id": 1}
    statement = revisions._waiting(after=after, four_eyes=True)
    found = await plan(sqlite, statement, **values, **place)
    assert "SEARCH content_revision USING INDEX ix_content_revision_waiting (state=?" in found
    assert "SCAN content" not in found
    assert "TEMP B-TREE" not in found
    found = await plan(sqlite, revisions._DUE, now=START)
    assert "ix_content_revision_due (state=? AND publish_at<?)" in found


async def test_sqlite_finds_revisions_by_their_content(sqlite):
    for statement in (revisions._NEWEST, revisions._PAGE, revisions._HTML, desks._HEADS):
        values = {"ids": [1, 2], "before": 9, "limit": 3, "numbers": [1]}
        found = await plan(sqlite, statement, **values)
        assert "SCAN content_revision" not in found, statement.row


async def test_sqlite_walks_the_trail_in_the_order_of_its_keys(sqlite):
    values = {"before": 2**62, "subtrees": ["/1/"], "limit": 21, "organization_id": 1}
    values |= {"subject_kind": "CONTENT", "subject_id": 5, "action": "content.publish"}
    found = await plan(sqlite, _trail(organization=False, subject=False, action=True), **values)
    assert found.startswith("SEARCH audit_entry USING INTEGER PRIMARY KEY (rowid<?)")
    found = await plan(sqlite, _trail(organization=False, subject=True, action=False), **values)
    assert "ix_audit_entry_subject (subject_kind=? AND subject_id=? AND id<?)" in found
