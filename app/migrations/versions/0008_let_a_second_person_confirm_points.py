"""Let a second person confirm corrections of points, and say what points are for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
REQUEST_STATES = ('WAITING', 'APPROVED', 'REFUSED', 'LAPSED')


def upgrade() -> None:
    _create_requests()
    _create_policy()


def _create_requests() -> None:
    op.create_table('points_request',
    sa.Column('id', KEY, nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('member_id', KEY, nullable=False),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('entry_id', KEY, nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('asker_id', KEY, nullable=False),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('body_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum(*REQUEST_STATES, name='requeststate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('decider_id', KEY, nullable=True),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.Column('refusal', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('transaction_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('lapses_at', INSTANT, nullable=False),
    sa.CheckConstraint("(kind = 'REVERSAL') = (entry_id IS NOT NULL)", name=op.f('ck_points_request_reversal')),
    sa.CheckConstraint("(state = 'APPROVED') = (transaction_id IS NOT NULL)", name=op.f('ck_points_request_approved')),
    sa.CheckConstraint("(state = 'WAITING') = (decider_id IS NULL)", name=op.f('ck_points_request_decided')),
    sa.CheckConstraint('decider_id NOT IN (asker_id, member_id)', name=op.f('ck_points_request_second_person')),
    sa.ForeignKeyConstraint(['asker_id'], ['member.id'], name=op.f('fk_points_request_asker_id')),
    sa.ForeignKeyConstraint(['decider_id'], ['member.id'], name=op.f('fk_points_request_decider_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['points_entry.id'], name=op.f('fk_points_request_entry_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_points_request_member_id')),
    sa.ForeignKeyConstraint(['transaction_id'], ['points_transaction.id'], name=op.f('fk_points_request_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_request')),
    sa.UniqueConstraint('asker_id', 'idempotency_key', name=op.f('uq_points_request_asker_id_idempotency_key'))
    )


def _create_policy() -> None:
    op.create_table('points_policy',
    sa.Column('id', KEY, nullable=False),
    sa.Column('individual_ranking', sa.Boolean(), nullable=False),
    sa.Column('interaction_feeds_assessment', sa.Boolean(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_policy'))
    )
