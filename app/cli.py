"""The commands of an operator: ``python -m app …``."""

import asyncio
import enum
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from rich.console import Console
from rich.progress import Progress

from app import jobs
from app.auth import hash_password
from app.backups import back_up, restore
from app.database.columns import now
from app.demo.seeding import LOGINS, PASSWORD, demo_logins_exist, seed_demo
from app.errors import Refusal
from app.knowledge.bulk import import_paths
from app.logs import configure_logs
from app.main import create_app
from app.members.actions import enrol, grant
from app.migrations import upgrade
from app.organizations.actions import found
from app.organizations.models import OrganizationKind
from app.organizations.queries import root
from app.platform import meilisearch_access, open_platform
from app.points.auditing import audit, tally
from app.reconciling import reconcile_counters, reconcile_index
from app.settings import Settings
from app.visibility import AudienceScope, Role, audience_key
from app.worker import Worker
from resolvers.request_body import LARGEST_BODY
from resolvers.root import graph
from schema.context import Platform
from search.benchmark import run_benchmark
from search.indexing import rebuild

T = TypeVar("T")

commands = typer.Typer(
    help="Dangjian Cloud (党建云): serve the platform and keep it.",
    no_args_is_help=True,
    # Pretty tracebacks print local variables, and with them passwords.
    pretty_exceptions_enable=False,
)
jobs_commands = typer.Typer(help="The outbox: what changes owe.", no_args_is_help=True)
commands.add_typer(jobs_commands, name="jobs")
_console = Console(highlight=False)
# Messages as large as bodies; whoever holds a stream open does not hold up the end.
_UVICORN: dict[str, Any] = {
    "log_config": None,
    "ws_max_size": LARGEST_BODY,
    "timeout_graceful_shutdown": 10,
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class BenchmarkEngine(enum.StrEnum):
    """Which engine the benchmark measures."""

    EMBEDDED = "embedded"
    MEILISEARCH = "meilisearch"


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to bind.")] = 8000,
    workers: Annotated[
        int, typer.Option(help="Server processes; more than one needs PostgreSQL.")
    ] = 1,
) -> None:
    """Serve the API; one process alone runs a worker inside."""
    if "public_url" not in Settings().model_fields_set:
        # By the environment, which the processes of --workers read too.
        os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    settings = Settings()
    demo = _run(lambda platform: demo_logins_exist(platform.database))
    if demo and host not in _LOOPBACK:
        _fail("The demo logins exist, and everybody knows their password: bind 127.0.0.1 only.")
    if workers > 1 and settings.database.startswith("sqlite"):
        _fail("--workers needs PostgreSQL (DATABASE_URL): SQLite has one writer.")
    _announce(settings, host, port, demo=demo)
    if workers == 1:
        uvicorn.run(create_app(settings), host=host, port=port, **_UVICORN)
    else:
        uvicorn.run(
            "app.cli:served", factory=True, host=host, port=port, workers=workers, **_UVICORN
        )


def served() -> object:
    """One of several server processes; jobs are left to ``python -m app worker``."""
    return create_app(Settings(), with_worker=False)


@commands.command()
def worker() -> None:
    """Do what changes owe (indexing …) until stopped."""
    _run(lambda platform: Worker(platform).run())


@commands.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    _run(_nothing)
    _console.print("The database is up to date.")


@commands.command()
def demo() -> None:
    """Fill an empty database with the demo group; keeps what is there."""
    seeded = _run(seed_demo)
    _console.print("The demo group stands." if seeded else "The database is in use; kept as it is.")


@commands.command(name="import")
def import_regulations(
    paths: Annotated[list[Path], typer.Argument(help="Folders, Markdown or Word files.")],
    audience: Annotated[
        AudienceScope, typer.Option(help="Who may read them: PUBLIC or EVERYONE.")
    ] = AudienceScope.PUBLIC,
    category: Annotated[
        str | None, typer.Option(help="Their category; else the name of their folder.")
    ] = None,
) -> None:
    """Import regulations from Markdown and DOCX; the same text again changes nothing."""
    if audience not in {AudienceScope.PUBLIC, AudienceScope.EVERYONE}:
        _fail("--audience is PUBLIC or EVERYONE.")

    async def run(platform: Platform) -> int:
        with Progress(console=_console) as bar:
            task = bar.add_task("Importing", total=None)
            report = await import_paths(
                platform.database,
                paths,
                today=platform.today(),
                audience_key=audience_key(audience, None),
                category=category,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        await platform.database.refresh_statistics()
        _console.print(str(report))
        with _console.status("Indexing"):
            await Worker(platform).drain()
        return len(report.failures)

    if _run(run):
        raise typer.Exit(1)


@commands.command()
def reindex() -> None:
    """Build the search index anew from the database, and swap it in."""

    async def run(platform: Platform) -> int:
        await rebuild(platform.database, platform.search, platform.today())
        return (await platform.search.state()).documents

    with _console.status("Indexing"):
        documents = _run(run)
    _console.print(f"{documents} documents are indexed.")


@commands.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Copy the database and the local media files, while the platform goes on."""
    _operate(lambda settings: back_up(settings, folder))
    _console.print(f"The backup stands in {folder}.")


@commands.command(name="restore")
def restore_backup(
    folder: Annotated[Path, typer.Argument(help="The folder of a backup.")],
) -> None:
    """Bring a backup back into an empty database and DATA_DIR."""
    _operate(lambda settings: restore(settings, folder))
    _console.print("The backup is restored; the next start builds its search index.")


@commands.command()
def audit_ledger() -> None:
    """Prove the points ledger: sums, balances, seals; prints what is wrong, by id."""

    async def run(platform: Platform) -> int:
        found = 0
        async for finding in audit(platform.database, now()):
            _console.print(str(finding), style="red", soft_wrap=True)
            found += 1
        held = await tally(platform.database)
        _console.print(
            f"{held.transactions} transactions on {held.accounts} accounts,"
            f" {held.seals} sealed up to {held.head}: {found or 'nothing'} wrong.",
            soft_wrap=True,
        )
        return found

    if _run(run):
        raise typer.Exit(1)


@commands.command()
def reconcile() -> None:
    """Compare counters and the search index with the database, and mend what differs; 1 if any."""

    async def run(platform: Platform) -> int:
        wrong = await reconcile_counters(platform.database)
        for name, cards in wrong.items():
            _console.print(f"{name}: {cards} wrong, mended" if cards else f"{name}: right")
        found = await reconcile_index(platform.database, platform.search, platform.today())
        for name, units in found.items():
            for fault, count in Counter(unit.fault for unit in units).items():
                _console.print(f"{name} index: {count} {fault}, mended")
            if not units:
                _console.print(f"{name} index: right")
        return sum(wrong.values()) + sum(map(len, found.values()))

    if _run(run):
        raise typer.Exit(1)


@jobs_commands.command()
def dead(limit: Annotated[int, typer.Option(help="At most so many.")] = 100) -> None:
    """List the jobs that were given up, the oldest first."""
    letters = _run(lambda platform: jobs.dead_letters(platform.database, limit))
    for one in letters:
        _console.print(
            f"{one.id}  {one.kind} of {one.subject_id}, {one.attempts} attempts,"
            f" {one.due_at:%Y-%m-%d %H:%M}: {one.last_error}",
            soft_wrap=True,
            markup=False,
        )
    _console.print(f"{len(letters) or 'No'} dead letters.")


@jobs_commands.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Their ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Have jobs that were given up tried again by the worker."""
    if bool(ids) == every:
        _fail("Name the jobs by their ids, or take --all.")

    async def run(platform: Platform) -> int:
        async with platform.database.transaction() as session:
            return await jobs.retry(session, None if every else ids)

    _console.print(f"{_run(run)} jobs wait again.")


@commands.command()
def benchmark(
    folder: Annotated[Path, typer.Argument(help="Folder with articles.jsonl and queries*.jsonl.")],
    traditional: Annotated[bool, typer.Option(help="Ask in traditional script.")] = False,
    engine: Annotated[
        BenchmarkEngine, typer.Option(help="Meilisearch is that of MEILI_URL; indexes of its own.")
    ] = BenchmarkEngine.EMBEDDED,
) -> None:
    """Measure how well and how fast search answers questions with known answers."""
    access = None
    if engine is BenchmarkEngine.MEILISEARCH:
        if (access := meilisearch_access(Settings())) is None:
            _fail("--engine meilisearch needs MEILI_URL.")
        access = replace(access, prefix="dangjian-benchmark", search_seconds=30, write_seconds=600)
    try:
        figures = run_benchmark(folder, traditional=traditional, meilisearch=access)
    except Refusal as refusal:
        _fail(refusal.message)
    _console.print(str(figures))


@commands.command()
def schema() -> None:
    """Print the GraphQL schema (SDL)."""
    typer.echo(graph.as_str())


@commands.command()
def create_admin(
    username: Annotated[str, typer.Argument(help="The login name.")],
    name: Annotated[str, typer.Option(prompt=True, help="The member's name.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    organization: Annotated[
        str, typer.Option(help="Name of the top organization, made where there is none.")
    ] = "集团党委",
) -> None:
    """Add an administrator of the whole group."""
    if len(password) < 10:
        _fail("The password needs 10 characters or more.")

    async def run(platform: Platform) -> None:
        hashed = await hash_password(password)
        top = await root(platform.database)
        async with platform.database.transaction() as session:
            key = top.id if top else None
            if key is None:
                key = (await found(session, organization, OrganizationKind.COMMITTEE)).id
            member = await enrol(session, name, username, password_hash=hashed, organization_id=key)
            await grant(session, member.id, Role.ADMIN, organization_id=key)

    _run(run)
    _console.print(f"{username} administers the group.")


def _run(doing: Callable[[Platform], Awaitable[T]]) -> T:
    """Run one piece of work on an open, migrated platform; refusals end the command."""

    async def run(settings: Settings) -> T:
        async with open_platform(settings) as platform:
            await upgrade(platform.database)
            return await doing(platform)

    return _operate(lambda settings: asyncio.run(run(settings)))


def _operate(doing: Callable[[Settings], T]) -> T:
    """Do one piece of work by the settings; refusals end the command."""
    settings = Settings()
    configure_logs(settings)
    try:
        return doing(settings)
    except Refusal as refusal:
        _fail(refusal.message)


async def _nothing(_platform: Platform) -> None:
    """Migrating happens in ``_run``."""


def _fail(message: str) -> NoReturn:
    _console.print(message, style="red")
    raise typer.Exit(1)


def _announce(settings: Settings, host: str, port: int, *, demo: bool) -> None:
    address = f"http://{host}:{port}"
    _console.print(f"Dangjian Cloud (党建云) on {address}")
    _console.print(f"  API       {address}/graphql")
    if not settings.production:
        _console.print(f"  explorer  {address}/graphiql")
    _console.print(f"  state     {address}/ready")
    if demo:
        _console.print(f"  logins    {', '.join(LOGINS)} — password {PASSWORD}")
