"""Which regulations and articles a text cites that do not hold any more, or that nobody knows."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, Statement
from app.knowledge.citations import Citation, find_citations
from app.knowledge.models import Regulation, RegulationArticle
from app.knowledge.numerals import ArticleNumber
from app.knowledge.rules import RegulationStatus, citation, regulation_status, title_key
from app.visibility import Viewer


class Doubt(NamedTuple):
    """A citation that leads nowhere (``is_repealed`` False), or to what was repealed."""

    citation: str
    is_repealed: bool


class _RegulationRow(NamedTuple):
    title_key: str
    current_version_id: int | None
    first_effective_on: date | None
    last_effective_on: date | None
    repealed_on: date | None

    def is_repealed(self, today: date) -> bool:
        status = regulation_status(
            today,
            first_effective_on=self.first_effective_on,
            last_effective_on=self.last_effective_on,
            repealed_on=self.repealed_on,
        )
        return status is RegulationStatus.REPEALED


class _ArticleRow(NamedTuple):
    version_id: int
    number: int
    suffix: int


_REGULATIONS = Statement(
    _RegulationRow,
    sa.select(*(getattr(Regulation, field) for field in _RegulationRow._fields)).where(
        Among(col(Regulation.title_key), "titles"), Among(col(Regulation.audience_key), "keys")
    ),
)
_ARTICLES = Statement(
    _ArticleRow,
    sa.select(*(getattr(RegulationArticle, field) for field in _ArticleRow._fields)).where(
        Among(col(RegulationArticle.version_id), "versions"),
        Among(col(RegulationArticle.number), "numbers"),
    ),
)


async def doubts(
    database: Database, viewer: Viewer, texts: Sequence[Sequence[Citation]], *, today: date
) -> list[list[Doubt]]:
    """What is doubtful of the citations of each text: two reads at most, however many texts.

    Only regulations that ``viewer`` may see are known. Where a text names but a title, it may be
    a book's: that is doubtful only if a regulation of that name was repealed.
    """
    cited = [one for text in texts for one in text if one.title is not None]
    titles = list({title_key(one.title or "") for one in cited})
    known: dict[str, list[_RegulationRow]] = {}
    if titles:
        for row in await database.fetch(_REGULATIONS, titles=titles, keys=viewer.keys):
            known.setdefault(row.title_key, []).append(row)
    articles = await _articles(database, cited, known)
    return [
        [doubt for one in text for doubt in _doubts(one, known, articles, today)] for text in texts
    ]


def cited_in(text: str) -> list[Citation]:
    """What a text cites by a title in 《》."""
    return [found for found in find_citations(text) if found.title is not None]


async def _articles(
    database: Database, cited: Sequence[Citation], known: dict[str, list[_RegulationRow]]
) -> set[_ArticleRow]:
    versions = [row.current_version_id for rows in known.values() for row in rows]
    numbers = list({number.number for one in cited for number in one.numbers})
    if not versions or not numbers:
        return set()
    return set(await database.fetch(_ARTICLES, versions=versions, numbers=numbers))


def _doubts(
    one: Citation,
    known: dict[str, list[_RegulationRow]],
    articles: set[_ArticleRow],
    today: date,
) -> list[Doubt]:
    title, rows = one.title or "", known.get(title_key(one.title or ""), [])
    if rows and all(row.is_repealed(today) for row in rows):
        return [Doubt(_words(title, one.numbers[:1]), is_repealed=True)]
    versions = [row.current_version_id or 0 for row in rows]
    return [
        Doubt(_words(title, [number]), is_repealed=False)
        for number in one.numbers
        if not any(_ArticleRow(key, number.number, number.suffix) in articles for key in versions)
    ]


def _words(title: str, numbers: Sequence[ArticleNumber]) -> str:
    return citation(title, numbers[0].label if numbers else None)
