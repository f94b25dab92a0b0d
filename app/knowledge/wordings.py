"""Reads around one article: what stands beside it, and how it read in other versions."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, AnySelect, Statement
from app.knowledge.comparing import Likeness, same_wording
from app.knowledge.models import Regulation, RegulationArticle, RegulationVersion
from app.knowledge.queries import ArticleRow, VersionRow, article_columns, versions

#: From so much on an article is the former one's successor (of 1, ``comparing.Likeness``).
_ALIKE = 0.5
#: An article that kept its number may change more, …
_ALIKE_BY_NUMBER = 0.3
#: … and is beyond doubt from here on: no other article need be looked at.
_PLAINLY_ALIKE = 0.8

_origin: Any = aliased(RegulationArticle)
_OF_THESE = Among(_origin.id, "ids")


def _beside(*conditions: Any) -> AnySelect:
    """Articles that are tied to others by ``conditions``; ``linked_id`` is the other one's."""
    return (
        sa.select(*article_columns(linked_id=_origin.id))
        .select_from(_origin)
        .join(RegulationVersion, col(RegulationVersion.regulation_id) == _origin.regulation_id)
        .join(
            RegulationArticle,
            sa.and_(col(RegulationArticle.version_id) == col(RegulationVersion.id), *conditions),
        )
        .join(Regulation, col(Regulation.id) == _origin.regulation_id)
        .where(_OF_THESE)
    )


_NEIGHBOUR = Statement(
    ArticleRow,
    _beside(
        col(RegulationVersion.id) == _origin.version_id,
        col(RegulationArticle.position)
        == _origin.position + sa.bindparam("step", type_=sa.Integer),
    ),
)
_SAME_NUMBER = Statement(
    ArticleRow,
    _beside(
        col(RegulationArticle.number) == _origin.number,
        col(RegulationArticle.suffix) == _origin.suffix,
    ),
    slow=True,
)
_WHOLE = Statement(
    ArticleRow,
    sa.select(*article_columns())
    .select_from(RegulationArticle)
    .join(Regulation, col(Regulation.id) == col(RegulationArticle.regulation_id))
    .where(Among(col(RegulationArticle.version_id), "ids"))
    .order_by(col(RegulationArticle.version_id), col(RegulationArticle.position)),
    slow=True,
)


class Wording(NamedTuple):
    """An article as one version has it; ``former`` is as the version before it had it, if any."""

    version: VersionRow
    article: ArticleRow
    former: ArticleRow | None

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the former wording in more than typography."""
        return self.former is None or not same_wording(self.former.text, self.article.text)


async def neighbours(
    database: Database, ids: Sequence[int], *, step: int
) -> dict[int, ArticleRow | None]:
    """The article ``step`` places behind each in its version. Whoever asks has seen these."""
    found: dict[int, ArticleRow | None] = dict.fromkeys(ids)
    for row in await database.fetch(_NEIGHBOUR, ids=ids, step=step):
        found[row.linked_id or 0] = row
    return found


async def wordings(database: Database, articles: Sequence[ArticleRow]) -> dict[int, list[Wording]]:
    """Each article through the versions of its regulation, the newest first, itself among them.

    In another version it is the article whose words are most like its own, so that one that was
    renumbered is found; where none is like it, the line ends. Whoever asks has seen the articles.
    """
    found = await versions(database, list({row.regulation_id for row in articles}))
    lines = {row.id: _Line(row, found[row.regulation_id]) for row in articles}
    if several := [line for line in lines.values() if len(line.versions) > 1]:
        await _follow_numbers(database, several)
    if not_by_number := [line for line in several if line.is_open]:
        await _follow_words(database, not_by_number)
    return {key: line.wordings() for key, line in lines.items()}


class _Line:
    """One article on its way through the versions, both ways from its own."""

    def __init__(self, article: ArticleRow, newest_first: Sequence[VersionRow]) -> None:
        self.article = article
        self.versions = newest_first
        self.found = {article.version_id: article}
        self.is_open = False

    def follow(
        self, texts: Mapping[int, "_Text"], *, enough: float, enough_by_number: float
    ) -> None:
        """Go from version to version while the next one has the article."""
        place = [version.id for version in self.versions].index(self.article.version_id)
        self.found = {self.article.version_id: self.article}
        self.is_open = False
        for way in (self.versions[place + 1 :], self.versions[:place][::-1]):
            current = self.article
            for version in way:
                text = texts.get(version.id)
                successor = None
                if text is not None:
                    successor = text.successor(
                        current, enough=enough, enough_by_number=enough_by_number
                    )
                if successor is None:
                    self.is_open = True
                    break
                current = self.found[version.id] = successor

    def wordings(self) -> list[Wording]:
        """What was found, each with the one before it."""
        listed = [version for version in self.versions if version.id in self.found]
        rows = [self.found[version.id] for version in listed]
        formers = [*rows[1:], None]
        return [Wording(*each) for each in zip(listed, rows, formers, strict=True)]


class _Text:
    """Articles of one version, among which a successor is looked for."""

    def __init__(self, articles: Sequence[ArticleRow]) -> None:
        self._articles = articles
        self._likeness = Likeness([row.text for row in articles])

    def successor(
        self, of: ArticleRow, *, enough: float, enough_by_number: float
    ) -> ArticleRow | None:
        """The article most like ``of``, of equals that of its number; None where none is enough."""
        best, best_rank = None, (0.0, False)
        for place, share in self._likeness.shares(of.text).items():
            row = self._articles[place]
            same = row.number is not None and (row.number, row.suffix) == (of.number, of.suffix)
            needed = enough_by_number if same else enough
            if share >= needed and (share, same) > best_rank:
                best, best_rank = row, (share, same)
        return best


async def _follow_numbers(database: Database, lines: Sequence[_Line]) -> None:
    """Follow articles that kept their number and most of their words: a few rows for each."""
    rows = await database.fetch(_SAME_NUMBER, ids=[line.article.id for line in lines])

    def follow() -> None:
        own: dict[int | None, list[ArticleRow]] = {line.article.id: [] for line in lines}
        for row in rows:
            own[row.linked_id].append(row)
        for line in lines:
            texts = _texts(own[line.article.id])
            line.follow(texts, enough=_PLAINLY_ALIKE, enough_by_number=_PLAINLY_ALIKE)

    await asyncio.to_thread(follow)


async def _follow_words(database: Database, lines: Sequence[_Line]) -> None:
    """Follow the others through the whole texts."""
    ids = {version.id for line in lines for version in line.versions}
    rows = await database.fetch(_WHOLE, ids=sorted(ids))

    def follow() -> None:
        texts = _texts(rows)
        for line in lines:
            line.follow(texts, enough=_ALIKE, enough_by_number=_ALIKE_BY_NUMBER)

    await asyncio.to_thread(follow)


def _texts(rows: Iterable[ArticleRow]) -> dict[int, _Text]:
    by_version: dict[int, list[ArticleRow]] = {}
    for row in rows:
        by_version.setdefault(row.version_id, []).append(row)
    return {version_id: _Text(own) for version_id, own in by_version.items()}
