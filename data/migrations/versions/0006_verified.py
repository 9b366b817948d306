"""部件 have a table, and records the day on which they were last verified."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DATED = ("buildings", "posts", "party_units", "estate_contacts")
STEPS = (
    *(f"ALTER TABLE {table} ADD COLUMN as_of date" for table in DATED),
    """CREATE TABLE components (
        component_id text NOT NULL,
        kind text NOT NULL,
        catalogue_code text,
        point geometry(POINT, 4490) NOT NULL,
        raw_x double precision,
        raw_y double precision,
        raw_datum text,
        as_of date,
        source text,
        updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT pk_components PRIMARY KEY (component_id),
        CONSTRAINT fk_components_catalogue_code FOREIGN KEY (catalogue_code) REFERENCES catalogue_items (code)
    )""",
    "CREATE INDEX ix_components_kind ON components (kind)",
    "CREATE INDEX ix_components_catalogue_code ON components (catalogue_code)",
    "CREATE INDEX ix_components_point ON components USING gist (point)",
)


def upgrade() -> None:
    """Nothing that is kept changes: when a record was last verified nobody knows of those that are there."""
    for step in STEPS:
        op.execute(step)
