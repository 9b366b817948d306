"""Buildings put on the map by hand, images that a community is traced over, roads and outlines drawn there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen text beside this file. Every plan that is kept stays as it is."""
    with closing(
        op.get_bind().connection.cursor()
    ) as cursor:  # no placeholders: % and : mean themselves
        cursor.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
