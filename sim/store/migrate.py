"""Bring a database to the newest tables, at start-up. Two processes starting at once wait for each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from sim.errors import StoreUnavailable
from sim.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
LOCK_NUMBER = 20_161_121
"""Any number, as long as every version of this program uses the same: it names our lock among PostgreSQL's advisory locks."""


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables; raises StoreUnavailable where the database is newer than this program."""
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_NUMBER})"))
        _upgrade(connection)


def revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported only when there is something to do: alembic takes longer to load than an up-to-date database to open.
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        found = revision(connection)
        raise StoreUnavailable(
            f"the database's tables are at revision {found!r}, which this program (newest: {HEAD!r}) does not know; "
            "it was used with a newer version: install that one, or point SIM_DATABASE_URL at another database"
        ) from error


def alembic_config() -> Config:
    """Return alembic's configuration for our migrations; no ini file is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
