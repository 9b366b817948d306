"""The file of a step of a plan's life is kept, not its name alone."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own: whoever lists steps reads no files."""
    op.execute(
        """CREATE TABLE plan_stage_files (
            stage_id bigint NOT NULL,
            name text NOT NULL,
            type text NOT NULL,
            content bytea NOT NULL,
            sha256 text NOT NULL,
            actor text NOT NULL,
            at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT pk_plan_stage_files PRIMARY KEY (stage_id),
            CONSTRAINT fk_plan_stage_files_stage_id FOREIGN KEY (stage_id)
                REFERENCES plan_stages (id) ON DELETE CASCADE,
            CONSTRAINT ck_plan_stage_files_sha256_of_content CHECK (sha256 = encode(sha256(content), 'hex'))
        )"""
    )
