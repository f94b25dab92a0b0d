"""Keep every revision of a content, order the entries of columns, and record deeds."""

import json
from datetime import datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
PATH = sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql')
INSTANT = app.database.columns.UtcDateTime(timezone=True)
STATES = ('WORKING', 'IN_REVIEW', 'RETURNED', 'SCHEDULED', 'PUBLISHED', 'SUPERSEDED')
SUBJECTS = ('CONTENT', 'COLUMN', 'COMMENT', 'MEMBER', 'ORGANIZATION', 'REGULATION')


def upgrade() -> None:
    op.create_table('content_revision',
    sa.Column('content_id', KEY, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='revisionstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=False),
    sa.Column('writers', sa.Text(), nullable=False),
    sa.Column('audience_path', PATH, nullable=False),
    sa.Column('recommends', sa.Boolean(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('submitted_at', INSTANT, nullable=True),
    sa.Column('publish_at', INSTANT, nullable=True),
    sa.Column('reviewer_id', KEY, nullable=True),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_content_revision_author_id')),
    sa.ForeignKeyConstraint(['content_id'], ['content.id'], name=op.f('fk_content_revision_content_id')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['member.id'], name=op.f('fk_content_revision_reviewer_id')),
    sa.PrimaryKeyConstraint('content_id', 'number', name=op.f('pk_content_revision'))
    )
    with op.batch_alter_table('content_revision', schema=None) as batch_op:
        batch_op.create_index('ix_content_revision_waiting', ['state', 'submitted_at', 'content_id'], unique=False)
        batch_op.create_index('ix_content_revision_due', ['state', 'publish_at'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', KEY, nullable=False),
    sa.Column('actor_id', KEY, nullable=True),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject_kind', sa.Enum(*SUBJECTS, name='subjectkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('organization_id', KEY, nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('request_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_audit_entry_actor_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_audit_entry_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_subject', ['subject_kind', 'subject_id', 'id'], unique=False)
        batch_op.create_index('ix_audit_entry_organization', ['organization_id', 'id'], unique=False)

    for table in ('image', 'video'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('owner_id', KEY, nullable=True))
    _add_number('showcase_column', 'version', '1')
    _add_number('showcase_entry', 'rank', '0')

    _append_only()
    _first_revisions()


def _add_number(table: str, column: str, value: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default=value))
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(column, server_default=None)


def _append_only() -> None:
    """Let the database itself refuse to change what was recorded."""
    if op.get_bind().dialect.name == 'sqlite':
        for deed in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{deed.lower()} BEFORE {deed} ON audit_entry"
                " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()"
    )


_CONTENTS = """
    SELECT c.id, c.status, c.title, c.summary, c.tags, c.cover_id, c.author_id, c.organization_id,
      c.audience_key, c.created_at, c.updated_at, c.published_at, b.markdown, b.html, o.path,
      n.source_name, n.source_url, m.lecturer, m.duration_seconds, m.video_id,
      l.stream_url, l.starts_at, l.ends_at, e.column_id
    FROM content c
    JOIN content_body b ON b.content_id = c.id
    JOIN organization o ON o.id = c.organization_id
    LEFT JOIN news_item n ON n.content_id = c.id
    LEFT JOIN micro_lecture m ON m.content_id = c.id
    LEFT JOIN live_stream l ON l.content_id = c.id
    LEFT JOIN showcase_entry e ON e.content_id = c.id
    WHERE c.id > :after ORDER BY c.id LIMIT 500
"""
_STATE_OF = {'DRAFT': 'WORKING', 'IN_REVIEW': 'IN_REVIEW', 'SCHEDULED': 'IN_REVIEW'}
_PLAIN = (
    'title', 'summary', 'organization_id', 'audience_key', 'cover_id', 'source_name', 'source_url',
    'lecturer', 'duration_seconds', 'video_id', 'stream_url', 'column_id',
)


def _first_revisions() -> None:
    """Give what was written before revisions were kept its first one."""
    connection, after = op.get_bind(), 0
    paths = dict(connection.execute(sa.text("SELECT id, path FROM organization")).all())
    # Nobody could schedule before: what says so waits for a reviewer, who gives it a time.
    connection.execute(sa.text("UPDATE content SET status = 'IN_REVIEW' WHERE status = 'SCHEDULED'"))
    while rows := connection.execute(sa.text(_CONTENTS), {'after': after}).mappings().all():
        after = rows[-1]['id']
        galleries = _galleries(connection, rows[0]['id'], after)
        made = [_revision(row, galleries.get(row['id'], []), paths) for row in rows]
        connection.execute(_INSERT, made)


def _galleries(connection: sa.Connection, first: int, last: int) -> dict:
    found: dict = {}
    query = sa.text(
        "SELECT content_id, image_id FROM content_image WHERE content_id BETWEEN :first AND :last"
        " ORDER BY content_id, position"
    )
    for content_id, image_id in connection.execute(query, {'first': first, 'last': last}):
        found.setdefault(content_id, []).append(image_id)
    return found


def _revision(row: sa.RowMapping, gallery: list, paths: dict) -> dict:
    said = {name: row[name] for name in _PLAIN if row[name] is not None}
    said |= {'body': row['markdown'], 'tags': json.loads(row['tags']), 'gallery_ids': gallery}
    for name in ('starts_at', 'ends_at'):
        if row[name] is not None:
            said[name] = _instant(row[name]).isoformat()
    kind, _, organization = row['audience_key'].partition(':')
    top = f"/{row['path'].split('/')[1]}/"
    state = 'PUBLISHED' if row['published_at'] is not None else _STATE_OF.get(row['status'], 'SUPERSEDED')
    return {
        'content_id': row['id'],
        'state': state,
        'wording': json.dumps(said, ensure_ascii=False),
        'html': row['html'],
        'author_id': row['author_id'],
        'writers': f"/{row['author_id']}/",
        'audience_path': paths[int(organization)] if kind in {'tree', 'org'} else top,
        'created_at': _instant(row['created_at']),
        'submitted_at': _instant(row['updated_at']) if state == 'IN_REVIEW' else None,
        'decided_at': row['published_at'] and _instant(row['published_at']),
    }


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


_INSERT = sa.text(
    "INSERT INTO content_revision (content_id, number, state, wording, html, author_id, writers,"
    " audience_path, recommends, created_at, submitted_at, decided_at) VALUES (:content_id, 1,"
    " :state, :wording, :html, :author_id, :writers, :audience_path, false, :created_at,"
    " :submitted_at, :decided_at)"
).bindparams(
    sa.bindparam('created_at', type_=INSTANT),
    sa.bindparam('submitted_at', type_=INSTANT),
    sa.bindparam('decided_at', type_=INSTANT),
)
