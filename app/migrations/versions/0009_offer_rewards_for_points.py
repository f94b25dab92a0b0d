"""Offer rewards that members redeem their points for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
STATES = ('RESERVED', 'FULFILLED', 'CANCELLED')


def upgrade() -> None:
    _create_reward()
    _create_redemption()


def _create_reward() -> None:
    op.create_table('reward',
    sa.Column('id', KEY, nullable=False),
    sa.Column('organization_id', KEY, nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.CheckConstraint('price > 0', name=op.f('ck_reward_price')),
    sa.CheckConstraint('stock >= 0', name=op.f('ck_reward_stock')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_reward_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reward'))
    )


def _create_redemption() -> None:
    op.create_table('redemption',
    sa.Column('id', KEY, nullable=False),
    sa.Column('reward_id', KEY, nullable=False),
    sa.Column('member_id', KEY, nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='redemptionstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('transaction_id', KEY, nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('lapses_at', INSTANT, nullable=False),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.Column('decided_by_id', KEY, nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.CheckConstraint('price > 0', name=op.f('ck_redemption_price')),
    sa.CheckConstraint("(state = 'RESERVED') = (decided_at IS NULL)", name=op.f('ck_redemption_decided')),
    sa.CheckConstraint("(state = 'CANCELLED') = (reason IS NOT NULL)", name=op.f('ck_redemption_cancelled')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_redemption_decided_by_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_redemption_member_id')),
    sa.ForeignKeyConstraint(['reward_id'], ['reward.id'], name=op.f('fk_redemption_reward_id')),
    sa.ForeignKeyConstraint(['transaction_id'], ['points_transaction.id'], name=op.f('fk_redemption_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redemption')),
    sa.UniqueConstraint('member_id', 'idempotency_key', name=op.f('uq_redemption_member_id_idempotency_key')),
    sa.UniqueConstraint('transaction_id', name=op.f('uq_redemption_transaction_id'))
    )
    op.create_index('ix_redemption_member_id_id', 'redemption', ['member_id', 'id'])
    op.create_index('ix_redemption_state_id', 'redemption', ['state', 'id'])
