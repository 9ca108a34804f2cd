"""Who has a case open right now, so that two people do not answer the same one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own: nothing in it is worth keeping for longer than a minute."""
    op.create_table(
        "lookers",
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("writing", sa.Boolean, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_lookers_seen", "lookers", ["seen_at"])
