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
    Column("workshop", String(64), index=True),
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
    Column("member", String(32), index=True),
    Column("attempt", Integer),
    Column("submitted_at", Double),
)
"""One row a session. `*_at` and `lease_until` are seconds since the epoch, `ended_minute` and `agreed_minutes` minutes.

`workshop` and `member` are set for a session opened in a workshop; `attempt` counts its member's from 1 and is empty for one tried
again from a turn; `submitted_at` is set once the learner handed it in, which is when the instructor may read it. `workshop` and
`member` are no foreign keys: SQLite can add one to a table only by making the table anew, and dropping the old one would take every
turn along.
"""

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

ACCOUNT = Table(
    "accounts",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
)
"""People who sign in: the owner and the instructors (`role`). Learners have none. `email` is stored in lower case."""

SIGN_IN = Table(
    "sign_ins",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)
"""Browsers that are signed in; deleting an account's rows signs it out everywhere."""

INVITATION = Table(
    "invitations",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Column("invited_by", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
)
"""Links that let somebody in once. `account_id` names the account whose password the link sets anew; empty for a new one.

`invited_by` is empty for the link that the first start prints.
"""

PERSONA = Table(
    "personas",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("slug", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("draft", Text, nullable=False),
    Column("draft_version", Integer, nullable=False, server_default="0"),
    Column("published", Integer),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
)
"""Contacts made in the browser. `status` is draft, published or retired; `audience` is workshops (those of the account) or
everybody; `draft` the YAML as last saved, right or wrong; `draft_version` counts the saves, so that two tabs cannot overwrite each
other; `published` the version on offer."""

PERSONA_VERSION = Table(
    "persona_versions",
    METADATA,
    Column("persona_id", ForeignKey("personas.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("published_at", Double, nullable=False),
    Column("account_id", ForeignKey("accounts.id", ondelete="SET NULL")),
)
"""Every version that was ever published, as its YAML."""

WORKED_EXAMPLE = Table(
    "worked_examples",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("persona_slug", String(64), nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("quality", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("transcript", Json, nullable=False),
    Column("scorecard", Json, nullable=False),
    Column("created_at", Double, nullable=False),
)
"""Meetings held by a scripted learner and kept for learners to read. `quality` is good or poor."""

WORKSHOP = Table(
    "workshops",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("welcome", Text, nullable=False, server_default=""),
    Column("code", String(16), nullable=False, unique=True),
    Column("personas", Json, nullable=False),
    Column("rubric_id", String(64), nullable=False),
    Column("difficulty", String(16), nullable=False),
    Column("minutes", Double),
    Column("attempts", Integer),
    Column("hints", Boolean, nullable=False),
    Column("numbers", Boolean, nullable=False),
    Column("opens_at", Double),
    Column("closes_at", Double),
    Column("zone", String(64), nullable=False, server_default="UTC"),
    Column("token_budget", Integer),
    Column("retention_days", Integer),
    Column("created_at", Double, nullable=False),
    Column("closed_at", Double),
)
"""One row a workshop. `personas` lists ids; `minutes` empty: as the contact agrees; `attempts` and `token_budget` empty: no limit.

`numbers` False hides the marks' numbers from learners; `zone` is the time zone (IANA) its times are shown in.

`closed_at` is when the instructor closed it by hand.
"""

MEMBER = Table(
    "members",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workshop_id", ForeignKey("workshops.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("owner_hash", String(64), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("joined_at", Double, nullable=False),
    Column("opened", Integer, nullable=False, server_default="0"),
    UniqueConstraint("workshop_id", "owner_hash"),
)
"""Who joined: a browser's secret (hashed) and the name it gave, which may be a pseudonym.

`opened` counts the attempts opened so far, those since deleted included: deleting one does not give it back.
"""

LEAVER = Table(
    "leavers",
    METADATA,
    Column("workshop_id", ForeignKey("workshops.id", ondelete="CASCADE"), primary_key=True),
    Column("owner_hash", String(64), primary_key=True),
    Column("opened", Integer, nullable=False),
    Column("left_at", Double, nullable=False),
)
"""Browsers that left a workshop, and how many attempts they had opened: joining again goes on from there. No name, nothing else."""

OVERRIDE = Table(
    "overrides",
    METADATA,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("criterion", String(64), primary_key=True),
    Column("mark", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("account_id", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("at", Double, nullable=False),
)
"""An instructor's mark for a criterion: the one that counts and is exported; the computed one stays in the scorecard."""

COMMENT = Table(
    "comments",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("turn_index", Integer),
    Column("text", Text, nullable=False),
    Column("account_id", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("at", Double, nullable=False),
)
"""An instructor's comment on a turn, or on the whole session where `turn_index` is empty."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Double, nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="SET NULL"), index=True),
    Column("action", String(64), nullable=False),
    Column("object_kind", String(32), nullable=False),
    Column("object_id", String(64), nullable=False, index=True),
    Column("workshop_id", String(32), index=True),
    Column("detail", Json),
)
"""What instructors looked at and changed. `detail` holds settings and marks, never a learner's or a contact's words."""

USAGE = Table(
    "usage",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Double, nullable=False, index=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="SET NULL"), index=True),
    Column("workshop_id", String(32), index=True),
    Column("purpose", String(16), nullable=False),
    Column("model", String(120), nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("cost", Double),
    Column("turn_index", Integer),
)
"""One row a call to a model. `tokens_cached` is the part of `tokens_in` that the provider had kept; `cost` in the price file's
currency, empty where the model has no price; `purpose` is contact, judge or draft; `turn_index` the contact's turn it was for, empty
for the others and for calls from before there was such a column."""
