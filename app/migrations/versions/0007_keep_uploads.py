"""Keep uploads, the blur of pictures, and captions of videos; owe their preparation as jobs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.database.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = ("AWAITING_UPLOAD", "PROCESSING", "READY", "REJECTED")
_KINDS = ("INDEX_CONTENT", "INDEX_REGULATION", "LINK_CITATIONS")


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.alter_column(
            "kind",
            existing_type=_enum("jobkind", *_KINDS),
            type_=_enum("jobkind", *_KINDS, "PREPARE_IMAGE", "PREPARE_VIDEO"),
            existing_nullable=False,
        )
    with op.batch_alter_table("image") as batch_op:
        batch_op.add_column(
            sa.Column(
                "placeholder",
                sqlmodel.sql.sqltypes.AutoString(length=40),
                nullable=False,
                server_default="",
            )
        )
        batch_op.create_index(batch_op.f("ix_image_object_key"), ["object_key"])
    with op.batch_alter_table("video") as batch_op:
        batch_op.create_index(batch_op.f("ix_video_object_key"), ["object_key"])
    op.create_table(
        "video_track",
        sa.Column("video_id", _KEY, nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("object_name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["video.id"], name=op.f("fk_video_track_video_id")
        ),
        sa.PrimaryKeyConstraint("video_id", "language", name=op.f("pk_video_track")),
    )
    op.create_table(
        "upload",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("member_id", _KEY, nullable=False),
        sa.Column("purpose", _enum("uploadpurpose", "IMAGE", "VIDEO", "AVATAR"), nullable=False),
        sa.Column("state", _enum("mediastate", *_STATES), nullable=False),
        sa.Column("filename", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("content_type", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("rejection", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("image_id", _KEY, nullable=True),
        sa.Column("video_id", _KEY, nullable=True),
        sa.Column(
            "created_at", app.database.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column(
            "expires_at", app.database.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_upload_member_id")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_upload_image_id")),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_upload_video_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload") as batch_op:
        batch_op.create_index("ix_upload_member", ["member_id", "created_at"])
        batch_op.create_index("ix_upload_state", ["state", "expires_at"])
        batch_op.create_index("ix_upload_digest", ["member_id", "digest"])
        batch_op.create_index(batch_op.f("ix_upload_image_id"), ["image_id"])
        batch_op.create_index(batch_op.f("ix_upload_video_id"), ["video_id"])
