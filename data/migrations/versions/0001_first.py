"""The first schema."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen text beside this file; it never changes once released."""
    with closing(
        op.get_bind().connection.cursor()
    ) as cursor:  # no placeholders: % and : mean themselves
        cursor.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
