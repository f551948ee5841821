"""Where sessions are kept: SQLite by default, PostgreSQL by a URL."""

from sim.store.store import Store

__all__ = ["Store"]
