"""What Alembic runs: every table of the platform against the connection it is given."""

from alembic import context
from sqlmodel import SQLModel

import app.audit.models
import app.content.models
import app.engagement.models
import app.following.models
import app.inquiries.models
import app.jobs
import app.knowledge.models
import app.members.models
import app.moderation.models
import app.notifications.models
import app.organizations.models
import app.points.models
import app.rewards.models
import app.sharing.models
import app.study.models
import app.uploads.models  # noqa: F401  each import registers its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
