"""Repetitions of a ledger that were settled are remembered: the original ledger brings none of them back."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of those that were settled before."""
    op.execute(
        """CREATE TABLE import_settled (
            noun text NOT NULL,
            mark text NOT NULL,
            became text NOT NULL,
            settled_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT pk_import_settled PRIMARY KEY (noun, mark)
        )"""
    )
