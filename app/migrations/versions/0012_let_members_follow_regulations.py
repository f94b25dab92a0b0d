"""Let members follow regulations and save searches, and tell them of changes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString
JOBS = ('INDEX_CONTENT', 'INDEX_REGULATION', 'LINK_CITATIONS', 'PREPARE_IMAGE', 'PREPARE_VIDEO')
NOTICES = ('REPLY', 'MENTION', 'COMMENTED', 'REVIEW_ASKED', 'RETURNED', 'PUBLISHED', 'RECOMMENDED', 'REMOVED', 'REPORTED', 'DECIDED', 'POINTS')


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    _widen('job', 'jobkind', JOBS, ('TELL_CHANGE',))
    for table in ('notification', 'muted_notification_kind'):
        _widen(table, 'notificationkind', NOTICES, ('REGULATION_CHANGED', 'SEARCH_ANSWERED'))
    _create_what_is_followed()
    _create_changes()


def _widen(table, name, known, added) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.alter_column(
            'kind',
            existing_type=_enum(name, *known),
            type_=_enum(name, *known, *added),
            existing_nullable=False,
        )


def _create_what_is_followed() -> None:
    op.create_table('followed_regulation',
    sa.Column('member_id', KEY, nullable=False),
    sa.Column('regulation_id', KEY, nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_followed_regulation_member_id')),
    sa.ForeignKeyConstraint(['regulation_id'], ['regulation.id'], name=op.f('fk_followed_regulation_regulation_id')),
    sa.PrimaryKeyConstraint('member_id', 'regulation_id', name=op.f('pk_followed_regulation'))
    )
    op.create_index('ix_followed_regulation_regulation', 'followed_regulation', ['regulation_id', 'member_id'])
    op.create_index('ix_followed_regulation_member', 'followed_regulation', ['member_id', 'created_at', 'regulation_id'])
    op.create_table('saved_search',
    sa.Column('id', KEY, nullable=False),
    sa.Column('member_id', KEY, nullable=False),
    sa.Column('query', TEXT(length=200), nullable=False),
    sa.Column('category', TEXT(length=60), nullable=False),
    sa.Column('issuer', TEXT(length=200), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_saved_search_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('member_id', 'query', 'category', 'issuer', name=op.f('uq_saved_search_member_id_query_category_issuer'))
    )


def _create_changes() -> None:
    op.create_table('regulation_change',
    sa.Column('id', KEY, nullable=False),
    sa.Column('regulation_id', KEY, nullable=False),
    sa.Column('version_id', KEY, nullable=False),
    sa.Column('kind', _enum('changekind', 'IMPORTED', 'IN_FORCE', 'REPEALED'), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('actor_id', KEY, nullable=True),
    sa.Column('noted_at', INSTANT, nullable=False),
    sa.Column('followers_up_to', KEY, nullable=False),
    sa.Column('searchers_up_to', KEY, nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_regulation_change_actor_id')),
    sa.ForeignKeyConstraint(['regulation_id'], ['regulation.id'], name=op.f('fk_regulation_change_regulation_id')),
    sa.ForeignKeyConstraint(['version_id'], ['regulation_version.id'], name=op.f('fk_regulation_change_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regulation_change'))
    )
