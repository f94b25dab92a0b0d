"""From rows to documents: what a content, or an article, is found by."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from app.content.indexing import IndexedContent
from app.content.models import ContentKind
from app.knowledge.queries import ArticleRow, RegulationRow
from app.knowledge.rules import RegulationStatus
from app.visibility import path_ids
from search.port import Document, SearchScope, Unit, UnitKey, UnitKind
from search.ranking import source_weight

SCOPE_OF: dict[ContentKind, SearchScope] = {
    ContentKind.NEWS: SearchScope.NEWS,
    ContentKind.MICRO_LECTURE: SearchScope.MICRO_LECTURE,
    ContentKind.LIVE_STREAM: SearchScope.LIVE_STREAM,
    ContentKind.SHOWCASE: SearchScope.SHOWCASE,
}


def content_unit(row: IndexedContent) -> Unit:
    """A published content as a unit of one document."""
    document = Document(
        id=row.id,
        scope=SCOPE_OF[row.kind],
        unit=row.id,
        title=row.title,
        heading=" ".join(row.tags),
        text=f"{row.summary}\n{row.text}",
        audience=row.audience_key,
        organization_ids=path_ids(row.organization_path),
        published_at=int(row.published_at.timestamp()),
    )
    return Unit(UnitKey(UnitKind.CONTENT, row.id), (document,), version(row.updated_at))


def regulation_unit(row: RegulationRow, articles: Sequence[ArticleRow], today: date) -> Unit:
    """The current wording of a regulation: one document an article."""
    status = row.status(today)
    weight = source_weight(row.category, is_repealed=status is RegulationStatus.REPEALED)
    published = row.promulgated_on or row.effective_on
    documents = tuple(
        Document(
            id=article.id,
            scope=SearchScope.REGULATION,
            unit=row.id,
            title=row.title,
            heading=" ".join(article.path),
            label=article.label or "",
            text=article.text,
            audience=row.audience_key,
            category=row.category,
            issuer=row.issuer,
            status=status.value,
            published_at=None if published is None else _midnight(published),
            weight=weight,
            number=article.number,
            suffix=article.suffix,
            aliases=_aliases(row),
            in_force_from=row.first_effective_on,
            in_force_until=row.repealed_on,
        )
        for article in articles
    )
    return Unit(UnitKey(UnitKind.REGULATION, row.id), documents, version(row.updated_at))


def absent(kind: UnitKind, key: int, at: datetime) -> Unit:
    """The removal of a unit that is no longer to be found."""
    return Unit(UnitKey(kind, key), (), version(at))


def version(at: datetime) -> int:
    """Units grow by the microsecond of their last change, so that a stale job changes nothing."""
    return int(at.timestamp() * 1_000_000)


def _aliases(row: RegulationRow) -> tuple[str, ...]:
    return () if row.short_title == row.title else (row.short_title,)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
