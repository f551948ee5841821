"""Alembic's entry: runs the migrations on the connection `sim.store.migrate` hands over, or on the URL of its command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from sim.store.engine import make_engine
from sim.store.tables import METADATA


def run(connection: Connection) -> None:
    """Run the migrations in one transaction. SQLite cannot alter tables, hence batch mode there."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_alone() -> None:
    """Run against `sqlalchemy.url`, for whoever uses alembic's own commands while writing a migration."""
    with make_engine(context.config.get_main_option("sqlalchemy.url") or "").begin() as connection:
        run(connection)


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    run_alone()
