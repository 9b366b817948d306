"""Whoever keeps posts and regions in memory hears when they change (data/store/changes.py)."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTION = """CREATE FUNCTION tell_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('directory', TG_TABLE_NAME);
    RETURN NULL;
END $$"""


def upgrade() -> None:
    """One notice a statement; PostgreSQL sends it when the transaction commits, once for equal ones."""
    op.execute(FUNCTION)
    for table in ("posts", "regions"):
        op.execute(
            f"CREATE TRIGGER {table}_told AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION tell_directory()"
        )
