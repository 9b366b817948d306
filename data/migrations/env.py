"""Run by Alembic: the connection comes from the caller (data/migrate.py), so that no file holds an address."""

from __future__ import annotations

from alembic import context

from data.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
