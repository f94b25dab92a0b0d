"""Fold held words to simplified script, as texts are now, and find by an index what was spent."""

import opencc
import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

WORDS = sa.table('held_word', sa.column('id'), sa.column('organization_id'), sa.column('folded'))
SIMPLIFIED = opencc.OpenCC('t2s').convert
SPENT = sa.text("kind = 'REDEMPTION'")


def upgrade() -> None:
    _fold_words(op.get_bind())
    op.create_index('ix_points_transaction_spent', 'points_transaction', ['member_id', 'book'], unique=False, sqlite_where=SPENT, postgresql_where=SPENT)


def _fold_words(connection: sa.Connection) -> None:
    kept = {}
    # Of two that become one the first stays; the other goes before, as each is there once.
    for word in connection.execute(sa.select(WORDS).order_by(WORDS.c.id)).all():
        place = word.organization_id, _folded(word.folded)
        if kept.setdefault(place, word.id) != word.id:
            connection.execute(sa.delete(WORDS).where(WORDS.c.id == word.id))
    for (_, folded), key in kept.items():
        connection.execute(sa.update(WORDS).where(WORDS.c.id == key).values(folded=folded))


def _folded(word: str) -> str:
    return ''.join(SIMPLIFIED(SIMPLIFIED(letter)) for letter in word)
