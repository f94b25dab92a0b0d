"""Reads of links."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.content.models import Content, ContentKind
from app.database import Database
from app.database.statements import Statement
from app.sharing.codes import is_code
from app.sharing.models import Share


class LinkRow(NamedTuple):
    """What a link leads to; nothing of it is told but the opaque id."""

    content_id: int
    kind: ContentKind


_LINK = Statement(
    LinkRow,
    sa.select(col(Content.id), col(Content.kind))
    .join(Share, col(Share.content_id) == col(Content.id))
    .where(col(Share.code) == sa.bindparam("code", type_=sa.String)),
)


async def link(database: Database, code: str) -> LinkRow | None:
    """Where ``code`` leads, whoever asks; None where there is no such link."""
    return await database.first(_LINK, code=code) if is_code(code) else None
