"""What holds in every database at every moment, whoever wrote to it and however they ended."""

import sqlalchemy as sa

from app.database import Database

#: By name, a SELECT of what breaks it.
_BROKEN_BY = {
    "a content counts its likes": """
        SELECT id FROM content WHERE like_count <>
        (SELECT count(*) FROM content_like WHERE content_like.content_id = content.id)""",
    "a content counts its comments": """
        SELECT id FROM content WHERE comment_count <>
        (SELECT count(*) FROM comment WHERE comment.content_id = content.id
         AND removed_at IS NULL AND held_at IS NULL)""",
}
_SQLITE = {
    "the file is sound": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "what is referred to is there": "SELECT * FROM pragma_foreign_key_check",
}


async def broken(database: Database) -> dict[str, list[tuple]]:
    """Each invariant that does not hold, with the rows that break it."""
    looked_for = _BROKEN_BY | (_SQLITE if database.dialect == "sqlite" else {})
    async with database.transaction() as session:
        found = {
            name: [tuple(row) for row in await session.execute(sa.text(select))]
            for name, select in looked_for.items()
        }
    return {name: rows for name, rows in found.items() if rows}
