"""How often an address was chosen is told by search_choices since 0009: the column was written by nobody."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost: it is 0 in every row."""
    op.execute("ALTER TABLE addresses DROP COLUMN chosen")
