"""The history of the tables. `HEAD` is the newest revision; a test holds it equal to what alembic finds in `versions/`."""

HEAD = "0004"
