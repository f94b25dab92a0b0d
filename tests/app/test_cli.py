"""Commands say what they did by their last words and their exit code."""

import asyncio

import pytest
import sqlalchemy as sa
from group import building
from typer.testing import CliRunner

from app.cli import commands
from app.content.models import Content
from app.database import Database


@pytest.fixture
def run(monkeypatch, tmp_path, sqlite_url):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    return lambda *words: CliRunner().invoke(commands, words)


@pytest.mark.parametrize(
    ("named", "expected"),
    [(None, "http://127.0.0.1:8123"), ("https://a.example/", "https://a.example")],
)
def test_links_lead_to_the_port_that_is_served_unless_told_otherwise(
    run, monkeypatch, named, expected
):
    served = []
    monkeypatch.setattr("app.cli.uvicorn.run", lambda app, **how: served.append(how["port"]))
    monkeypatch.setattr("app.cli.create_app", served.append)
    # Kept, so that what the command sets is undone.
    monkeypatch.setenv("PUBLIC_URL", named or "")
    done = run("serve", "--port", "8123")
    assert done.exit_code == 0
    assert served[0].public_url == expected
    assert served[1:] == [8123]


async def _discuss(url):
    database = Database(url)
    async with building(database) as group:
        author = await group.member(await group.organization())
        content = await group.news(author)
        await group.comment(content, author)
        await group.session.execute(sa.update(Content).values(comment_count=5))
    await database.close()


def test_reconciling_fails_once_where_it_had_to_mend(run, sqlite_url):
    asyncio.run(_discuss(sqlite_url))
    mended, right = run("reconcile"), run("reconcile")
    assert (mended.exit_code, right.exit_code) == (1, 0)
    counters = ["like_count", "comment_count", "share_count", "view_count"]
    told = dict.fromkeys(counters, "right")
    for done, comments in ((mended, "1 wrong, mended"), (right, "right")):
        lines = [f"{name}: {said}" for name, said in (told | {"comment_count": comments}).items()]
        assert done.stdout.splitlines() == lines
