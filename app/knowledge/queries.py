"""Reads of regulations, versions and articles; every one that a member can see takes the viewer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, AnySelect, Statement
from app.knowledge.models import Regulation, RegulationArticle, RegulationVersion
from app.knowledge.rules import (
    RegulationStatus,
    citation,
    edition_of,
    in_order,
    regulation_status,
    short_title,
)
from app.visibility import Viewer


class RegulationRow(NamedTuple):
    """A regulation as its current wording has it."""

    id: int
    title: str
    subtitle: str
    short_title: str
    issuer: str | None
    category: str
    document_number: str | None
    promulgated_on: date | None
    effective_on: date | None
    first_effective_on: date | None
    last_effective_on: date | None
    repealed_on: date | None
    dated_on: date
    alphabetical: str
    audience_key: str
    current_version_id: int
    updated_at: datetime

    def status(self, today: date) -> RegulationStatus:
        """What it is on that day."""
        return regulation_status(
            today,
            first_effective_on=self.first_effective_on,
            last_effective_on=self.last_effective_on,
            repealed_on=self.repealed_on,
        )


class VersionRow(NamedTuple):
    """One wording of a regulation, without its text."""

    id: int
    regulation_id: int
    promulgated_on: date | None
    effective_on: date | None
    repealed_on: date | None
    note: str | None
    article_count: int
    source_url: str | None
    source_name: str
    sha256: str
    imported_at: datetime
    imported_by_id: int | None
    verified_at: datetime | None
    verified_by_id: int | None

    @property
    def is_verified(self) -> bool:
        """Whether somebody compared it with its source."""
        return self.verified_at is not None

    @property
    def edition(self) -> str | None:
        """By which name it is told from the others (2012年修正), None for the first."""
        return edition_of(self.note)


class ArticleRow(NamedTuple):
    """An article, and the title by which it is cited.

    ``is_current`` tells whether its version is its regulation's current one. In lists of citations
    ``linked_id`` is the article at the other end.
    """

    id: int
    regulation_id: int
    version_id: int
    position: int
    label: str | None
    number: int | None
    suffix: int
    path: tuple[str, ...]
    text: str
    regulation_title: str
    is_current: bool
    linked_id: int | None

    @property
    def citation(self) -> str:
        """How it is cited: 《个体工商户条例》第二条."""
        return citation(self.regulation_title, self.label)

    def cited_in(self, version: VersionRow) -> str:
        """The text below its citation: 《劳动合同法》（2012年修正）第三十九条."""
        title = short_title(self.regulation_title)
        return f"{citation(title, self.label, edition=version.edition)}\n{self.text}"


#: What a viewer with the audience keys ``keys`` sees of regulations.
VISIBLE_TO = Among(col(Regulation.audience_key), "keys")


def regulation_columns() -> list[Any]:
    """The columns of :class:`RegulationRow`."""
    return _all_of(Regulation, RegulationRow)


def _all_of(table: Any, row: Any) -> list[Any]:
    return [getattr(table, field) for field in row._fields]


def article_columns(*, linked_id: Any = None) -> list[Any]:
    """The columns of :class:`ArticleRow`, from ``RegulationArticle`` and its ``Regulation``."""
    return [
        *(getattr(RegulationArticle, field) for field in ArticleRow._fields[:9]),
        col(Regulation.title),
        col(Regulation.current_version_id) == col(RegulationArticle.version_id),
        sa.null() if linked_id is None else linked_id,
    ]


def _articles() -> AnySelect:
    return (
        sa.select(*article_columns())
        .select_from(RegulationArticle)
        .join(Regulation, col(Regulation.id) == col(RegulationArticle.regulation_id))
    )


_REGULATIONS = Statement(
    RegulationRow,
    sa.select(*regulation_columns()).where(Among(col(Regulation.id), "ids")),
)
_VISIBLE_REGULATIONS = Statement(
    RegulationRow,
    sa.select(*regulation_columns()).where(Among(col(Regulation.id), "ids"), VISIBLE_TO),
)
_VERSIONS = Statement(
    VersionRow,
    sa.select(*_all_of(RegulationVersion, VersionRow)).where(
        Among(col(RegulationVersion.regulation_id), "ids")
    ),
)
_VISIBLE_VERSIONS = Statement(
    VersionRow,
    sa.select(*_all_of(RegulationVersion, VersionRow))
    .join(Regulation, col(Regulation.id) == col(RegulationVersion.regulation_id))
    .where(Among(col(RegulationVersion.id), "ids"), VISIBLE_TO),
)
_VISIBLE_ARTICLES = Statement(
    ArticleRow, _articles().where(Among(col(RegulationArticle.id), "ids"), VISIBLE_TO)
)
# Positions count without gaps from 0, so a page is a range of the index.
_ARTICLES = Statement(
    ArticleRow,
    _articles()
    .where(
        Among(col(RegulationArticle.version_id), "ids"),
        col(RegulationArticle.position) >= sa.bindparam("after", type_=sa.Integer),
        col(RegulationArticle.position) < sa.bindparam("before", type_=sa.Integer),
    )
    .order_by(col(RegulationArticle.version_id), col(RegulationArticle.position)),
)
_CURRENT_ARTICLES = Statement(
    ArticleRow,
    _articles()
    .where(
        Among(col(RegulationArticle.regulation_id), "ids"),
        col(RegulationArticle.version_id) == col(Regulation.current_version_id),
    )
    .order_by(col(RegulationArticle.position)),
    slow=True,
)


async def regulations(database: Database, ids: Sequence[int]) -> dict[int, RegulationRow]:
    """Regulations by id. Whoever asks has seen a row that names them."""
    return {row.id: row for row in await database.fetch(_REGULATIONS, ids=ids)}


async def visible_regulations(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, RegulationRow]:
    """Regulations by id whose audience ``viewer`` is in."""
    rows = await database.fetch(_VISIBLE_REGULATIONS, ids=ids, keys=viewer.keys)
    return {row.id: row for row in rows}


async def versions(database: Database, ids: Sequence[int]) -> dict[int, list[VersionRow]]:
    """The versions of each regulation, newest first. Whoever asks has seen the regulations."""
    found: dict[int, list[VersionRow]] = {key: [] for key in ids}
    for row in reversed(in_order(await database.fetch(_VERSIONS, ids=ids))):
        found[row.regulation_id].append(row)
    return found


async def visible_versions(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, VersionRow]:
    """Versions by id of regulations whose audience ``viewer`` is in."""
    rows = await database.fetch(_VISIBLE_VERSIONS, ids=ids, keys=viewer.keys)
    return {row.id: row for row in rows}


async def articles(
    database: Database, version_ids: Sequence[int], *, first: int, offset: int
) -> dict[int, list[ArticleRow]]:
    """``first`` articles of each version behind its first ``offset``, in the order of the text.

    Whoever asks has seen the regulations.
    """
    found: dict[int, list[ArticleRow]] = {key: [] for key in version_ids}
    rows = await database.fetch(_ARTICLES, ids=version_ids, after=offset, before=offset + first)
    for row in rows:
        found[row.version_id].append(row)
    return found


async def visible_articles(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, ArticleRow]:
    """Articles by id, of whichever version, of regulations whose audience ``viewer`` is in."""
    rows = await database.fetch(_VISIBLE_ARTICLES, ids=ids, keys=viewer.keys)
    return {row.id: row for row in rows}


async def documents_of(
    database: Database, regulation_id: int
) -> tuple[RegulationRow, list[ArticleRow]] | None:
    """A regulation and every article of its current version, for the index; None if unknown."""
    row = (await regulations(database, [regulation_id])).get(regulation_id)
    if row is None:
        return None
    return row, await database.fetch(_CURRENT_ARTICLES, ids=[regulation_id])
