"""Commands say what they did by their last words and their exit code."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from group import building
from typer.testing import CliRunner

from app.cli import commands
from app.content.models import Content
from app.database import Database
from app.jobs import Job, JobKind, JobState


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
    told = {**dict.fromkeys(counters, "right"), "embedded index": "right"}
    wrong = {"comment_count": "1 wrong, mended", "embedded index": "1 missing, mended"}
    for done, found in ((mended, wrong), (right, {})):
        lines = [f"{name}: {said}" for name, said in (told | found).items()]
        assert done.stdout.splitlines() == lines


async def _give_up(url):
    database = Database(url)
    async with database.transaction() as session:
        for subject in (7, 8):
            session.add(
                Job(
                    id=subject,
                    kind=JobKind.INDEX_CONTENT,
                    subject_id=subject,
                    state=JobState.DEAD,
                    attempts=8,
                    due_at=datetime(2026, 5, 4, 3, 2, tzinfo=UTC),
                    last_error="KeyError('[a]')",
                )
            )
    await database.close()


def test_dead_letters_are_listed_and_tried_again(run, sqlite_url):
    asyncio.run(_give_up(sqlite_url))
    listed = run("jobs", "dead").stdout.splitlines()
    told = "INDEX_CONTENT of {}, 8 attempts, 2026-05-04 03:02: KeyError('[a]')"
    assert listed == [f"7  {told.format(7)}", f"8  {told.format(8)}", "2 dead letters."]
    assert run("jobs", "retry", "7").stdout.splitlines() == ["1 jobs wait again."]
    assert run("jobs", "dead").stdout.splitlines()[-1] == "1 dead letters."
    assert run("jobs", "retry", "--all").stdout.splitlines() == ["1 jobs wait again."]
    assert run("jobs", "dead").stdout.splitlines() == ["No dead letters."]


@pytest.mark.parametrize("words", [(), ("1", "--all")])
def test_what_is_tried_again_must_be_said(run, words):
    assert run("jobs", "retry", *words).exit_code == 1
