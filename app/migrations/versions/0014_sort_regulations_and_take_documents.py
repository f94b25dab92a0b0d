"""Order regulations by their day and by title, and let documents be uploaded."""

from datetime import date

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.knowledge.alphabet import alphabetical


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
PURPOSES = ('IMAGE', 'VIDEO', 'AVATAR')
UNDATED = date(1000, 1, 1)
DAYS = (sa.column(name, sa.Date()) for name in ('dated_on', 'promulgated_on', 'effective_on'))
TEXTS = (sa.column(name, sa.String()) for name in ('short_title', 'alphabetical'))
REGULATION = sa.table('regulation', sa.column('id', sa.BigInteger()), *DAYS, *TEXTS)


def upgrade() -> None:
    _date_regulations()
    _sort_titles()
    _take_documents()


def _date_regulations() -> None:
    # With a default, so that SQLite need not make a table anew that others refer to.
    op.add_column('regulation', sa.Column('dated_on', sa.Date(), nullable=False, server_default=UNDATED.isoformat()))
    known = sa.func.coalesce(REGULATION.c.promulgated_on, REGULATION.c.effective_on, sa.literal(UNDATED, sa.Date()))
    op.execute(sa.update(REGULATION).values(dated_on=known))
    op.create_index('ix_regulation_dated_on', 'regulation', ['dated_on', 'id'])
    op.drop_index('ix_regulation_category', table_name='regulation')
    op.create_index('ix_regulation_category', 'regulation', ['category', 'dated_on', 'id'])
    op.create_index('ix_regulation_issuer', 'regulation', ['issuer', 'dated_on', 'id'])


def _sort_titles() -> None:
    op.add_column('regulation', sa.Column('alphabetical', TEXT(length=200), nullable=False, server_default=''))
    connection = op.get_bind()
    for row in connection.execute(sa.select(REGULATION.c.id, REGULATION.c.short_title)).all():
        sorted_by = {'alphabetical': alphabetical(row.short_title)}
        connection.execute(sa.update(REGULATION).where(REGULATION.c.id == row.id).values(sorted_by))
    op.create_index('ix_regulation_alphabetical', 'regulation', ['alphabetical', 'id'])
    op.create_index('ix_regulation_category_alphabetical', 'regulation', ['category', 'alphabetical', 'id'])
    op.create_index('ix_regulation_issuer_alphabetical', 'regulation', ['issuer', 'alphabetical', 'id'])


def _take_documents() -> None:
    with op.batch_alter_table('upload') as batch_op:
        batch_op.alter_column(
            'purpose',
            existing_type=_purposes(*PURPOSES),
            type_=_purposes(*PURPOSES, 'DOCUMENT'),
            existing_nullable=False,
        )
        # What Word calls its documents has 71 letters.
        batch_op.alter_column('content_type', existing_type=TEXT(length=60), type_=TEXT(length=100), existing_nullable=False)


def _purposes(*values):
    return sa.Enum(*values, name='uploadpurpose', native_enum=False, create_constraint=True, length=24)
