"""Let videos be sent in parts: how large they are, and what the store calls them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("upload") as batch_op:
        batch_op.add_column(sa.Column("part_size", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("multipart", sqlmodel.sql.sqltypes.AutoString(length=1024), nullable=True)
        )
