"""Counters against their rows, indexes against the database: compared, and mended."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.content.models import Content
from app.database import Database
from app.engagement.models import Comment, ContentLike, ContentView
from app.sharing.models import Share
from search.comparing import Difference, differences, mend
from search.port import SearchEngine

_ROWS = sa.func.count()


def _tally(content_id: Any, *where: sa.ColumnElement[bool], counted: Any = _ROWS) -> Any:
    """How many rows each content has, or another thing ``counted`` in them."""
    rows = sa.select(content_id.label("content_id"), counted.label("n")).where(*where)
    return rows.group_by(content_id).subquery("tally")


#: What each counter of a card counts.
TALLIES: Mapping[str, Any] = {
    "like_count": _tally(col(ContentLike.content_id)),
    "comment_count": _tally(
        col(Comment.content_id), col(Comment.removed_at).is_(None), col(Comment.held_at).is_(None)
    ),
    # Members who shared, by whichever channels.
    "share_count": _tally(
        col(Share.content_id), counted=sa.func.count(sa.distinct(col(Share.member_id)))
    ),
    "view_count": _tally(col(ContentView.content_id)),
}


async def reconcile_counters(database: Database) -> dict[str, int]:
    """Make every counter what its rows say; answers how many cards were wrong, by counter."""
    wrong = {}
    for name, tally in TALLIES.items():
        async with database.transaction() as session:
            done: Any = await session.execute(_mend(name, tally))
            wrong[name] = done.rowcount
    return wrong


async def reconcile_index(
    database: Database, engine: SearchEngine, today: date
) -> dict[str, list[Difference]]:
    """Make every index what the database says, audiences included; answers what was wrong."""
    wrong = {}
    for part in engine.parts:
        wrong[part.name] = await differences(database, part, today)
        await mend(database, part, today, wrong[part.name])
    return wrong


def _mend(name: str, tally: Any) -> sa.Update:
    kept: Any = aliased(Content)
    actual = (
        sa.select(
            kept.id.label("id"),
            (sa.func.coalesce(tally.c.n, 0) - getattr(kept, name)).label("missing"),
        )
        .outerjoin(tally, tally.c.content_id == kept.id)
        .subquery("actual")
    )
    # By the difference, not to the sum: a like that commits meanwhile has moved the counter, and
    # the sum, which was taken before it, would take it back.
    return (
        sa.update(Content)
        .where(col(Content.id) == actual.c.id, actual.c.missing != 0)
        .values({name: getattr(Content, name) + actual.c.missing})
        .execution_options(synchronize_session=False)
    )
