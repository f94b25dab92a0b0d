"""``make bench``: Q1, Q2, M1 and search of a large group, and Q1's page written by hand.

Q1 is measured twice: each page made for the one who asks, and as it is served, pages kept.

Rounds of all operations are interleaved, so that what else the machine does falls on each of them
alike: the ratios of one run are worth more than its milliseconds.
"""

import asyncio
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from bench import articles, operations
from bench.data import QUESTIONS, Group, access_tokens
from bench.drawing import drawn
from bench.figures import Figure, figure, ratios, table
from bench.serving import Loaded, Request, Server, serving
from rich.console import Console
from servers import create_database, postgres, server_database

from app.auth import Tokens
from app.migrations import upgrade
from app.platform import open_platform
from app.settings import Settings
from search.indexing import rebuild

_CONNECTIONS = (1, 16, 64)
_COMPARED = 20
_PAGES = ("Q1", "Q1 cached")
# Above what the server can do, so that no like is asked for twice.
_LIKES_PER_SECOND = 3_000
_console = Console(highlight=False, width=120)


class Kind(StrEnum):
    """Which database."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Form:
    """How much is measured."""

    scale: float
    rounds: int
    seconds: float


_FULL, _SHORT = Form(scale=1.0, rounds=3, seconds=3.0), Form(scale=0.1, rounds=2, seconds=0.5)


class Asked:
    """The requests of each operation, of random callers."""

    def __init__(self, group: Group, tokens: list[str]) -> None:
        self.tokens = tokens
        self._ids = group.public_ids()
        self._random = random.Random(20)
        questions = self._random.choices([*QUESTIONS, *articles.QUESTIONS], k=len(tokens))
        self._repeated = {
            "Q1": [replace(_ask(token, operations.FEED), path="/uncached") for token in tokens],
            "Q1 cached": [_ask(token, operations.FEED) for token in tokens],
            "floor": [Request("/floor", token) for token in tokens],
            "Q2": self._about(operations.DETAIL, 2_000),
            "search": [
                _ask(token, operations.SEARCH, query=question)
                for token, question in zip(tokens, questions, strict=True)
            ],
        }
        self.names = [*self._repeated, "M1"]

    def load(self, server: Server, name: str, connections: int, *, seconds: float) -> Loaded:
        """Load the server with one operation; only likes are each asked for once."""
        if name != "M1":
            return server.load(self._repeated[name], connections, seconds, most=500_000)
        likes = self._about(operations.LIKE, round(_LIKES_PER_SECOND * seconds))
        return server.load(likes, connections, seconds, most=len(likes))

    def compare(self, server: Server) -> None:
        """Refuse to measure unless Q1 and the floor answer the same."""
        for caller in range(_COMPARED):
            asked = [self._repeated[name][caller] for name in (*_PAGES, "floor")]
            made, kept, floor = map(server.answer, asked)
            if not made == kept == floor:
                raise AssertionError("Q1 and the floor answer differently: nothing to compare")

    def _about(self, operation: str, count: int) -> list[Request]:
        choose = self._random.choice
        return [_ask(choose(self.tokens), operation, id=choose(self._ids)) for _ in range(count)]


def _ask(token: str, operation: str, /, **variables: Any) -> Request:
    return Request("/graphql", token, {"query": operation, "variables": variables})


@contextmanager
def _settings(kind: Kind) -> Iterator[Settings]:
    """An empty database and index of this run's own."""
    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as folder:
        data_dir = Path(folder)
        if kind is Kind.SQLITE:
            # Said outright, lest a database that the environment names be filled.
            yield Settings(data_dir=data_dir, database_url=None)
            return
        with postgres() as server:
            name = asyncio.run(create_database(server))
            yield Settings(data_dir=data_dir, database_url=server_database(server, name))


async def _build(settings: Settings, group: Group, scale: float) -> int:
    """Fill what is empty; answers the number of regulations' articles."""
    async with open_platform(settings) as opened:
        await upgrade(opened.database)
        await group.fill(opened.database)
        imported = await articles.import_articles(opened.database, scale)
        await rebuild(opened.database, opened.search, opened.today())
    return imported


def _measure(server: Server, asked: Asked, form: Form) -> list[Figure]:
    loads: defaultdict[tuple[str, int], list[Loaded]] = defaultdict(list)
    for name in asked.names:
        asked.load(server, name, 16, seconds=form.seconds / 2)
    for turn in range(form.rounds):
        for connections in _CONNECTIONS:
            # Whoever came first comes last in the next round.
            for name in asked.names[:: -1 if turn % 2 else 1]:
                loaded = asked.load(server, name, connections, seconds=form.seconds)
                loads[name, connections].append(loaded)
    return [figure(name, at, loads[name, at]) for name in asked.names for at in _CONNECTIONS]


def _results(database: Kind, form: Form, figures: list[Figure]) -> dict[str, Any]:
    return {
        "database": database,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "form": asdict(form),
        "figures": [asdict(one) for one in figures],
        "of_the_floor": {
            name: [asdict(one) for one in ratios(figures, name, "floor")] for name in _PAGES
        },
    }


def bench(
    short: Annotated[bool, typer.Option(help="A tenth of the data, within a minute.")] = False,
    database: Annotated[Kind, typer.Option(help="On which database.")] = Kind.SQLITE,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write figures here.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw them here, as SVG.")] = None,
) -> None:
    """Measure the platform against the row floor: the same page written by hand."""
    # Ended from outside, it still ends the servers that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    form, began = _SHORT if short else _FULL, time.perf_counter()
    group = Group(form.scale)
    with _settings(database) as settings:
        with _console.status("Building the group"):
            imported = asyncio.run(_build(settings, group, form.scale))
        built = time.perf_counter() - began
        tokens = access_tokens(Tokens(settings.signing_key))
        with serving(settings) as server, _console.status("Measuring"):
            asked = Asked(group, tokens)
            asked.compare(server)
            figures = _measure(server, asked, form)
    took = time.perf_counter() - began
    compared = {name: ratios(figures, name, "floor") for name in _PAGES}
    _console.print(table(figures, compared))
    _console.print(
        f"{database}, {group.contents} contents, {imported} articles;"
        f" built in {built:.0f} s, all in {took:.0f} s. CPU is the server process's own."
        " Milliseconds depend on what else the machine does, ratios less so."
    )
    if json_file is not None:
        results = _results(database, form, figures)
        json_file.write_text(json.dumps(results, indent=2) + "\n")
    if picture is not None:
        picture.write_text(drawn(figures, f"{database}, {group.contents:,} contents"))
    if any(one.errors for one in figures):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(bench)
