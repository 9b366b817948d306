"""The buildings within a drawn outline that bear its name since, and what they were called before."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column, of what can be taken back."""
    op.execute("ALTER TABLE traces ADD COLUMN estates jsonb DEFAULT '[]'::jsonb NOT NULL")
