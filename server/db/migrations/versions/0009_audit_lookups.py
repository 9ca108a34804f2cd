"""What somebody did, and what happened on a day, are found in the audit log without reading all of it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Indexes alone: no entry is touched, and the chain stays as it is."""
    op.create_index("ix_audit_actor", "audit", ["actor", "seq"])
    op.create_index("ix_audit_at", "audit", ["at", "seq"])
