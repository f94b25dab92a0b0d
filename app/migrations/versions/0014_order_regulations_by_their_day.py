"""Order regulations by the day on which they were made."""

from datetime import date

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

UNDATED = date(1000, 1, 1)
REGULATION = sa.table('regulation', *(sa.column(name, sa.Date()) for name in ('dated_on', 'promulgated_on', 'effective_on')))


def upgrade() -> None:
    # With a default, so that SQLite need not make a table anew that others refer to.
    op.add_column('regulation', sa.Column('dated_on', sa.Date(), nullable=False, server_default=UNDATED.isoformat()))
    known = sa.func.coalesce(REGULATION.c.promulgated_on, REGULATION.c.effective_on, sa.literal(UNDATED, sa.Date()))
    op.execute(sa.update(REGULATION).values(dated_on=known))
    op.create_index('ix_regulation_dated_on', 'regulation', ['dated_on', 'id'])
    op.drop_index('ix_regulation_category', table_name='regulation')
    op.create_index('ix_regulation_category', 'regulation', ['category', 'dated_on', 'id'])
    op.create_index('ix_regulation_issuer', 'regulation', ['issuer', 'dated_on', 'id'])
