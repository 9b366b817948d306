"""Who keeps what people say for places in memory sees at once whether it has changed: a change tells of what."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("addresses", "import_pending")
FUNCTION = """CREATE OR REPLACE FUNCTION tell_city_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO city_changes (what) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$"""


def upgrade() -> None:
    """The words of addresses and of a ledger's rows that wait are told of as well."""
    op.execute("ALTER TABLE city_changes ADD COLUMN what text")
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION tell_city_change()"
        )
