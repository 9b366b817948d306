"""Calls are taken, joined, split and placed; what was done is kept, and the live list is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen text beside this file. What is kept stays as it is."""
    with closing(
        op.get_bind().connection.cursor()
    ) as cursor:  # no placeholders: % and : mean themselves
        cursor.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
