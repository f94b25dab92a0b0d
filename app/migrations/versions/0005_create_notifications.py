"""Create notifications, and how members want them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_KINDS = ('REPLY', 'MENTION', 'COMMENTED', 'REVIEW_ASKED', 'RETURNED', 'PUBLISHED', 'RECOMMENDED', 'REMOVED', 'REPORTED', 'DECIDED', 'POINTS')
_SUBJECTS = ('CONTENT', 'COLUMN', 'COMMENT', 'MEMBER', 'ORGANIZATION', 'REGULATION')


def _kind() -> sa.Enum:
    return sa.Enum(*_KINDS, name='notificationkind', native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table('notification',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('member_id', _KEY, nullable=False),
    sa.Column('kind', _kind(), nullable=False),
    sa.Column('subject_kind', sa.Enum(*_SUBJECTS, name='subjectkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('subject_id', _KEY, nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('actor_count', sa.Integer(), nullable=False),
    sa.Column('actor_ids', app.database.columns.JsonList(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('latest_at', app.database.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('deliver_after', app.database.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('read_at', app.database.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_notification_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    unread = sa.text('read_at IS NULL')
    op.create_index('ix_notification_member', 'notification', ['member_id', 'latest_at', 'id'], unique=False)
    op.create_index('uq_notification_unread', 'notification', ['member_id', 'kind', 'subject_kind', 'subject_id'], unique=True, sqlite_where=unread, postgresql_where=unread)
    op.create_index('ix_notification_unread', 'notification', ['member_id', 'latest_at', 'id'], unique=False, sqlite_where=unread, postgresql_where=unread)
    op.create_table('notification_actor',
    sa.Column('notification_id', _KEY, nullable=False),
    sa.Column('actor_id', _KEY, nullable=False),
    sa.ForeignKeyConstraint(['notification_id'], ['notification.id'], name=op.f('fk_notification_actor_notification_id')),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_notification_actor_actor_id')),
    sa.PrimaryKeyConstraint('notification_id', 'actor_id', name=op.f('pk_notification_actor'))
    )
    op.create_table('muted_notification_kind',
    sa.Column('member_id', _KEY, nullable=False),
    sa.Column('kind', _kind(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_muted_notification_kind_member_id')),
    sa.PrimaryKeyConstraint('member_id', 'kind', name=op.f('pk_muted_notification_kind'))
    )
    op.create_table('quiet_hours',
    sa.Column('member_id', _KEY, nullable=False),
    sa.Column('starts_minute', sa.Integer(), nullable=False),
    sa.Column('ends_minute', sa.Integer(), nullable=False),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_quiet_hours_member_id')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_quiet_hours'))
    )
