"""Taking in one regulation: a new one, or another version of one that is there."""

import enum
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database.columns import new_id, now
from app.errors import Conflict
from app.jobs import Job, JobKind, enqueue
from app.knowledge.alphabet import alphabetical
from app.knowledge.bounds import check_head, check_source
from app.knowledge.changes import note_change
from app.knowledge.linking import Passage, known_titles, store_links
from app.knowledge.models import (
    ChangeKind,
    Regulation,
    RegulationArticle,
    RegulationVersion,
)
from app.knowledge.reading.parsed import ParsedRegulation
from app.knowledge.rules import dated_on, repeal_day, short_title, standing, title_key
from app.visibility import EVERYONE

_AT_ONCE = timedelta(0)


class Outcome(enum.StrEnum):
    """What an import came to."""

    CREATED = "CREATED"
    NEW_VERSION = "NEW_VERSION"
    UNCHANGED = "UNCHANGED"


class Imported(NamedTuple):
    """What there is now; of what is UNCHANGED, the version that has this text already."""

    regulation_id: int
    version_id: int
    outcome: Outcome


async def import_regulation(
    session: AsyncSession,
    parsed: ParsedRegulation,
    *,
    today: date,
    audience_key: str | None = None,
    imported_by_id: int | None = None,
    source_name: str = "",
    source_url: str | None = None,
    repealed_on: date | None = None,
    titles: frozenset[str] | None = None,
    mentions_due_in: timedelta = _AT_ONCE,
) -> Imported:
    """Store a text as a version of the regulation of its title and subtitle.

    A text that one of the versions has already, by SHA-256, changes nothing. ``audience_key`` None
    keeps the regulation's audience, EVERYONE for a new one; another than it has is a Conflict: no
    new wording widens or narrows it unseen. ``repealed_on`` outweighs what the text says.
    ``titles`` are those that articles may name without 《》 (default: all that are stored). Older
    articles that name a new title get linked by a job, due ``mentions_due_in`` from now.
    """
    check_head(parsed)
    source_name, source_url = _source(parsed, source_name, source_url)
    regulation, versions = await _stored(session, parsed)
    if same := next((v for v in versions if v.sha256 == parsed.sha256), None):
        return Imported(same.regulation_id, same.id, Outcome.UNCHANGED)
    outcome = Outcome.NEW_VERSION if regulation else Outcome.CREATED
    if regulation is None:
        regulation = _new_regulation(parsed, audience_key or EVERYONE)
        session.add_all([regulation, _mentions_job(regulation.id, mentions_due_in)])
    _refuse_other_audience(regulation, audience_key)
    version = _new_version(parsed, regulation.id, source_name=source_name, source_url=source_url)
    version.imported_by_id = imported_by_id
    version.repealed_on = repealed_on or repeal_day(parsed.history)
    session.add(version)
    regulation.category = parsed.category
    _take_standing(regulation, [*versions, version], today)
    enqueue(session, JobKind.INDEX_REGULATION, regulation.id)
    await _flush(session, parsed.title)
    note_change(
        session,
        ChangeKind.IMPORTED,
        regulation_id=regulation.id,
        version_id=version.id,
        day=version.effective_on,
        actor_id=imported_by_id,
    )
    passages = await _store_articles(session, version, parsed)
    await store_links(session, passages, await known_titles(session) if titles is None else titles)
    return Imported(regulation.id, version.id, outcome)


async def turn_day(session: AsyncSession, today: date) -> int:
    """Bring every regulation up to date whose wording or end has come; answers how many."""
    due = sa.select(Regulation).where(col(Regulation.next_change_on) <= today).with_for_update()
    regulations = (await session.execute(due)).scalars().all()
    versions = await _versions(session, [regulation.id for regulation in regulations])
    for regulation in regulations:
        own = [version for version in versions if version.regulation_id == regulation.id]
        _take_standing(regulation, own, today)
        enqueue(session, JobKind.INDEX_REGULATION, regulation.id)
        _note_turn(session, regulation, today)
    return len(regulations)


def _note_turn(session: AsyncSession, regulation: Regulation, today: date) -> None:
    """Note what its day brought: the end of the regulation, or its next wording."""
    ended = regulation.repealed_on is not None and regulation.repealed_on <= today
    note_change(
        session,
        ChangeKind.REPEALED if ended else ChangeKind.IN_FORCE,
        regulation_id=regulation.id,
        version_id=regulation.current_version_id or 0,
        day=regulation.repealed_on if ended else regulation.effective_on,
    )


async def _stored(
    session: AsyncSession, parsed: ParsedRegulation
) -> tuple[Regulation | None, Sequence[RegulationVersion]]:
    """The regulation of this title and subtitle, locked, and its versions."""
    wanted = (
        sa.select(Regulation)
        .where(
            col(Regulation.title_key) == title_key(parsed.title),
            col(Regulation.subtitle) == (parsed.subtitle or ""),
        )
        .with_for_update()
    )
    regulation = (await session.execute(wanted)).scalar_one_or_none()
    return regulation, await _versions(session, [regulation.id]) if regulation else []


async def _versions(session: AsyncSession, ids: Iterable[int]) -> Sequence[RegulationVersion]:
    of_these = sa.select(RegulationVersion).where(col(RegulationVersion.regulation_id).in_(ids))
    return (await session.execute(of_these)).scalars().all()


def _new_regulation(parsed: ParsedRegulation, audience_key: str) -> Regulation:
    return Regulation(
        title=parsed.title,
        title_key=title_key(parsed.title),
        subtitle=parsed.subtitle or "",
        short_title=short_title(parsed.title),
        category=parsed.category,
        audience_key=audience_key,
    )


def _refuse_other_audience(regulation: Regulation, audience_key: str | None) -> None:
    if audience_key not in {None, regulation.audience_key}:
        message = f"《{regulation.title}》的可见范围已定，不能随新版本改变"
        raise Conflict(message, "input", "audience")


def _new_version(
    parsed: ParsedRegulation, regulation_id: int, *, source_name: str, source_url: str | None
) -> RegulationVersion:
    return RegulationVersion(
        regulation_id=regulation_id,
        title=parsed.title,
        issuer=parsed.issuer,
        document_number=parsed.document_number,
        promulgated_on=parsed.promulgated_on,
        effective_on=parsed.effective_on,
        note=_note(parsed),
        article_count=len(parsed.articles),
        source_name=source_name,
        source_url=source_url,
        sha256=parsed.sha256,
    )


def _source(parsed: ParsedRegulation, name: str, url: str | None) -> tuple[str, str | None]:
    """Where the text comes from, as the caller says, else as the text itself does."""
    told = parsed.source or ""
    if url is None and told.startswith(("https://", "http://")):
        url = told
    name = name or told
    check_source(name, url)
    return name, url


def _note(parsed: ParsedRegulation) -> str | None:
    """How this wording came about: its edition, its history, and what else its head says."""
    history = (f"{event.date.isoformat()} {event.text}".rstrip() for event in parsed.history)
    edition = [parsed.edition] if parsed.edition else []
    return "\n".join([*edition, *history, *parsed.notes]) or None


def _mentions_job(regulation_id: int, due_in: timedelta) -> Job:
    return Job(kind=JobKind.LINK_CITATIONS, subject_id=regulation_id, due_at=now() + due_in)


def _take_standing(
    regulation: Regulation, versions: Sequence[RegulationVersion], today: date
) -> None:
    """Write down how the regulation stands today, and what its current wording says of it."""
    found = standing(today, versions)
    current = found.current
    regulation.current_version_id = current.id
    regulation.title = current.title
    regulation.short_title = short_title(current.title)
    regulation.issuer = current.issuer
    regulation.document_number = current.document_number
    regulation.promulgated_on = current.promulgated_on
    regulation.effective_on = current.effective_on
    regulation.first_effective_on = found.first_effective_on
    regulation.last_effective_on = found.last_effective_on
    regulation.repealed_on = found.repealed_on
    regulation.next_change_on = found.next_change_on
    regulation.dated_on = dated_on(current)
    regulation.alphabetical = alphabetical(regulation.short_title)
    regulation.updated_at = now()


async def _flush(session: AsyncSession, title: str) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(f"《{title}》正由他人导入，请稍后再试") from None


async def _store_articles(
    session: AsyncSession, version: RegulationVersion, parsed: ParsedRegulation
) -> list[Passage]:
    # Ids in the order of the text, so that lists of articles may be paged by id.
    ids = sorted(new_id() for _ in parsed.articles)
    rows = [
        {
            "id": key,
            "regulation_id": version.regulation_id,
            "version_id": version.id,
            "position": position,
            "label": article.label,
            "number": article.number,
            "suffix": article.suffix,
            "path": article.path,
            "text": article.text,
        }
        for position, (key, article) in enumerate(zip(ids, parsed.articles, strict=True))
    ]
    await session.execute(sa.insert(RegulationArticle), rows)
    return [
        Passage(key, article.number, article.suffix, article.text, parsed.title)
        for key, article in zip(ids, parsed.articles, strict=True)
    ]
