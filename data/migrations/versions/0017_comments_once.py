"""What is said of a plan and sent twice, for its answer was lost, is kept once."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A number that its sender made; who sends none is told from nobody else."""
    op.execute("ALTER TABLE plan_comments ADD COLUMN source_id text")
    op.execute(
        "CREATE UNIQUE INDEX uq_plan_comments_plan_id_source_id ON plan_comments (plan_id, source_id)"
    )
