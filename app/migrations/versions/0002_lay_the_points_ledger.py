"""Lay the points ledger: its tables, what keeps them append-only, and the first rules."""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# What each table refuses, and why. A later migration that builds one of these tables anew on SQLite
# (batch_alter_table) must lay its triggers again.
_ENTRIES_STAY = 'is append-only: post a reversal instead'
_RULES_STAY = 'keeps its versions: close this one and add another'
_SEALS_STAY = 'is append-only'
_REFUSALS = (
    # trigger, table, on, condition, message
    ('points_entry_no_update', 'points_entry', 'UPDATE', None, _ENTRIES_STAY),
    ('points_entry_no_delete', 'points_entry', 'DELETE', None, _ENTRIES_STAY),
    ('points_transaction_no_update', 'points_transaction', 'UPDATE', None, _ENTRIES_STAY),
    ('points_transaction_no_delete', 'points_transaction', 'DELETE', None, _ENTRIES_STAY),
    ('points_seal_no_update', 'points_seal', 'UPDATE', None, _SEALS_STAY),
    ('points_seal_no_delete', 'points_seal', 'DELETE', None, _SEALS_STAY),
    (
        'points_rule_no_update',
        'points_rule',
        'UPDATE OF id, action, version, book, points, daily_cap, weekly_cap,'
        ' is_reversed_on_removal, effective_from, note',
        None,
        _RULES_STAY,
    ),
    (
        'points_rule_closed_once',
        'points_rule',
        'UPDATE OF effective_to',
        'OLD.effective_to IS NOT NULL',
        _RULES_STAY,
    ),
    ('points_rule_no_delete', 'points_rule', 'DELETE', None, _RULES_STAY),
)
_SINCE = datetime(2025, 3, 31, 16, tzinfo=UTC)
_FIRST_RULES = (
    # action, book, points, daily cap, weekly cap, is reversed on removal, note
    ('READ', 'LEARNING', 1, 5, None, False, '阅读一篇资讯满30秒，记1分，每日最多5分'),
    ('STUDY', 'LEARNING', 3, 9, None, False, '看完一节微课，记3分，每日最多9分'),
    ('WATCH_LIVE', 'LEARNING', 3, 6, None, False, '观看一场直播累计满20分钟，记3分，每日最多6分'),
    ('QUIZ', 'LEARNING', 5, None, 10, False, '完成一次专题答题且正确率不低于80%，记5分，每周最多10分'),
    ('LIKE', 'INTERACTION', 1, 3, None, False, '点赞一次，记1分，每日最多3分'),
    ('COMMENT', 'INTERACTION', 2, 4, None, True, '发表一条通过审核的评论，记2分，每日最多4分'),
    ('SHARE', 'INTERACTION', 1, 2, None, False, '分享一次，记1分，每日最多2分'),
    ('VOLUNTEER', 'SERVICE', 5, 40, None, False, '参加经登记的志愿服务，每满1小时记5分，每日最多40分'),
    ('LECTURE', 'SERVICE', 30, None, None, False, '主讲一节公开发布的微课，记30分'),
    ('MENTOR', 'SERVICE', 60, None, None, False, '担任一期师带徒的师傅且考核合格，记60分'),
)


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == 'postgresql':
        _create_triggers_on_postgresql()
    else:
        _create_triggers_on_sqlite()
    _add_first_rules()


def _create_tables() -> None:
    op.create_table('points_rule',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('action', sa.String(length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('daily_cap', sa.Integer(), nullable=True),
    sa.Column('weekly_cap', sa.Integer(), nullable=True),
    sa.Column('is_reversed_on_removal', sa.Boolean(), nullable=False),
    sa.Column('effective_from', app.database.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('effective_to', app.database.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.CheckConstraint('points > 0 AND daily_cap > 0 AND weekly_cap > 0', name=op.f('ck_points_rule_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_rule')),
    sa.UniqueConstraint('action', 'version', name=op.f('uq_points_rule_action_version'))
    )
    op.create_table('points_account',
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_points_account_member_id')),
    sa.PrimaryKeyConstraint('member_id', 'book', name=op.f('pk_points_account'))
    )
    op.create_table('points_transaction',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('deed_key', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
    sa.Column('action', sa.String(length=24), nullable=True),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('offered', sa.Integer(), nullable=True),
    sa.Column('cut_by', sa.String(length=24), nullable=True),
    sa.Column('subject_kind', sa.String(length=24), nullable=True),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reverses_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('body_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('done_at', app.database.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', app.database.columns.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'AWARD') = (rule_id IS NOT NULL AND deed_key IS NOT NULL AND action IS NOT NULL AND offered IS NOT NULL)", name=op.f('ck_points_transaction_award')),
    sa.CheckConstraint("(kind = 'REVERSAL') = (reverses_id IS NOT NULL)", name=op.f('ck_points_transaction_reversal')),
    sa.CheckConstraint('(idempotency_key IS NULL) = (body_digest IS NULL)', name=op.f('ck_points_transaction_idempotency')),
    sa.CheckConstraint('(subject_kind IS NULL) = (subject_id IS NULL)', name=op.f('ck_points_transaction_subject')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_points_transaction_amount')),
    sa.CheckConstraint('offered IS NULL OR amount BETWEEN 1 AND offered', name=op.f('ck_points_transaction_offered')),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_points_transaction_actor_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_points_transaction_member_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['points_transaction.id'], name=op.f('fk_points_transaction_reverses_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['points_rule.id'], name=op.f('fk_points_transaction_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_transaction'))
    )
    with op.batch_alter_table('points_transaction', schema=None) as batch_op:
        batch_op.create_index('ix_points_transaction_earned', ['member_id', 'done_at'], unique=False)
        batch_op.create_index('uq_points_transaction_deed_key', ['deed_key'], unique=True, sqlite_where=sa.text('deed_key IS NOT NULL'), postgresql_where=sa.text('deed_key IS NOT NULL'))
        batch_op.create_index('uq_points_transaction_idempotency_key', ['actor_id', 'idempotency_key'], unique=True, sqlite_where=sa.text('idempotency_key IS NOT NULL'), postgresql_where=sa.text('idempotency_key IS NOT NULL'))
        batch_op.create_index('uq_points_transaction_reverses_id', ['reverses_id'], unique=True, sqlite_where=sa.text('reverses_id IS NOT NULL'), postgresql_where=sa.text('reverses_id IS NOT NULL'))

    op.create_table('points_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('transaction_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('book', sa.String(length=24), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('balance_after', sa.Integer(), nullable=True),
    sa.CheckConstraint('(member_id IS NULL) = (position IS NULL) AND (member_id IS NULL) = (balance_after IS NULL)', name=op.f('ck_points_entry_side')),
    sa.ForeignKeyConstraint(['member_id', 'book'], ['points_account.member_id', 'points_account.book'], name=op.f('fk_points_entry_member_id_book')),
    sa.ForeignKeyConstraint(['transaction_id'], ['points_transaction.id'], name=op.f('fk_points_entry_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_entry')),
    sa.UniqueConstraint('member_id', 'book', 'position', name=op.f('uq_points_entry_member_id_book_position'))
    )
    with op.batch_alter_table('points_entry', schema=None) as batch_op:
        batch_op.create_index('ix_points_entry_member', ['member_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_points_entry_transaction_id'), ['transaction_id'], unique=False)

    op.create_table('points_seal',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('transaction_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.ForeignKeyConstraint(['transaction_id'], ['points_transaction.id'], name=op.f('fk_points_seal_transaction_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_points_seal')),
    sa.UniqueConstraint('transaction_id', name=op.f('uq_points_seal_transaction_id'))
    )
    op.create_table('points_unsealed',
    sa.Column('transaction_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['transaction_id'], ['points_transaction.id'], name=op.f('fk_points_unsealed_transaction_id')),
    sa.PrimaryKeyConstraint('transaction_id', name=op.f('pk_points_unsealed'))
    )


def _create_triggers_on_sqlite() -> None:
    for name, table, change, condition, message in _REFUSALS:
        when = f' WHEN {condition}' if condition else ''
        op.execute(
            f'CREATE TRIGGER {name} BEFORE {change} ON {table}{when}'
            f" BEGIN SELECT RAISE(ABORT, '{table} {message}'); END"
        )
    op.execute(
        'CREATE TRIGGER points_transaction_unsealed AFTER INSERT ON points_transaction'
        ' BEGIN INSERT INTO points_unsealed (transaction_id) VALUES (NEW.id); END'
    )


def _create_triggers_on_postgresql() -> None:
    op.execute(
        'CREATE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        " RAISE EXCEPTION '% %', TG_TABLE_NAME, TG_ARGV[0]; END $$"
    )
    for name, table, change, condition, message in _REFUSALS:
        when = f' WHEN ({condition})' if condition else ''
        op.execute(
            f'CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW{when}'
            f" EXECUTE FUNCTION points_refuse('{message}')"
        )
    for table in ('points_entry', 'points_transaction', 'points_seal', 'points_rule'):
        op.execute(
            f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}'
            f" FOR EACH STATEMENT EXECUTE FUNCTION points_refuse('{_SEALS_STAY}')"
        )
    op.execute(
        'CREATE FUNCTION points_wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        ' INSERT INTO points_unsealed (transaction_id) VALUES (NEW.id); RETURN NULL; END $$'
    )
    op.execute(
        'CREATE TRIGGER points_transaction_unsealed AFTER INSERT ON points_transaction'
        ' FOR EACH ROW EXECUTE FUNCTION points_wait_for_seal()'
    )


def _add_first_rules() -> None:
    rule = sa.table(
        'points_rule',
        sa.column('id', sa.BigInteger),
        sa.column('action', sa.String),
        sa.column('version', sa.Integer),
        sa.column('book', sa.String),
        sa.column('points', sa.Integer),
        sa.column('daily_cap', sa.Integer),
        sa.column('weekly_cap', sa.Integer),
        sa.column('is_reversed_on_removal', sa.Boolean),
        sa.column('effective_from', app.database.columns.UtcDateTime),
        sa.column('note', sa.String),
    )
    names = ('action', 'book', 'points', 'daily_cap', 'weekly_cap', 'is_reversed_on_removal', 'note')
    op.bulk_insert(
        rule,
        [
            {'id': number, 'version': 1, 'effective_from': _SINCE, **dict(zip(names, values))}
            for number, values in enumerate(_FIRST_RULES, 1)
        ],
    )
