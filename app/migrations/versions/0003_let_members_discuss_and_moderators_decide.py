"""Let members discuss and moderators decide."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
SUBJECT_KIND = sa.Enum('CONTENT', 'COLUMN', 'COMMENT', 'MEMBER', 'ORGANIZATION', 'REGULATION', name='subjectkind', native_enum=False, create_constraint=True, length=24)
DECISION = sa.Enum('KEEP', 'REMOVE', name='decision', native_enum=False, create_constraint=True, length=24)
REASON = sa.Enum('SPAM', 'ABUSE', 'FALSEHOOD', 'PRIVACY', 'SECRECY', 'ILLEGAL', 'OTHER', name='reportreason', native_enum=False, create_constraint=True, length=24)

# The thread of each answer that is there: the comment at the top of what it answers.
THREADS = """
WITH RECURSIVE thread (id, root) AS (
  SELECT id, id FROM comment WHERE reply_to_id IS NULL
  UNION ALL
  SELECT comment.id, thread.root FROM comment JOIN thread ON comment.reply_to_id = thread.id
)
UPDATE comment SET thread_id = thread.root FROM thread
WHERE thread.id = comment.id AND comment.reply_to_id IS NOT NULL
"""


def upgrade() -> None:
    _extend_comments()
    op.create_table('comment_mention',
    sa.Column('comment_id', KEY, nullable=False),
    sa.Column('member_id', KEY, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_comment_mention_comment_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_comment_mention_member_id')),
    sa.PrimaryKeyConstraint('comment_id', 'member_id', name=op.f('pk_comment_mention'))
    )
    op.create_table('held_word',
    sa.Column('id', KEY, nullable=False),
    sa.Column('organization_id', KEY, nullable=False),
    sa.Column('word', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('folded', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('added_by_id', KEY, nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_held_word_organization_id')),
    sa.ForeignKeyConstraint(['added_by_id'], ['member.id'], name=op.f('fk_held_word_added_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_word'))
    )
    op.create_index('ix_held_word_organization', 'held_word', ['organization_id', 'folded'], unique=True)
    op.create_table('moderation_case',
    sa.Column('id', KEY, nullable=False),
    sa.Column('subject_kind', SUBJECT_KIND, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('content_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=False),
    sa.Column('organization_id', KEY, nullable=False),
    sa.Column('held_words', app.database.columns.JsonList(), nullable=False),
    sa.Column('appeal_of_id', KEY, nullable=True),
    sa.Column('statement', sa.Text(), nullable=True),
    sa.Column('claimed_by_id', KEY, nullable=True),
    sa.Column('claimed_until', INSTANT, nullable=True),
    sa.Column('decision', DECISION, nullable=True),
    sa.Column('decided_by_id', KEY, nullable=True),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('appealed_at', INSTANT, nullable=True),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['content_id'], ['content.id'], name=op.f('fk_moderation_case_content_id')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_moderation_case_author_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_moderation_case_organization_id')),
    sa.ForeignKeyConstraint(['appeal_of_id'], ['moderation_case.id'], name=op.f('fk_moderation_case_appeal_of_id')),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['member.id'], name=op.f('fk_moderation_case_claimed_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_moderation_case_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderation_case'))
    )
    undecided = sa.text('decided_at IS NULL')
    op.create_index('ix_moderation_case_open', 'moderation_case', ['decided_at', 'id'])
    op.create_index('ix_moderation_case_subject', 'moderation_case', ['subject_kind', 'subject_id', 'id'])
    op.create_index('ix_moderation_case_undecided', 'moderation_case', ['subject_kind', 'subject_id'], unique=True, sqlite_where=undecided, postgresql_where=undecided)
    op.create_table('report',
    sa.Column('id', KEY, nullable=False),
    sa.Column('case_id', KEY, nullable=False),
    sa.Column('subject_kind', SUBJECT_KIND, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('reporter_id', KEY, nullable=False),
    sa.Column('reason', REASON, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['moderation_case.id'], name=op.f('fk_report_case_id')),
    sa.ForeignKeyConstraint(['reporter_id'], ['member.id'], name=op.f('fk_report_reporter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    op.create_index('ix_report_once', 'report', ['subject_kind', 'subject_id', 'reporter_id'], unique=True)
    op.create_index('ix_report_case', 'report', ['case_id', 'id'])


def _extend_comments() -> None:
    # Written out: SQLite takes a named reference only with its column, short of copying the table.
    kind = 'INTEGER' if op.get_context().dialect.name == 'sqlite' else 'BIGINT'
    op.execute(f'ALTER TABLE comment ADD COLUMN thread_id {kind} CONSTRAINT fk_comment_thread_id REFERENCES comment (id)')
    op.execute(f'ALTER TABLE comment ADD COLUMN removed_by_id {kind} CONSTRAINT fk_comment_removed_by_id REFERENCES member (id)')
    op.add_column('comment', sa.Column('client_key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
    op.add_column('comment', sa.Column('held_at', INSTANT, nullable=True))
    op.add_column('member', sa.Column('held_count', sa.Integer(), server_default='0', nullable=False))
    op.add_column('comment', sa.Column('removal_reason', sa.Text(), nullable=True))
    op.execute(THREADS)
    op.drop_index('ix_comment_content', table_name='comment')
    op.create_index('ix_comment_content', 'comment', ['content_id', 'id', 'held_at', 'author_id'])
    opening, keyed = sa.text('thread_id IS NULL'), sa.text('client_key IS NOT NULL')
    op.create_index('ix_comment_opening', 'comment', ['content_id', 'id'], sqlite_where=opening, postgresql_where=opening)
    op.create_index('ix_comment_thread', 'comment', ['thread_id', 'id'])
    op.create_index('ix_comment_author', 'comment', ['author_id', 'created_at'])
    op.create_index('ix_comment_client_key', 'comment', ['author_id', 'client_key'], unique=True, sqlite_where=keyed, postgresql_where=keyed)
