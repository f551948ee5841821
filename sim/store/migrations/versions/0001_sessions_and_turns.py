"""Sessions, their turns, and the frozen personas and rubrics they share.

Revision 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frozen",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_frozen")),
    )
    _create_sessions()
    _create_turns()


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_hash", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("persona_id", sa.String(64), nullable=False),
        sa.Column("persona_hash", sa.String(64), nullable=False),
        sa.Column("rubric_id", sa.String(64), nullable=False),
        sa.Column("rubric_hash", sa.String(64), nullable=False),
        sa.Column("difficulty", sa.String(16), nullable=False),
        sa.Column("clock", sa.String(16), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("agreed_minutes", sa.Double(), nullable=False),
        sa.Column("workshop", sa.String(64), nullable=True),
        sa.Column("parent", sa.String(32), nullable=True),
        sa.Column("fork_turn", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("ended_by", sa.String(16), nullable=True),
        sa.Column("ended_minute", sa.Double(), nullable=True),
        sa.Column("prep", sa.JSON(), nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("drafts", sa.JSON(), nullable=True),
        sa.Column("thank_you", sa.JSON(), nullable=True),
        sa.Column("note_stage", sa.String(16), server_default="open", nullable=False),
        sa.Column("assisted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("self_ratings", sa.JSON(), nullable=True),
        sa.Column("scorecard", sa.JSON(), nullable=True),
        sa.Column("lease_holder", sa.String(128), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["persona_hash"], ["frozen.hash"], name=op.f("fk_sessions_persona_hash_frozen")),
        sa.ForeignKeyConstraint(["rubric_hash"], ["frozen.hash"], name=op.f("fk_sessions_rubric_hash_frozen")),
        sa.ForeignKeyConstraint(["parent"], ["sessions.id"], name=op.f("fk_sessions_parent_sessions"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    for column in ("owner_hash", "parent", "opened_at"):
        op.create_index(op.f(f"ix_sessions_{column}"), "sessions", [column])


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("turn_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("speaker", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("elapsed", sa.Double(), nullable=True),
        sa.Column("trace", sa.JSON(), nullable=True),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_turns_session_id_sessions"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "turn_index", name=op.f("pk_turns")),
        sa.UniqueConstraint("session_id", "key", name=op.f("uq_turns_session_id")),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("sessions")
    op.drop_table("frozen")
