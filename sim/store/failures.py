"""Turn what a database driver says into one sentence for whoever runs the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, TimeoutError

from sim.errors import StoreUnavailable

MENDS = (
    ("disk is full", "the disk is full; free some space"),
    ("no space left", "the disk is full; free some space"),
    ("is locked", "another program has been writing to it for too long; close that program"),
    ("readonly database", "it may not be written; check the owner and the permissions of the file and its folder"),
    ("unable to open", "its file cannot be opened; check that the folder exists and may be written"),
    ("disk i/o error", "the disk cannot be read or written; check the disk and its space"),
    ("not a database", "the file is not a SQLite database; point SIM_DATABASE_URL at another file"),
    ("malformed", "the file is damaged; restore it from a backup"),
    ("no such table", "its tables are gone; restore the file, or restart the application for an empty one"),
    (
        "does not exist",
        "a database, role or table is missing; create it, and restart the application for the tables",
    ),
    ("authentication failed", "the user or password in SIM_DATABASE_URL is refused"),
    ("connection", "the server cannot be reached; check that it runs and that SIM_DATABASE_URL names it"),
    ("closed", "the server cannot be reached; check that it runs and that SIM_DATABASE_URL names it"),
    ("terminating", "the server is shutting down; start it again"),
)
"""What a driver's message holds, and what to do about it."""


def explain(place: str, error: Exception) -> str:
    """Return the sentence: which database, what is wrong, what would mend it. Never the statement nor what was to be written."""
    said = str(error.orig).strip() if isinstance(error, DBAPIError) else str(error)
    for clue, mend in MENDS:
        if clue in said.lower():
            return f"the database {place} is not available: {mend}"
    first_line = said.splitlines()[0][:200] if said else type(error).__name__
    return f"the database {place} is not available: {first_line}"


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise StoreUnavailable for anything the driver, the pool or the operating system raises within."""
    try:
        yield
    except (DBAPIError, TimeoutError, OSError) as error:
        raise StoreUnavailable(explain(place, error)) from error
