"""Subscriptions, watched by the clients that others use: npm's graphql-ws and graphql-sse."""

import subprocess

import pytest
from group import building, gid

from app.database import Database
from app.main import create_app
from app.migrations import upgrade
from app.settings import Settings

pytestmark = pytest.mark.services


@pytest.fixture
async def content_id(tmp_path, anyio_backend):
    """A news item in a database of its own, and the member who watches it."""
    database = Database(Settings(_env_file=None, data_dir=tmp_path).database)
    try:
        await upgrade(database)
        async with building(database) as group:
            branch = await group.organization()
            member = await group.member(branch, username="watcher", password="right password")
            return gid(await group.news(member))
    finally:
        await database.close()


def test_their_clients_are_answered_told_and_let_go(tmp_path, content_id, node, serve):
    settings = Settings(_env_file=None, data_dir=tmp_path, live_check_seconds=0.2)
    with serve(create_app(settings)) as url:
        done = subprocess.run(
            [*node("live.mjs"), url, content_id],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    failed = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
    assert (failed, done.returncode, done.stdout.count("ok ")) == ([], 0, 15), done.stderr
