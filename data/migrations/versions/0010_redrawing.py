"""Drafts are redrawn by operations that can be undone, have an owner, are scheduled; what is said of a plan is kept."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen text beside this file. Every plan that is kept stays as it is."""
    with closing(
        op.get_bind().connection.cursor()
    ) as cursor:  # no placeholders: % and : mean themselves
        cursor.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
