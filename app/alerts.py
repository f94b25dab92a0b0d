"""Telling members of changes in the rules that they follow, or asked about."""

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from app.database import Database
from app.following import telling
from app.following.queries import Searcher, anybody_follows, searchers
from app.following.rules import NewText, Wanted
from app.following.telling import Answer
from app.inquiries.queries import approved
from app.knowledge.indexing import Change, change_of, texts_of
from app.knowledge.models import ChangeKind
from search.awaiting import wanted
from search.synonyms import Synonyms, seeds
from search.text import fold

_SEARCHES_AT_ONCE = 500
#: Different questions that are kept in mind: most members await the same.
_QUESTIONS = 4096

_Reader = Callable[[str], Wanted]


async def tell_changes(database: Database, change_ids: Sequence[int]) -> None:
    """Tell everybody whom these changes concern, each once, some in a transaction.

    Followers are told of every change; who saved a search of texts that came in or took effect
    and answer it, the title and one article holding all its words or what means the same.
    """
    if await anybody_follows(database):
        await _tell_everybody(database, change_ids)
    async with database.transaction() as session:
        await telling.forget(session, change_ids)


async def _tell_everybody(database: Database, change_ids: Sequence[int]) -> None:
    read = await _reader(database)
    for change_id in change_ids:
        more = True
        while more:
            async with database.transaction() as session:
                more = await telling.tell_followers(session, change_id)
        if (change := await change_of(database, change_id)) is not None:
            await _tell_searchers(database, change, read)


async def _reader(database: Database) -> _Reader:
    """Reads what is wanted, by the synonyms in force; each question once for all the changes.

    They are looked up: who is not told now is never told, so that what a process happened to have
    learnt by now is not enough.
    """
    synonyms = await asyncio.to_thread(Synonyms, [*seeds(), *await approved(database)])
    return lru_cache(_QUESTIONS)(partial(wanted, synonyms=synonyms))


async def _tell_searchers(database: Database, change: Change, read: _Reader) -> None:
    waiting = partial(searchers, database, at=change.noted_at)
    after = change.searchers_up_to
    if change.kind is ChangeKind.REPEALED or not await waiting(after=after, limit=1):
        return
    text = await asyncio.to_thread(_folded, change, await texts_of(database, change))
    is_answered = lru_cache(_QUESTIONS)(lambda query: text.answers(read(query)))
    while page := await waiting(after=after, limit=_SEARCHES_AT_ONCE):
        answers = await asyncio.to_thread(_answers, page, change, is_answered)
        up_to = page[-1].member_id
        async with database.transaction() as session:
            told = await telling.tell_searchers(
                session, change.id, answers, after=after, up_to=up_to
            )
        if not told:
            return
        after = up_to


def _folded(change: Change, texts: Sequence[str]) -> NewText:
    return NewText(fold(change.title), [fold(text) for text in texts])


def _answers(
    page: Sequence[Searcher], change: Change, is_answered: Callable[[str], bool]
) -> list[Answer]:
    """One answer a member, to the first of their searches that has one."""
    found: dict[int, Answer] = {}
    for one in page:
        if one.member_id not in found and _may_answer(one, change) and is_answered(one.query):
            found[one.member_id] = Answer(one.member_id, one.query)
    return list(found.values())


def _may_answer(one: Searcher, change: Change) -> bool:
    return (
        change.audience_key in one.keys
        and one.category in {"", change.category}
        and one.issuer in {"", change.issuer}
    )
