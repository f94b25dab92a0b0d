"""Count what members ask the search, and keep synonyms that editors make of it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString
STATES = ('PROPOSED', 'APPROVED', 'DISMISSED')


def upgrade() -> None:
    _create_what_is_asked()
    _create_synonyms()


def _create_what_is_asked() -> None:
    op.create_table('asked_query',
    sa.Column('id', KEY, nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('query', TEXT(length=120), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('empty', sa.Integer(), nullable=False),
    sa.Column('clicks', sa.Integer(), nullable=False),
    sa.Column('persons', sa.Integer(), nullable=False),
    sa.Column('dismissed_at', INSTANT, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked_query')),
    sa.UniqueConstraint('week', 'query', name=op.f('uq_asked_query_week_query'))
    )
    op.create_index('ix_asked_query_week_asked', 'asked_query', ['week', 'asked', 'id'])
    op.create_table('asking_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('salt', TEXT(length=64), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_asking_day'))
    )
    op.create_table('asker',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('query_id', KEY, nullable=False),
    sa.Column('digest', TEXT(length=32), nullable=False),
    sa.ForeignKeyConstraint(['query_id'], ['asked_query.id'], name=op.f('fk_asker_query_id')),
    sa.PrimaryKeyConstraint('day', 'query_id', 'digest', name=op.f('pk_asker'))
    )


def _create_synonyms() -> None:
    op.create_table('search_synonym',
    sa.Column('id', KEY, nullable=False),
    sa.Column('words', app.database.columns.JsonList(), nullable=False),
    sa.Column('query', TEXT(length=120), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='synonymstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('proposed_by_id', KEY, nullable=False),
    sa.Column('proposed_at', INSTANT, nullable=False),
    sa.Column('decided_by_id', KEY, nullable=True),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_search_synonym_decided_by_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['member.id'], name=op.f('fk_search_synonym_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_synonym')),
    sa.UniqueConstraint('version', name=op.f('uq_search_synonym_version'))
    )
    op.create_index('ix_search_synonym_state', 'search_synonym', ['state', 'id'])
