"""Citations between articles, kept as edges: of a new version, and of a title that came later."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database import Database
from app.knowledge.citations import find_citations
from app.knowledge.models import Citation, Regulation, RegulationArticle, RegulationVersion
from app.knowledge.numerals import ArticleNumber
from app.knowledge.rules import amended_title, is_kind_alone, title_key

_AT_A_TIME = 2000
_LONGEST_KEY = 300
_KEY: Any = (Citation.article_id, Citation.title_key, Citation.number, Citation.suffix)

_PASSAGES = (
    sa.select(
        col(RegulationArticle.id),
        col(RegulationArticle.number),
        col(RegulationArticle.suffix),
        col(RegulationArticle.text),
        col(RegulationVersion.title),
    )
    .join(RegulationVersion, col(RegulationVersion.id) == col(RegulationArticle.version_id))
    .order_by(col(RegulationArticle.id))
)


class Passage(NamedTuple):
    """An article, as far as its citations depend on it; ``title`` is its regulation's."""

    id: int
    number: int | None
    suffix: int
    text: str
    title: str


class Link(NamedTuple):
    """A row of the citation table."""

    article_id: int
    title_key: str
    number: int
    suffix: int


def links_in(passage: Passage, titles: frozenset[str]) -> set[Link]:
    """What a passage cites; ``titles`` may stand in it without 《》.

    A number without a title is this regulation's own, in a text that amends another one the other
    one's. An article's mention of itself is no link.
    """
    if "条" not in passage.text:
        return set()
    own = None if passage.number is None else ArticleNumber(passage.number, passage.suffix)
    own_key = title_key(passage.title)
    home = title_key(amended_title(passage.title) or passage.title)
    return {
        Link(passage.id, key, number.number, number.suffix)
        for found in find_citations(passage.text, known_titles=titles, current=own)
        for key in [home if found.title is None else title_key(found.title)]
        for number in found.numbers
        if len(key) <= _LONGEST_KEY and (key, number) != (own_key, own)
    }


async def known_titles(session: AsyncSession) -> frozenset[str]:
    """Every title, whole and short, by which an article may name a regulation without 《》."""
    rows = await session.execute(sa.select(col(Regulation.title), col(Regulation.short_title)))
    return frozenset(title for row in rows for title in row if not is_kind_alone(title))


async def store_links(
    session: AsyncSession, passages: Iterable[Passage], titles: frozenset[str]
) -> None:
    """Link articles that were just stored."""
    await _insert(session, (link for one in passages for link in links_in(one, titles)))


async def link_mentions(session: AsyncSession, regulation_id: int) -> None:
    """Link the articles that name this regulation without 《》 and were stored before it."""
    regulation = await session.get(Regulation, regulation_id)
    if regulation is None:
        return
    titles = await known_titles(session)
    names = [t for t in (regulation.title, regulation.short_title) if t in titles]
    text = col(RegulationArticle.text)
    mentions = sa.or_(sa.false(), *(text.contains(name, autoescape=True) for name in names))
    found = (await session.execute(_PASSAGES.where(mentions))).all()
    for start in range(0, len(found), _AT_A_TIME):
        await _relink(session, found[start : start + _AT_A_TIME], titles)


async def relink_everything(database: Database) -> None:
    """Link every article anew by the titles of now, some thousand in a transaction."""
    last = 0
    while True:
        async with database.transaction(slow=True) as session:
            page = _PASSAGES.where(col(RegulationArticle.id) > last).limit(_AT_A_TIME)
            rows = (await session.execute(page)).all()
            await _relink(session, rows, await known_titles(session))
        if not rows:
            return
        last = rows[-1].id


async def _relink(session: AsyncSession, rows: Iterable[Any], titles: frozenset[str]) -> None:
    """Make the stored links of these articles those that their texts have."""
    passages = [Passage._make(row) for row in rows]
    wanted = {link for passage in passages for link in links_in(passage, titles)}
    ids = [passage.id for passage in passages]
    of_these = sa.select(*_KEY).where(col(Citation.article_id).in_(ids))
    stored = {Link._make(row) for row in (await session.execute(of_these)).all()}
    await _delete(session, stored - wanted)
    await _insert(session, wanted - stored)


async def _insert(session: AsyncSession, links: Iterable[Link]) -> None:
    if rows := [link._asdict() for link in links]:
        await session.execute(sa.insert(Citation), rows)


async def _delete(session: AsyncSession, links: Iterable[Link]) -> None:
    if gone := [tuple(link) for link in links]:
        await session.execute(sa.delete(Citation).where(sa.tuple_(*_KEY).in_(gone)))
