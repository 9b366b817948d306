"""What dispatchers meant by words is kept: the same words find it first from then on."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table, empty; whoever looks for news asks by time."""
    op.execute(
        """CREATE TABLE search_choices (
            words text NOT NULL,
            key text NOT NULL,
            kind text NOT NULL,
            count bigint DEFAULT 1 NOT NULL,
            last_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT pk_search_choices PRIMARY KEY (words, key),
            CONSTRAINT ck_search_choices_counted CHECK (count > 0)
        )"""
    )
    op.execute("CREATE INDEX ix_search_choices_last_at ON search_choices (last_at)")
