"""Regulation, its versions and articles in the graph."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.errors import Invalid
from app.knowledge import cited, queries, wordings
from app.knowledge.listing import RegulationOrder
from app.knowledge.queries import ArticleRow, RegulationRow, VersionRow
from app.knowledge.rules import RegulationStatus, wording_on
from app.knowledge.wordings import Wording
from app.members.queries import MemberRow, visible_members
from schema.context import Context
from schema.edges import edge
from schema.following import followed_by_viewer
from schema.nodes import Node, node
from schema.paging import (
    After,
    Connection,
    ConnectionRow,
    First,
    connection,
    id_after,
    id_cursor,
    offset_after,
    offset_cursor,
    page_size,
)

if TYPE_CHECKING:
    from schema.members import Member
    from schema.reading import ArticleWording

_MOST_WORDINGS = 20

strawberry.enum(
    RegulationStatus,
    description="How a regulation stands: 尚未施行, 现行有效, 现行有效而修订文本待施行, 已废止.",
)

strawberry.enum(
    RegulationOrder,
    description="How regulations are sorted: PROMULGATED the latest first (公布日期, else"
    " 施行日期), those without a day last; TITLE by sound (标题拼音), that of the short title.",
)

AsOf = Annotated[
    date | None,
    strawberry.argument(description="The wording of that day; the current one when left out."),
]


async def find_regulations(context: Context, ids: Sequence[int]) -> Mapping[int, RegulationRow]:
    """Regulations whose audience the viewer is in."""
    return await queries.visible_regulations(context.database, context.viewer, ids)


async def find_versions(context: Context, ids: Sequence[int]) -> Mapping[int, VersionRow]:
    """Versions of regulations that the viewer sees."""
    return await queries.visible_versions(context.database, context.viewer, ids)


async def find_articles(context: Context, ids: Sequence[int]) -> Mapping[int, ArticleRow]:
    """Articles of regulations that the viewer sees."""
    return await queries.visible_articles(context.database, context.viewer, ids)


async def regulations_of(context: Context, parents: Sequence[ArticleRow]) -> list[RegulationRow]:
    """What each article belongs to; whoever sees the article sees it."""
    ids = list({row.regulation_id for row in parents})
    found = await queries.regulations(context.database, ids)
    return [found[row.regulation_id] for row in parents]


async def statuses_of(context: Context, parents: Sequence[RegulationRow]) -> list[RegulationStatus]:
    """How each stands today."""
    day = context.platform.today()
    return [row.status(day) for row in parents]


async def versions_of(context: Context, parents: Sequence[RegulationRow]) -> list[list[VersionRow]]:
    """Every wording of each, newest first."""
    found = await queries.versions(context.database, [row.id for row in parents])
    return [found[row.id] for row in parents]


async def articles_of(
    context: Context,
    parents: Sequence[RegulationRow],
    *,
    as_of: AsOf = None,
    first: First = 50,
    after: After = None,
) -> list[ConnectionRow]:
    """A page of the text of each, in its order; empty before the first wording."""
    size, offset = page_size(first, default=50), offset_after(after)
    wanted = await _version_ids(context, parents, as_of)
    found = await queries.articles(
        context.database,
        [key for key in wanted if key is not None],
        first=size + 1,
        offset=offset,
    )
    return [connection(found.get(key or 0, []), size, after, cursor=_place) for key in wanted]


async def _version_ids(
    context: Context, parents: Sequence[RegulationRow], as_of: date | None
) -> list[int | None]:
    if as_of is None:
        return [row.current_version_id for row in parents]
    wordings = [wording_on(as_of, versions) for versions in await versions_of(context, parents)]
    return [wording.id if wording else None for wording in wordings]


def _place(row: ArticleRow) -> str:
    return offset_cursor(row.position + 1)


async def cited_articles_of(
    context: Context, parents: Sequence[ArticleRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the articles that each names."""
    return await _linked(cited.cites, context, parents, first=first, after=after)


async def citing_articles_of(
    context: Context, parents: Sequence[ArticleRow], *, first: First = 20, after: After = None
) -> list[ConnectionRow]:
    """A page of the articles that name each."""
    return await _linked(cited.cited_by, context, parents, first=first, after=after)


async def _linked(
    read: cited.Reader,
    context: Context,
    parents: Sequence[ArticleRow],
    *,
    first: int | None,
    after: str | None,
) -> list[ConnectionRow]:
    size = page_size(first)
    ids = list({row.id for row in parents})
    found = await read(
        context.database, context.viewer, ids, first=size + 1, after=id_after(after, 0)
    )
    return [connection(found[row.id], size, after, cursor=id_cursor) for row in parents]


async def citation_texts_of(context: Context, parents: Sequence[ArticleRow]) -> list[str]:
    """Each text with its citation, in the edition that it is of."""
    ids = list({row.version_id for row in parents})
    found = await queries.visible_versions(context.database, context.viewer, ids)
    return [row.cited_in(found[row.version_id]) for row in parents]


async def previous_of(context: Context, parents: Sequence[ArticleRow]) -> list[ArticleRow | None]:
    """The article before each."""
    return await _neighbours(context, parents, step=-1)


async def next_of(context: Context, parents: Sequence[ArticleRow]) -> list[ArticleRow | None]:
    """The article behind each."""
    return await _neighbours(context, parents, step=1)


async def _neighbours(
    context: Context, parents: Sequence[ArticleRow], *, step: int
) -> list[ArticleRow | None]:
    ids = list({row.id for row in parents})
    found = await wordings.neighbours(context.database, ids, step=step)
    return [found[row.id] for row in parents]


async def wordings_of(
    context: Context,
    parents: Sequence[ArticleRow],
    *,
    first: Annotated[int, strawberry.argument(description="How many, the newest, 1–20.")] = 10,
) -> list[list[Wording]]:
    """How each read in the versions of its regulation."""
    if not 1 <= first <= _MOST_WORDINGS:
        raise Invalid(f"first 必须在 1 到 {_MOST_WORDINGS} 之间", "first")
    alone = list({row.id: row for row in parents}.values())
    found = await wordings.wordings(context.database, alone)
    return [found[row.id][:first] for row in parents]


async def importers_of(context: Context, parents: Sequence[VersionRow]) -> list[MemberRow | None]:
    """Who imported each."""
    return await _members(context, [row.imported_by_id for row in parents])


async def verifiers_of(context: Context, parents: Sequence[VersionRow]) -> list[MemberRow | None]:
    """Who verified each."""
    return await _members(context, [row.verified_by_id for row in parents])


async def _members(context: Context, ids: Sequence[int | None]) -> list[MemberRow | None]:
    wanted = list({key for key in ids if key is not None})
    found = await visible_members(context.database, context.viewer, wanted) if wanted else {}
    return [found.get(key or 0) for key in ids]


@node(ArticleRow, find=find_articles, description="One article of a regulation (条文).")
class RegulationArticle(Node):
    """The shape of :class:`ArticleRow`."""

    regulation: Annotated["Regulation", strawberry.lazy("schema.knowledge")] = edge(
        regulations_of, "The regulation that it belongs to."
    )
    label: str | None = strawberry.field(
        description="Its number as printed (第十二条), null for a preamble or an annex."
    )
    number: int | None = strawberry.field(description="Its number; 第十二条之一 is 12 as well.")
    path: list[str] = strawberry.field(
        description="The headings above it, the outermost first (编、章、节)."
    )
    text: str = strawberry.field(description="Its text without the label, one paragraph a line.")
    citation: str = strawberry.field(description="How it is cited: 《个体工商户条例》第二条.")
    is_current: bool = strawberry.field(
        description="Whether it stands in its regulation's current version."
    )
    citation_text: str = edge(
        citation_texts_of,
        "What to copy (复制并注明出处): 《劳动合同法》（2012年修正）第三十九条, the text below it.",
    )
    previous: Annotated["RegulationArticle", strawberry.lazy("schema.knowledge")] | None = edge(
        previous_of, "The article before it in its version, null for the first (上一条)."
    )
    next: Annotated["RegulationArticle", strawberry.lazy("schema.knowledge")] | None = edge(
        next_of, "The article behind it in its version, null for the last (下一条)."
    )
    wordings: list[Annotated["ArticleWording", strawberry.lazy("schema.reading")]] = edge(
        wordings_of,
        "The same article through the versions of its regulation, the newest first, itself among"
        " them (历次文本). One that was renumbered is found by its words; where a version has none"
        " that is like it, the list ends.",
    )
    cites: Connection["RegulationArticle"] = edge(
        cited_articles_of,
        "The articles that it names (引用): in its own version, and in other regulations' current"
        " versions.",
    )
    cited_by: Connection["RegulationArticle"] = edge(
        citing_articles_of,
        "The articles that name it (被引用): in its own version, and in other regulations' current"
        " versions.",
    )


@node(VersionRow, find=find_versions, description="One wording of a regulation (版本).")
class RegulationVersion(Node):
    """The shape of :class:`VersionRow`."""

    effective_on: date | None = strawberry.field(
        description="From which day it binds, null where its source does not tell (施行日期)."
    )
    promulgated_on: date | None = strawberry.field(
        description="When it was passed or published (公布日期)."
    )
    note: str | None = strawberry.field(
        description="How it came about: its edition and history, one event a line (沿革)."
    )
    article_count: int = strawberry.field(description="How many articles its text has.")
    source_name: str = strawberry.field(description="Where its text comes from (来源).")
    source_url: str | None = strawberry.field(description="The page that its text comes from.")
    sha256: str = strawberry.field(
        description="SHA-256 of its source text in hexadecimal, white space apart."
    )
    imported_at: datetime = strawberry.field(description="When it was imported.")
    imported_by: Annotated["Member", strawberry.lazy("schema.members")] | None = edge(
        importers_of, "Who imported it; null where nobody did by name, and for who is signed out."
    )
    is_verified: bool = strawberry.field(
        description="Whether a second person compared it with its source (已核对)."
    )
    verified_at: datetime | None = strawberry.field(
        description="When it was verified, null until then."
    )
    verified_by: Annotated["Member", strawberry.lazy("schema.members")] | None = edge(
        verifiers_of, "Who verified it; null until then, and for who is signed out."
    )


@node(
    RegulationRow,
    find=find_regulations,
    description="A law, regulation or rule, through all its versions (法规、制度).",
)
class Regulation(Node):
    """The shape of :class:`RegulationRow`."""

    title: str = strawberry.field(description="Its whole title.")
    subtitle: str = strawberry.field(
        description="Which part it is of a title in parts (总则), else empty."
    )
    short_title: str = strawberry.field(
        description="Its title as people say it, without 中华人民共和国 or 中国共产党."
    )
    issuer: str | None = strawberry.field(description="Who issued it (发布机关).")
    category: str = strawberry.field(description="The kind under which it is filed (类别).")
    document_number: str | None = strawberry.field(description="The number of the document (文号).")
    status: RegulationStatus = edge(statuses_of, "How it stands today.")
    promulgated_on: date | None = strawberry.field(
        description="When the current wording was passed or published (公布日期)."
    )
    effective_on: date | None = strawberry.field(
        description="From which day the current wording binds (施行日期)."
    )
    repealed_on: date | None = strawberry.field(
        description="From which day it binds no more (废止日期)."
    )
    viewer_follows: bool = edge(
        followed_by_viewer, "Whether the viewer follows it, to be told of changes (已关注)."
    )
    versions: list[RegulationVersion] = edge(versions_of, "Its wordings, newest first.")
    articles: Connection[RegulationArticle] = edge(articles_of, "Its text, article by article.")


TYPES: tuple[Any, ...] = (Regulation, RegulationVersion, RegulationArticle)
