"""Beside a server's requests: what was asked is written down, and new synonyms are learnt."""

import asyncio

import structlog

from app.inquiries.curating import SYNONYMS_TOPIC
from app.inquiries.keeping import flush
from app.inquiries.queries import approved
from schema.context import Platform
from search.synonyms import Synonyms, seeds

_log = structlog.get_logger("attending")

_FLUSH_SECONDS = 10.0
#: An announcement may be lost with a connection: the words are looked up again all the same.
_LEARN_SECONDS = 600.0
_PAUSE_SECONDS = 5.0


async def keep_inquiries(platform: Platform) -> None:
    """Write down what was asked now and then, and at the end, until cancelled."""
    try:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await _flush(platform)
    finally:
        await _flush(platform)


async def keep_synonyms(platform: Platform) -> None:
    """Have a process know our own words and every approved set, as they change, until cancelled.

    A failure of the database or the engine is logged, and tried again.
    """
    async with platform.database.announcements.listening([SYNONYMS_TOPIC]) as listener:
        while True:
            try:
                await _learn(platform)
            except Exception as error:  # noqa: BLE001  a search engine that is down comes back
                _log.warning("synonyms.failed", error=repr(error))
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                await listener.heard(_LEARN_SECONDS)


async def _learn(platform: Platform) -> None:
    sets = [*seeds(), *await approved(platform.database)]
    # What is marked in a text follows at once: while one engine is out, another knows them too.
    platform.learnt.synonyms = Synonyms(sets)
    await platform.search.learn(sets)


async def _flush(platform: Platform) -> None:
    try:
        await flush(platform.database, platform.inquiries, platform.today())
    except Exception:  # noqa: BLE001  counts may be lost, but no search for their sake
        _log.exception("inquiries.failed")
