"""The slow jobs: uploads are made ready one at a time, beside all others, their lease renewed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from app import jobs
from app.jobs import LEASE, MAX_ATTEMPTS, Claim, JobKind
from media.processing import give_up, prepare_image, prepare_video
from media.workshop import Workshop

_log = structlog.get_logger("worker")

#: Nobody notices half a second here; asking after every commit would cost every commit.
_PAUSE_SECONDS = 0.5
_PREPARE: Mapping[JobKind, Callable[[Workshop, int], Awaitable[None]]] = {
    JobKind.PREPARE_IMAGE: prepare_image,
    JobKind.PREPARE_VIDEO: prepare_video,
}
#: A picture does not wait behind a video.
KINDS = tuple(_PREPARE)


class Preparer:
    """Works on the jobs of one kind, until stopped."""

    def __init__(self, shop: Workshop, kind: JobKind) -> None:
        self._database = shop.database
        self._shop = shop
        self._kind = kind

    async def run(self) -> None:
        """Work until cancelled; a failure of the database is logged and outlived."""
        while True:
            try:
                await self.drain()
            except Exception:  # noqa: BLE001  the worker outlives whatever goes wrong
                _log.exception("worker.failed")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def drain(self) -> int:
        """Do everything of this kind that is due now; answers how many jobs were done or failed."""
        done = 0
        while claim := await self._claim():
            await self._do(claim)
            done += 1
        return done

    async def _claim(self) -> Claim | None:
        if not await jobs.any_due(self._database, (self._kind,)):
            return None
        async with self._database.transaction() as session:
            claims = await jobs.claim(session, 1, (self._kind,))
        return claims[0] if claims else None

    async def _do(self, claim: Claim) -> None:
        if claim.attempts > MAX_ATTEMPTS:
            # It never got as far as failing: whoever is at it dies of it.
            await self._settle(claim, RuntimeError("the worker ended each time"))
            return
        work = asyncio.ensure_future(_PREPARE[self._kind](self._shop, claim.subject_id))
        try:
            while not (await asyncio.wait({work}, timeout=LEASE.total_seconds() / 3))[0]:
                if not await self._renewed(claim):
                    return  # the lease was lost: another worker is at it
        finally:
            work.cancel()
            await asyncio.wait({work})
        await self._settle(claim, work.exception())

    async def _renewed(self, claim: Claim) -> bool:
        async with self._database.transaction() as session:
            return await jobs.renew(session, claim)

    async def _settle(self, claim: Claim, error: BaseException | None) -> None:
        if error is None:
            async with self._database.transaction() as session:
                await jobs.finish(session, [claim])
            return
        _log.error("job.failed", kind=self._kind, subject=claim.subject_id, exc_info=error)
        if claim.attempts >= MAX_ATTEMPTS:
            await give_up(self._shop, claim.subject_id)
        async with self._database.transaction() as session:
            await jobs.fail(session, claim, repr(error))
