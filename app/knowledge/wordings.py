"""Reads around one article: what stands beside it, and how it read in other versions."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, Statement
from app.knowledge.aligning import align
from app.knowledge.comparing import same_wording
from app.knowledge.models import Regulation, RegulationArticle
from app.knowledge.queries import ArticleRow, VersionRow, article_columns, versions


class _WordsRow(NamedTuple):
    """What of an article tells which one it is."""

    id: int
    version_id: int
    number: int | None
    suffix: int
    text: str


_origin: Any = aliased(RegulationArticle)
_NEIGHBOUR = Statement(
    ArticleRow,
    sa.select(*article_columns(linked_id=_origin.id))
    .select_from(_origin)
    .join(
        RegulationArticle,
        sa.and_(
            col(RegulationArticle.version_id) == _origin.version_id,
            col(RegulationArticle.position)
            == _origin.position + sa.bindparam("step", type_=sa.Integer),
        ),
    )
    .join(Regulation, col(Regulation.id) == _origin.regulation_id)
    .where(Among(_origin.id, "ids")),
)
_BY_ID = Statement(
    ArticleRow,
    sa.select(*article_columns())
    .select_from(RegulationArticle)
    .join(Regulation, col(Regulation.id) == col(RegulationArticle.regulation_id))
    .where(Among(col(RegulationArticle.id), "ids")),
)
_WHOLE = Statement(
    _WordsRow,
    sa.select(*(getattr(RegulationArticle, field) for field in _WordsRow._fields))
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

    From version to version it is what the alignment of the two has for it (``aligning.align``);
    where that has nothing, the line ends. Whoever asks has seen the articles.
    """
    found = await versions(database, list({row.regulation_id for row in articles}))
    steps = await _steps(database, [each for own in found.values() for each in pairwise(own)])
    lines = {row.id: _line(row, found[row.regulation_id], steps) for row in articles}
    rows = {row.id: row for row in articles}
    if others := {key for line in lines.values() for key in line.values()} - rows.keys():
        rows |= {row.id: row for row in await database.fetch(_BY_ID, ids=sorted(others))}
    return {row.id: _told(lines[row.id], found[row.regulation_id], rows) for row in articles}


class _Step(NamedTuple):
    """From one version to the next: the ids of articles by those of the other side."""

    formers: Mapping[int, int]
    newers: Mapping[int, int]


_Ends = tuple[int, int]
#: Texts never change, so what was aligned once holds; by the ids of the former and newer version.
_known: dict[_Ends, _Step] = {}
_MOST_KNOWN = 100


def _line(
    article: ArticleRow, newest_first: Sequence[VersionRow], steps: Mapping[_Ends, _Step]
) -> dict[int, int]:
    """By version the article that is this one, both ways from its own."""
    ids = [version.id for version in newest_first]
    place = ids.index(article.version_id)
    older = ((old, steps[old, new].formers) for new, old in pairwise(ids[place:]))
    newer = ((new, steps[old, new].newers) for old, new in pairwise(ids[place::-1]))
    return {
        article.version_id: article.id,
        **dict(_followed(article.id, older)),
        **dict(_followed(article.id, newer)),
    }


def _followed(key: int, way: Iterable[tuple[int, Mapping[int, int]]]) -> Iterator[tuple[int, int]]:
    """Version by version what an article is there, as long as there is one."""
    for version_id, others in way:
        if key not in others:
            return
        key = others[key]
        yield version_id, key


def _told(
    line: Mapping[int, int], newest_first: Sequence[VersionRow], rows: Mapping[int, ArticleRow]
) -> list[Wording]:
    """What was found, each with the one before it."""
    listed = [version for version in newest_first if version.id in line]
    texts = [rows[line[version.id]] for version in listed]
    return [Wording(*each) for each in zip(listed, texts, [*texts[1:], None], strict=True)]


async def _steps(
    database: Database, neighbours: Sequence[tuple[VersionRow, VersionRow]]
) -> Mapping[_Ends, _Step]:
    """The way between each newer version and the one before it."""
    wanted = [(former.id, newer.id) for newer, former in neighbours]
    steps = {ends: _known[ends] for ends in wanted if ends in _known}
    if missing := [ends for ends in wanted if ends not in steps]:
        ids = sorted({key for ends in missing for key in ends})
        rows = await database.fetch(_WHOLE, ids=ids)
        steps |= await asyncio.to_thread(_aligned, rows, missing)
        for ends in missing:
            _known[ends] = steps[ends]
        while len(_known) > _MOST_KNOWN:
            del _known[next(iter(_known))]
    return steps


def _aligned(rows: Sequence[_WordsRow], missing: Sequence[_Ends]) -> dict[_Ends, _Step]:
    texts: dict[int, list[_WordsRow]] = {key: [] for ends in missing for key in ends}
    for row in rows:
        texts[row.version_id].append(row)
    return {ends: _step(*(texts[key] for key in ends)) for ends in missing}


def _step(former: Sequence[_WordsRow], newer: Sequence[_WordsRow]) -> _Step:
    found = align(former, newer)
    return _Step(_ids(newer, found.formers, former), _ids(former, found.newers, newer))


def _ids(
    rows: Sequence[_WordsRow], places: Sequence[int | None], others: Sequence[_WordsRow]
) -> dict[int, int]:
    return {
        row.id: others[place].id
        for row, place in zip(rows, places, strict=True)
        if place is not None
    }
