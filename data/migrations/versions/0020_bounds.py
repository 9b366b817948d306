"""Bounds of sizes of a region's own, beside the installation's."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four columns, null where the general bounds hold."""
    for name in ("households_min", "households_max", "residents_min", "residents_max"):
        op.execute(f"ALTER TABLE regions ADD COLUMN {name} integer")
        op.execute(
            f"ALTER TABLE regions ADD CONSTRAINT ck_regions_{name}_not_negative CHECK ({name} >= 0)"
        )
