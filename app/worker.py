"""The worker: does what changes owe, as soon as they commit."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from app import jobs
from app.alerts import tell_changes
from app.caretaker import Caretaker
from app.content.editorial import publish_due
from app.content.revisions import any_due
from app.database.columns import now
from app.errors import Conflict, Unavailable
from app.inquiries.keeping import forget
from app.jobs import Claim, JobKind, JobState
from app.knowledge.importing import turn_day
from app.knowledge.linking import link_mentions
from app.members.sessions import sweep
from app.notifications.sweeping import sweep as sweep_notifications
from app.points.sealing import seal
from app.preparing import KINDS, Preparer
from app.rewards.redeeming import lapse
from app.study.actions import sweep as sweep_study
from media.placing import place_on
from media.workshop import Workshop
from schema.context import Platform
from search.indexing import index_contents, index_regulations, rebuild

_log = structlog.get_logger("worker")

#: How long a job of another process may wait; those of this one wake the worker at once.
_PAUSE_SECONDS = 0.5
#: An engine that is out is not asked at every step to take in everything.
_REBUILD_PAUSE_SECONDS = 60.0
_BATCH = 50
_MANY = 300
_INDEXING = (JobKind.INDEX_CONTENT, JobKind.INDEX_REGULATION)
_PLACING_SECONDS = 10.0
_TURN_EVERY = timedelta(minutes=10)
#: Deeds of a second share a transaction of seals.
_SEAL_EVERY = timedelta(seconds=1)

Handler = Callable[[Platform, Sequence[int]], Awaitable[None]]


class Worker:
    """Claims jobs in batches and runs each kind by its handler, until stopped."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        shop = workshop(platform)
        self._preparers = [Preparer(shop, kind) for kind in KINDS]
        self._caretaker = Caretaker(shop)
        self._woken = asyncio.Event()
        self._next_look = self._next_rebuild = 0.0
        self._next_turn = self._next_seal = datetime.min.replace(tzinfo=now().tzinfo)

    async def run(self) -> None:
        """Work until cancelled; a failure of the database or an engine is logged and outlived."""
        async with asyncio.TaskGroup() as beside:
            for preparer in self._preparers:
                beside.create_task(preparer.run())
            beside.create_task(self._caretaker.run())
            await self._run()

    async def _run(self) -> None:
        self._platform.database.on_commit.append(self._woken.set)
        try:
            while True:
                await self._step()
        finally:
            self._platform.database.on_commit.remove(self._woken.set)

    async def drain(self) -> int:
        """Do everything that is due now; answers how many jobs were done or failed."""
        prepared = [await preparer.drain() for preparer in self._preparers]
        return sum(prepared) + await self._drain()

    async def _drain(self) -> int:
        """After an import of a whole library the index is built anew: one pass, no merging."""
        if time.monotonic() >= self._next_rebuild and await self._owes_much():
            await self._rebuild()
        done = 0
        while claims := await self._claim():
            await self._do(claims)
            done += len(claims)
        return done

    async def _owes_much(self) -> bool:
        waiting = await jobs.counts(self._platform.database)
        return waiting[JobState.WAITING] > _MANY

    async def _step(self) -> None:
        self._woken.clear()
        try:
            # First: a search engine that is down must not keep the ledger open.
            await self._seal()
            await self._keep_house()
            if time.monotonic() >= self._next_look:
                # Not at every commit that wakes us: the clock does not move by commits.
                self._next_look = time.monotonic() + _PAUSE_SECONDS
                await self._publish_due()
            await self._drain()
        except Exception:  # noqa: BLE001  the worker outlives whatever goes wrong
            _log.exception("worker.failed")
            await asyncio.sleep(_PAUSE_SECONDS)
        try:
            async with asyncio.timeout(_PAUSE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _publish_due(self) -> None:
        """Publish what was scheduled: a read, until something is due."""
        database = self._platform.database
        while await any_due(database):
            async with database.transaction() as session:
                if not await publish_due(session):
                    return

    async def _claim(self) -> Sequence[Claim]:
        database = self._platform.database
        if not await jobs.any_due(database, _QUICK):
            return ()
        async with database.transaction() as session:
            return await jobs.claim(session, _BATCH, _QUICK)

    async def _do(self, claims: Sequence[Claim]) -> None:
        for kind in dict.fromkeys(claim.kind for claim in claims):
            await self._do_kind(kind, [claim for claim in claims if claim.kind is kind])

    async def _do_kind(self, kind: JobKind, claims: Sequence[Claim]) -> None:
        database = self._platform.database
        subjects = list(dict.fromkeys(claim.subject_id for claim in claims))
        try:
            await _HANDLERS[kind](self._platform, subjects)
        except Unavailable as out:
            # Each beside it would wait for the same engine, and fail alike.
            _log.warning("jobs.postponed", kind=kind, jobs=len(claims), error=out.message)
            async with database.transaction() as session:
                await jobs.postpone(session, claims, repr(out))
            return
        except Exception as error:  # noqa: BLE001  whatever it is, the job is tried again
            if len(claims) > 1:
                # One bad subject must not hold back those beside it.
                for claim in claims:
                    await self._do_kind(kind, [claim])
                return
            _log.exception("job.failed", kind=kind, subject=claims[0].subject_id)
            async with database.transaction() as session:
                await jobs.fail(session, claims[0], repr(error))
            return
        async with database.transaction() as session:
            await jobs.finish(session, claims)

    async def _rebuild(self) -> None:
        """Index everything anew, which is all that the indexing jobs of until now ask for."""
        platform = self._platform
        # What commits from here on may have been read too early, and keeps its job.
        owed = await jobs.owed(platform.database, _INDEXING)
        _log.info("index.rebuilding")
        try:
            await rebuild(platform.database, platform.search, platform.today())
        except Conflict:
            _log.info("index.rebuilt_elsewhere")
            return
        except Unavailable as out:
            _log.warning("index.not_rebuilt", error=out.message)
            self._next_rebuild = time.monotonic() + _REBUILD_PAUSE_SECONDS
            return
        async with platform.database.transaction(slow=True) as session:
            await jobs.forget(session, owed)

    async def _keep_house(self) -> None:
        """At the start and now and then: a sound index, regulations as of today, no old guesses."""
        if now() < self._next_turn:
            return
        platform = self._platform
        if (await platform.search.state()).needs_rebuild:
            await self._rebuild()
        self._next_turn = now() + _TURN_EVERY
        async with self._platform.database.transaction(slow=True) as session:
            await turn_day(session, self._platform.today())
            await sweep(session)
            await sweep_study(session)
            await sweep_notifications(session)
            await forget(session, self._platform.today())
        await lapse(platform.database)

    async def _seal(self) -> None:
        """Seal what the ledger took in since, at most once a second."""
        if now() >= self._next_seal:
            self._next_seal = now() + _SEAL_EVERY
            await seal(self._platform.database)


def workshop(platform: Platform) -> Workshop:
    """What the work on media needs, of a platform."""
    folder = platform.settings.data_dir.resolve() / "work"
    return Workshop(platform.database, platform.media, folder)


async def _index_contents(platform: Platform, ids: Sequence[int]) -> None:
    await index_contents(platform.database, platform.search, ids)
    try:
        async with asyncio.timeout(_PLACING_SECONDS):
            await place_on(workshop(platform), ids)
    except OSError as error:
        # A media store that is away must not hold back the index; the caretaker places later.
        _log.warning("media.put_off", contents=len(ids), error=repr(error))


async def _index_regulations(platform: Platform, ids: Sequence[int]) -> None:
    await index_regulations(platform.database, platform.search, ids, platform.today())


async def _link_citations(platform: Platform, ids: Sequence[int]) -> None:
    for regulation_id in ids:
        async with platform.database.transaction(slow=True) as session:
            await link_mentions(session, regulation_id)


async def _tell_changes(platform: Platform, ids: Sequence[int]) -> None:
    await tell_changes(platform.database, ids)


_HANDLERS: dict[JobKind, Handler] = {
    JobKind.INDEX_CONTENT: _index_contents,
    JobKind.INDEX_REGULATION: _index_regulations,
    JobKind.LINK_CITATIONS: _link_citations,
    JobKind.TELL_CHANGE: _tell_changes,
}
_QUICK = tuple(_HANDLERS)
