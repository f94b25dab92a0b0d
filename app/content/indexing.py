"""Reads for the search index: published contents with their text, whoever may see them."""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content, ContentBody, ContentKind, ContentStatus
from app.database import Database
from app.database.statements import Among, Statement
from app.organizations.models import Organization

_MARKUP = re.compile(r"<[^>]*>")
_BLANK = re.compile(r"\s+")


class IndexedContent(NamedTuple):
    """What a published content is found by."""

    id: int
    kind: ContentKind
    title: str
    summary: str
    tags: tuple[str, ...]
    html: str
    audience_key: str
    organization_path: str
    published_at: datetime
    updated_at: datetime

    @property
    def text(self) -> str:
        """The words of the body, without markup."""
        return plain_text(self.html)


class _IdRow(NamedTuple):
    id: int


_PUBLISHED = col(Content.status) == sa.literal_column(f"'{ContentStatus.PUBLISHED.value}'")
_BY_ID = Statement(
    IndexedContent,
    sa.select(
        col(Content.id),
        col(Content.kind),
        col(Content.title),
        col(Content.summary),
        col(Content.tags),
        col(ContentBody.html),
        col(Content.audience_key),
        col(Organization.path),
        col(Content.published_at),
        col(Content.updated_at),
    )
    .join(ContentBody, col(ContentBody.content_id) == col(Content.id))
    .join(Organization, col(Organization.id) == col(Content.organization_id))
    .where(Among(col(Content.id), "ids"), _PUBLISHED),
    slow=True,
)
_IDS = Statement(
    _IdRow,
    sa.select(col(Content.id))
    .where(_PUBLISHED, col(Content.id) > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(col(Content.id))
    .limit(sa.bindparam("limit", type_=sa.Integer)),
    slow=True,
)


def plain_text(markup: str) -> str:
    """The words of sanitized HTML on one line."""
    return _BLANK.sub(" ", html.unescape(_MARKUP.sub(" ", markup))).strip()


async def indexed_contents(database: Database, ids: Sequence[int]) -> list[IndexedContent]:
    """Of these contents those that belong in the index: what is published."""
    return await database.fetch(_BY_ID, ids=ids)


async def published_ids(database: Database, *, after: int, limit: int) -> list[int]:
    """The ids of published contents above ``after``, ascending."""
    return [row.id for row in await database.fetch(_IDS, after=after, limit=limit)]
