"""Every compiled statement is understood by both databases, and finds its way by an index."""

import importlib
import itertools
import pkgutil

import pytest

import app
from app.content.queries import _feed
from app.database.sqlite import SqliteReader
from app.database.statements import Statement
from app.knowledge.listing import RegulationOrder, _list

pytestmark = pytest.mark.anyio

_LISTS = frozenset(
    {"ids", "keys", "subtrees", "parents", "columns", "kinds", "moderated", "kept", "roles"}
)
_COMMANDS = frozenset({"app.__main__", "app.cli", "app.main"})
# Counting all jobs, and taking note of all of them before a rebuild, reads a small table whole.
_ASSETS = "app.content.assets._EVERYWHERE[<class 'app.uploads.models.{}'>]"
_MAY_SCAN = {
    # The caretaker's round, beside the event loop: every asset, because any may have changed.
    _ASSETS.format("Image"): {"SCAN image USING COVERING INDEX ix_image_object_key"},
    _ASSETS.format("Video"): {"SCAN video USING COVERING INDEX ix_video_object_key"},
    "app.jobs._COUNTS": {"SCAN job USING COVERING INDEX ix_job_due"},
    "app.jobs._OWED": {"SCAN job"},
    # Its first row is all that is asked for.
    "app.points.sealing._WAITING": {"SCAN points_unsealed"},
    "app.following.queries._ANYBODY": {
        "SCAN followed_regulation USING COVERING INDEX ix_followed_regulation_regulation",
        "SCAN saved_search USING COVERING INDEX sqlite_autoindex_saved_search_1",
    },
    # A version for each kind of deed.
    "app.points.rulebook._IN_FORCE": {"SCAN points_rule"},
    # The newest row alone, at the end of the table.
    "app.points.policy._IN_FORCE": {"SCAN points_policy"},
}


def _declared():
    """Statements that modules hold, alone or in a dict."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name in _COMMANDS or "migrations" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            each = value if isinstance(value, dict) else {"": value}
            for key, statement in each.items():
                if isinstance(statement, Statement):
                    suffix = f"[{key}]" if isinstance(value, dict) else ""
                    yield f"{module.name}.{name}{suffix}", statement


def _made():
    """Statements that functions make, one for each combination of filters."""
    for flags in itertools.product((False, True), repeat=5):
        names = ("kinds", "organization", "column", "tag", "after")
        yield f"feed{flags}", _feed(**dict(zip(names, flags, strict=True)))
    for flags in itertools.product((False, True), repeat=3):
        names = ("category", "issuer", "status")
        for order in RegulationOrder:
            chosen = dict(zip(names, flags, strict=True))
            yield f"regulations{flags} by {order}", _list(order, **chosen)


_ALL = dict((*_declared(), *_made()))
every_statement = pytest.mark.parametrize("name", _ALL)


def _nothing(text):
    """Values that match no row, for every parameter that has none yet."""
    return {
        name: [] if name in _LISTS else 1 if name == "limit" else None
        for name in text.names
        if name not in text.constants
    }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def empty(request):
    """One for all statements: each only reads."""
    return request.getfixturevalue(f"lasting_{request.param}")


@every_statement
async def test_a_statement_runs_and_finds_nothing_in_an_empty_database(empty, name):
    statement = _ALL[name]
    values = _nothing(statement.text(empty.dialect))
    assert await empty.fetch(statement, **values) == []


@pytest.fixture
async def reader(sqlite_template):
    opened = SqliteReader(sqlite_template)
    yield opened
    await opened.close()


@every_statement
async def test_a_statement_never_reads_the_whole_of_a_table(reader, name):
    text = _ALL[name].text("sqlite")
    values = text.parameters(_nothing(text))
    plan = await reader.fetch(f"EXPLAIN QUERY PLAN {text.sql}", values, slow=False)
    steps = {step for *_, step in plan}
    scans = {
        step
        for step in steps
        # A list parameter, and a subquery that is itself bounded, are read whole.
        if step.startswith("SCAN") and "VIRTUAL TABLE" not in step and "(" not in step
    }
    assert scans - {"SCAN page"} == _MAY_SCAN.get(name, set())


@pytest.mark.parametrize("after", [False, True])
async def test_a_page_of_the_feed_comes_in_the_order_of_the_index(reader, after):
    statement = _feed(kinds=False, organization=False, column=False, tag=False, after=after)
    text = statement.text("sqlite")
    plan = await reader.fetch(
        f"EXPLAIN QUERY PLAN {text.sql}", text.parameters(_nothing(text)), slow=False
    )
    steps = [step for *_, step in plan]
    assert steps[0].startswith("SEARCH content USING INDEX ix_content_feed (status=?")
    assert not [step for step in steps if "TEMP B-TREE" in step]
