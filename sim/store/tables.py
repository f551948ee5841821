"""The tables. One schema for SQLite and PostgreSQL; the migrations create it, a test holds the two equal.

Plain tables and no mapped classes: the store reads and writes whole rows, and the mapper would take a third of the time
that loading SQLAlchemy takes.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint gets a name of its own, since SQLite cannot change one without (alembic's batch mode)."""

METADATA = MetaData(naming_convention=NAMES)

Json = JSON(none_as_null=True)

FROZEN = Table(
    "frozen",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
)
"""Personas and rubrics exactly as they were when a session was opened, stored once for all the sessions that share one.

A persona is some 50 kB; in a column of its own session it would be most of the database and of every read.
"""

SESSION = Table(
    "sessions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner_hash", String(64), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False),
    Column("persona_id", String(64), nullable=False),
    Column("persona_hash", ForeignKey("frozen.hash"), nullable=False),
    Column("rubric_id", String(64), nullable=False),
    Column("rubric_hash", ForeignKey("frozen.hash"), nullable=False),
    Column("difficulty", String(16), nullable=False),
    Column("clock", String(16), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("agreed_minutes", Double, nullable=False),
    Column("workshop", String(64)),
    Column("parent", ForeignKey("sessions.id", ondelete="SET NULL"), index=True),
    Column("fork_turn", Integer),
    Column("opened_at", Double, nullable=False, index=True),
    Column("begun_at", Double),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("state", Json),
    Column("ended_by", String(16)),
    Column("ended_minute", Double),
    Column("prep", Json),
    Column("notes", Text, nullable=False, server_default=""),
    Column("drafts", Json),
    Column("thank_you", Json),
    Column("note_stage", String(16), nullable=False, server_default="open"),
    Column("assisted", Boolean, nullable=False, server_default=false()),
    Column("self_ratings", Json),
    Column("scorecard", Json),
    Column("lease_holder", String(128)),
    Column("lease_until", Double),
)
"""One row a session. `*_at` and `lease_until` are seconds since the epoch, `ended_minute` and `agreed_minutes` minutes."""

TURN = Table(
    "turns",
    METADATA,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("turn_index", Integer, primary_key=True, autoincrement=False),
    Column("speaker", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("key", String(64)),
    Column("status", String(8), nullable=False),
    Column("elapsed", Double),
    Column("trace", Json),
    Column("state", Json),
    UniqueConstraint("session_id", "key"),
)
"""One row a turn. A learner turn is `pending` until its reply is stored; a contact turn is stored only when complete."""
