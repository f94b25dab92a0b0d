"""Telling members of changes in the rules that they follow, or asked about."""

import asyncio
from collections.abc import Sequence
from functools import lru_cache, partial

from app.database import Database
from app.following import telling
from app.following.queries import Searcher, anybody_follows, searchers
from app.following.rules import NewText
from app.following.telling import Answer
from app.knowledge.indexing import Change, change_of, texts_of
from app.knowledge.models import ChangeKind
from search.question import read_question
from search.text import fold

_SEARCHES_AT_ONCE = 500


async def tell_changes(database: Database, change_ids: Sequence[int]) -> None:
    """Tell everybody whom these changes concern, each once, some in a transaction.

    Followers are told of every change; who saved a search of texts that came in or took effect
    and answer it, the title and one article holding all its words.
    """
    concerned = change_ids if await anybody_follows(database) else []
    for change_id in concerned:
        more = True
        while more:
            async with database.transaction() as session:
                more = await telling.tell_followers(session, change_id)
        if (change := await change_of(database, change_id)) is not None:
            await _tell_searchers(database, change)
    async with database.transaction() as session:
        await telling.forget(session, change_ids)


async def _tell_searchers(database: Database, change: Change) -> None:
    read = partial(searchers, database, at=change.noted_at)
    after = change.searchers_up_to
    if change.kind is ChangeKind.REPEALED or not await read(after=after, limit=1):
        return
    text = await asyncio.to_thread(_folded, change, await texts_of(database, change))
    while page := await read(after=after, limit=_SEARCHES_AT_ONCE):
        answers = await asyncio.to_thread(_answers, page, change, text)
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


def _answers(page: Sequence[Searcher], change: Change, text: NewText) -> list[Answer]:
    """One answer a member, to the first of their searches that has one."""
    found: dict[int, Answer] = {}
    answered: dict[str, bool] = {}
    for one in page:
        if one.member_id in found or not _may_answer(one, change):
            continue
        if one.query not in answered:
            answered[one.query] = text.answers(_words(one.query))
        if answered[one.query]:
            found[one.member_id] = Answer(one.member_id, one.query)
    return list(found.values())


def _may_answer(one: Searcher, change: Change) -> bool:
    return (
        change.audience_key in one.keys
        and one.category in {"", change.category}
        and one.issuer in {"", change.issuer}
    )


@lru_cache(maxsize=4096)
def _words(query: str) -> tuple[str, ...]:
    asked = read_question(query)
    return (*asked.wanted_words, *asked.phrases)
