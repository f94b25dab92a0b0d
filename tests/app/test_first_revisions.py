"""Contents that were written before revisions were kept get their first one by migrating."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from group import START
from servers import create_database, drop_database, server_database

from app.content.models import ContentRevision, RevisionState
from app.content.wording import Wording
from app.database import Database
from app.migrations import config, upgrade

pytestmark = pytest.mark.anyio

_AT = START.isoformat(timespec="microseconds")
_BEFORE = f"""
INSERT INTO organization (id, name, kind, parent_id, path, created_at)
  VALUES (1, '集团', 'COMMITTEE', NULL, '/1/', '{_AT}');
INSERT INTO organization (id, name, kind, parent_id, path, created_at)
  VALUES (2, '支部', 'BRANCH', 1, '/1/2/', '{_AT}');
INSERT INTO member (id, name, username, password_hash, status, organization_id, created_at)
  VALUES (7, '某某', 'someone', '-', 'ACTIVE', 2, '{_AT}');
INSERT INTO image (id, state, object_key, width, height, widths, alt, created_at)
  VALUES (5, 'READY', 'image/5', 640, 360, '[]', '图', '{_AT}');
"""
_CONTENT = f"""
INSERT INTO content (id, kind, status, title, summary, tags, author_id, organization_id,
    audience_key, created_at, updated_at, published_at, like_count, share_count, comment_count,
    view_count)
  VALUES ({{id}}, '{{kind}}', '{{status}}', '题', '摘要', '["安全"]', 7, 2, '{{audience}}', '{_AT}',
    '{_AT}', {{published}}, 0, 0, 0, 0);
INSERT INTO content_body (content_id, markdown, html) VALUES ({{id}}, '正文', '<p>正文</p>');
"""
_CONTENTS = [
    (11, "NEWS", "PUBLISHED", "public", "/1/", RevisionState.PUBLISHED),
    (12, "LIVE_STREAM", "DRAFT", "tree:2", "/1/2/", RevisionState.WORKING),
    (13, "NEWS", "IN_REVIEW", "org:1", "/1/", RevisionState.IN_REVIEW),
    (14, "NEWS", "SCHEDULED", "everyone", "/1/", RevisionState.IN_REVIEW),
    (15, "NEWS", "ARCHIVED", "public", "/1/", RevisionState.PUBLISHED),
]
_BESIDE = f"""
INSERT INTO news_item (content_id, source_name) VALUES (11, '厂报');
INSERT INTO live_stream (content_id, stream_url, starts_at)
  VALUES (12, 'https://live.example/1', '{_AT}');
INSERT INTO content_image (content_id, position, image_id) VALUES (11, 0, 5);
"""


def _fill():
    yield from _BEFORE.split(";\n")
    for key, kind, status, audience, *_ in _CONTENTS:
        published = f"'{_AT}'" if status in {"PUBLISHED", "ARCHIVED"} else "NULL"
        made = _CONTENT.format(
            id=key, kind=kind, status=status, audience=audience, published=published
        )
        yield from made.split(";\n")
    yield from _BESIDE.split(";\n")


def _until_before(connection):
    made = config()
    made.attributes["connection"] = connection
    before = ScriptDirectory.from_config(made).get_revision("0003").down_revision
    command.upgrade(made, before)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
async def old(request, tmp_path, anyio_backend):
    """A database as it was before revisions, with contents in it."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres_url")
        name = await create_database(server)
        url = server_database(server, name)
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(_until_before)
        for statement in _fill():
            if statement.strip():
                await connection.execute(sa.text(statement))
    yield database
    await database.close()
    if request.param == "postgresql":
        await drop_database(server, name)


async def test_each_gets_the_revision_that_it_shows(old):
    await upgrade(old)
    async with old.transaction() as session:
        rows = await session.scalars(
            sa.select(ContentRevision).order_by(ContentRevision.content_id)
        )
        found = {row.content_id: row for row in rows}
        scheduled = await session.scalar(sa.text("SELECT status FROM content WHERE id = 14"))
    assert [(key, row.state, row.audience_path) for key, row in found.items()] == [
        (key, state, path) for key, _, _, _, path, state in _CONTENTS
    ]
    assert {(row.number, row.writers, row.html) for row in found.values()} == {
        (1, "/7/", "<p>正文</p>")
    }
    assert found[11].wording == Wording(
        "题", "摘要", "正文", 2, "public", ("安全",), None, (5,), source_name="厂报"
    )
    assert found[12].wording.starts_at == START
    assert found[12].wording.stream_url == "https://live.example/1"
    assert (found[11].decided_at, found[12].decided_at) == (START, None)
    assert found[13].submitted_at == START
    assert scheduled == "IN_REVIEW"
