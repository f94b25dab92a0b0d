"""How the databases read a page of bookmarks: by index, in the order of the page."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from crowd import CONTENTS, fill
from group import START

from app.content.queries import visibility
from app.engagement.bookmarks import _PAGES
from app.engagement.models import ContentBookmark
from app.visibility import Grant, Role, Viewer

pytestmark = pytest.mark.anyio

VIEWER = Viewer(5, 7, "/1/7/", grants=(Grant(Role.EDITOR, 7, "/1/7/"),))


async def keep(database):
    """Three members keep every other content."""
    rows = [
        {"member_id": member, "content_id": key, "created_at": START + timedelta(minutes=key)}
        for member in (4, 5, 6)
        for key in range(1, CONTENTS, 2)
    ]
    async with database.transaction() as session:
        await session.execute(sa.insert(ContentBookmark), rows)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("ANALYZE"))


async def test_a_page_walks_the_members_own_index(database):
    await fill(database)
    await keep(database)
    sqlite = database.dialect == "sqlite"
    for after in (False, True):
        text = _PAGES[after].text(database.dialect)
        values = {"limit": 21, "after_at": START, "after_id": 9, **visibility(VIEWER)}
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (COSTS OFF)"
        rows = await database._reader.fetch(
            f"{explain} {text.sql}", text.parameters(values), slow=False
        )
        found = "\n".join(row[-1] for row in rows)
        assert "ix_content_bookmark_newest" in found
        for detour in ("SCAN content", "TEMP B-TREE", "Sort", "Seq Scan on content"):
            assert detour not in found, found
        if sqlite:
            assert ("(created_at,content_id)<(?,?)" in found) == after
