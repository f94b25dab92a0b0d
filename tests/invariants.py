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
    "a member counts their held comments": """
        SELECT id FROM member WHERE held_count <>
        (SELECT count(*) FROM comment WHERE comment.author_id = member.id
         AND held_at IS NOT NULL)""",
    "a transaction has two entries that sum to zero": """
        SELECT points_transaction.id FROM points_transaction
        LEFT JOIN points_entry ON points_entry.transaction_id = points_transaction.id
        GROUP BY points_transaction.id
        HAVING count(points_entry.id) <> 2 OR sum(points_entry.amount) <> 0""",
    "an account holds what its entries sum to": """
        SELECT points_account.member_id, points_account.book FROM points_account
        LEFT JOIN points_entry ON points_entry.member_id = points_account.member_id
        AND points_entry.book = points_account.book
        GROUP BY points_account.member_id, points_account.book,
        points_account.balance, points_account.position
        HAVING count(points_entry.id) <> points_account.position
        OR coalesce(sum(points_entry.amount), 0) <> points_account.balance""",
    "no deed is paid twice": """
        SELECT deed_key FROM points_transaction WHERE deed_key IS NOT NULL
        GROUP BY deed_key HAVING count(*) > 1""",
    "a comment that was paid is there": """
        SELECT id FROM points_transaction WHERE subject_kind = 'COMMENT'
        AND subject_id NOT IN (SELECT id FROM comment)""",
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
