"""What the words promise holds by hand too: a plan that is no draft any more, the epoch, whose plan it is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen text beside this file. Plans in force without a publisher get the one who made them."""
    with closing(
        op.get_bind().connection.cursor()
    ) as cursor:  # no placeholders: % and : mean themselves
        cursor.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
