"""Importing many regulations from files: each whole or not at all, as often as one likes."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database import Database
from app.errors import Refusal
from app.jobs import Job, JobKind
from app.knowledge.bounds import check_text
from app.knowledge.files import FileProblem, SourceFile, find_files, read_bytes, read_source
from app.knowledge.importing import Imported, Outcome, import_regulation
from app.knowledge.linking import known_titles, relink_everything
from app.knowledge.reading.docx import parse_docx
from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import ParsedRegulation, UnreadableRegulation

_IN_A_TRANSACTION = 50
_KEYS_AT_A_TIME = 1000
#: All mentions are linked in one pass at the end; only if that never comes, jobs do it.
_MENTIONS_DUE_IN = timedelta(minutes=30)

#: Told after each batch: how many files are done, of how many.
Progress = Callable[[int, int], None]
_Done = tuple[SourceFile, ParsedRegulation, Imported | Refusal]


@dataclass(slots=True)
class Report:
    """What came of an import: regulations by outcome, and every file that was not taken in.

    ``warnings`` are lines of imported files that look odd.
    """

    created: int = 0
    new_versions: int = 0
    unchanged: int = 0
    articles: int = 0
    failures: list[FileProblem] = field(default_factory=list)
    warnings: list[FileProblem] = field(default_factory=list)

    def __str__(self) -> str:
        counts = (
            f"新增 {self.created} 件，新版本 {self.new_versions} 件（共 {self.articles} 条），"
            f"未变 {self.unchanged} 件，失败 {len(self.failures)} 处"
        )
        told = (
            ("失败", self.failures),
            ("提示", self.warnings),
        )
        lines = [f"[{kind}] {problem}" for kind, problems in told for problem in problems]
        return "\n".join([counts, *lines])

    def add(self, outcome: Outcome, source: SourceFile, parsed: ParsedRegulation) -> None:
        """Count a file that is stored."""
        if outcome is Outcome.UNCHANGED:
            self.unchanged += 1
            return
        self.created += outcome is Outcome.CREATED
        self.new_versions += outcome is Outcome.NEW_VERSION
        self.articles += len(parsed.articles)
        self.warnings += [FileProblem(source.path, p.message, p.line) for p in parsed.problems]

    def refuse(self, source: SourceFile, refusal: Refusal) -> None:
        """Note why a file is not stored."""
        if isinstance(refusal, UnreadableRegulation):
            self.failures += [FileProblem(source.path, p.message, p.line) for p in refusal.problems]
        else:
            self.failures.append(FileProblem(source.path, refusal.message))


async def import_paths(
    database: Database,
    paths: Sequence[Path],
    *,
    today: date,
    audience_key: str | None = None,
    category: str | None = None,
    imported_by_id: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Import files, and each ``.md`` and ``.docx`` below folders but ``_index.md``, on its merits.

    ``category`` stands for all, else folders tell. Files that cannot be imported are told in the
    report; an error of the database ends the import, what is committed stays.
    """
    files, problems = find_files(paths, category)
    report = Report(failures=problems)
    bring = partial(
        import_regulation,
        today=today,
        audience_key=audience_key,
        imported_by_id=imported_by_id,
        mentions_due_in=_MENTIONS_DUE_IN,
    )
    created: list[int] = []
    for start in range(0, len(files), _IN_A_TRANSACTION):
        batch = files[start : start + _IN_A_TRANSACTION]
        parsed = [(source, text) for source in batch if (text := _parse(source, report))]
        async with database.transaction(slow=True) as session:
            done = await _store(session, parsed, bring)
        created += _account(done, report)
        progress(start + len(batch), len(files))
    if created:
        await _link_mentions(database, created)
    return report


def _parse(source: SourceFile, report: Report) -> ParsedRegulation | None:
    try:
        name, category = source.path.stem, source.category
        if source.path.suffix.lower() == ".docx":
            return parse_docx(read_bytes(source.path), name=name, category=category)
        text = read_source(source.path)
        check_text(text)
        return parse_regulation(text, name=name, category=category)
    except Refusal as refusal:
        report.refuse(source, refusal)
        return None


async def _store(
    session: AsyncSession,
    parsed: Iterable[tuple[SourceFile, ParsedRegulation]],
    bring: Callable[..., Awaitable[Imported]],
) -> list[_Done]:
    """Import each text in a savepoint: one that is refused leaves nothing and holds back none."""
    titles = await known_titles(session)
    done: list[_Done] = []
    for source, text in parsed:
        name = text.source or source.path.name
        try:
            async with session.begin_nested():
                outcome = await bring(session, text, source_name=name, titles=titles)
        except Refusal as refusal:
            done.append((source, text, refusal))
        else:
            done.append((source, text, outcome))
    return done


def _account(done: Iterable[_Done], report: Report) -> Iterator[int]:
    """Report what a committed transaction did; yields the regulations that are new."""
    for source, text, result in done:
        if isinstance(result, Refusal):
            report.refuse(source, result)
            continue
        report.add(result.outcome, source, text)
        if result.outcome is Outcome.CREATED:
            yield result.regulation_id


async def _link_mentions(database: Database, created: list[int]) -> None:
    """Do at once what the jobs of all new titles would do one by one."""
    await relink_everything(database)
    async with database.transaction(slow=True) as session:
        for start in range(0, len(created), _KEYS_AT_A_TIME):
            of_these = col(Job.subject_id).in_(created[start : start + _KEYS_AT_A_TIME])
            owed = sa.delete(Job).where(col(Job.kind) == JobKind.LINK_CITATIONS, of_these)
            await session.execute(owed)
