"""Fold held words to simplified script, as texts are folded now."""

import opencc
import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

WORDS = sa.table('held_word', sa.column('id'), sa.column('organization_id'), sa.column('folded'))


def upgrade() -> None:
    connection = op.get_bind()
    kept = {}
    # Of two that become one the first stays; the other goes before, as each is there once.
    for word in connection.execute(sa.select(WORDS).order_by(WORDS.c.id)).all():
        place = word.organization_id, _folded(word.folded)
        if kept.setdefault(place, word.id) != word.id:
            connection.execute(sa.delete(WORDS).where(WORDS.c.id == word.id))
    for (_, folded), key in kept.items():
        connection.execute(sa.update(WORDS).where(WORDS.c.id == key).values(folded=folded))


def _folded(word: str) -> str:
    simplified = opencc.OpenCC('t2s').convert
    return ''.join(simplified(simplified(letter)) for letter in word)
