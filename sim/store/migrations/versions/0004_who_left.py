"""Attempts that stay used when somebody leaves a workshop; and invitations' notes, which may name somebody, out of the audit trail.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leavers",
        sa.Column("workshop_id", sa.String(length=32), nullable=False),
        sa.Column("owner_hash", sa.String(length=64), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshops.id"], name="fk_leavers_workshop_id_workshops", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workshop_id", "owner_hash", name="pk_leavers"),
    )
    op.execute("UPDATE audit SET detail = NULL WHERE action = 'invitation.made'")


def downgrade() -> None:
    op.drop_table("leavers")
