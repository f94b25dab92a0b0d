"""Reads along citations, both ways.

A citation names a title and a number. Within one regulation it leads to the article of the same
version, from one regulation to another to the version that is current. What cites an article are
articles of its own version, and of the current versions of others.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import Database
from app.database.statements import Among, AnySelect, IdList, Statement
from app.knowledge.models import Citation, Regulation, RegulationArticle
from app.knowledge.queries import ArticleRow, article_columns
from app.visibility import Viewer

_citing: Any = aliased(RegulationArticle)
_citing_regulation: Any = aliased(Regulation)
_cited: Any = aliased(RegulationArticle)
_cited_regulation: Any = aliased(Regulation)
_earlier: Any = aliased(RegulationArticle)
_IDS = sa.bindparam("ids", type_=IdList())
_LISTED = sa.func.json_each(_IDS).table_valued("value", name="ids")
_UNNESTED = (
    sa.func.unnest(sa.cast(sa.type_coerce(_IDS, ARRAY(sa.BigInteger)), ARRAY(sa.BigInteger)))
    .table_valued(sa.column("value", sa.BigInteger), name="ids")
    .render_derived()
)

#: Either of the two reads below.
Reader = Callable[..., Awaitable[dict[int, list[ArticleRow]]]]

_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)

_WITHIN_ONE = _cited_regulation.id == _citing.regulation_id
_NAMES_REGULATION = _cited_regulation.title_key == col(Citation.title_key)
# Where a text counts anew below each heading, a number alone means the first that has it; ids
# are in the order of the text.
_IS_FIRST = ~sa.exists().where(
    _earlier.version_id == _cited.version_id,
    _earlier.number == _cited.number,
    _earlier.suffix == _cited.suffix,
    _earlier.id < _cited.id,
)
_NAMES_ARTICLE = sa.and_(
    _cited.regulation_id == _cited_regulation.id,
    _cited.version_id
    == sa.case((_WITHIN_ONE, _citing.version_id), else_=_cited_regulation.current_version_id),
    _cited.number == col(Citation.number),
    _cited.suffix == col(Citation.suffix),
    _IS_FIRST,
)
_IS_CURRENT = sa.or_(_WITHIN_ONE, _citing.version_id == _citing_regulation.current_version_id)


def _page(from_: Any, to: Any, *conditions: Any) -> Statement[ArticleRow]:
    """The first ``:limit`` articles ``to`` of each of the articles ``from_``, ordered by id.

    Each page is a select of its own for one key: whatever statistics a database has or lacks, it
    begins with that article.
    """

    # A sum: no plan may begin with all ids behind the cursor, because they are in order.
    place = to.id + 0

    def linked(parent: Any) -> AnySelect:
        return (
            sa.select(to.id)
            .select_from(_citing)
            .join(_citing_regulation, _citing_regulation.id == _citing.regulation_id)
            .join(Citation, col(Citation.article_id) == _citing.id)
            .join(_cited_regulation, _NAMES_REGULATION)
            .join(_cited, _NAMES_ARTICLE)
            .where(from_.id == parent, place > _AFTER, *conditions)
            .order_by(place)
            .limit(_LIMIT)
        )

    page = linked(_LISTED.c.value).correlate(_LISTED)
    top = linked(_UNNESTED.c.value).lateral("top")
    key = col(RegulationArticle.id)
    sources = {
        "sqlite": (_LISTED, _LISTED.join(RegulationArticle, key.in_(page))),
        "postgresql": (
            _UNNESTED,
            _UNNESTED.join(top, sa.true()).join(RegulationArticle, key == top.c.id),
        ),
    }
    return Statement(
        ArticleRow,
        {
            dialect: sa.select(*article_columns(linked_id=keys.c.value))
            .select_from(source)
            .join(Regulation, col(Regulation.id) == col(RegulationArticle.regulation_id))
            .order_by(keys.c.value, col(RegulationArticle.id))
            for dialect, (keys, source) in sources.items()
        },
    )


_CITES = _page(_citing, _cited, Among(_cited_regulation.audience_key, "keys"))
_CITED_BY = _page(_cited, _citing, Among(_citing_regulation.audience_key, "keys"), _IS_CURRENT)


async def cites(
    database: Database, viewer: Viewer, ids: Sequence[int], *, first: int, after: int
) -> dict[int, list[ArticleRow]]:
    """The ``first`` articles that each cites and ``viewer`` may see, with ids above ``after``.

    Whoever asks has seen the articles.
    """
    return await _linked(database, viewer, _CITES, ids, first=first, after=after)


async def cited_by(
    database: Database, viewer: Viewer, ids: Sequence[int], *, first: int, after: int
) -> dict[int, list[ArticleRow]]:
    """The ``first`` articles that cite each and ``viewer`` may see, with ids above ``after``.

    Whoever asks has seen the articles.
    """
    return await _linked(database, viewer, _CITED_BY, ids, first=first, after=after)


async def _linked(
    database: Database,
    viewer: Viewer,
    statement: Statement[ArticleRow],
    ids: Sequence[int],
    *,
    first: int,
    after: int,
) -> dict[int, list[ArticleRow]]:
    found: dict[int, list[ArticleRow]] = {key: [] for key in ids}
    rows = await database.fetch(statement, ids=ids, keys=viewer.keys, after=after, limit=first)
    for row in rows:
        found[row.linked_id or 0].append(row)
    return found
