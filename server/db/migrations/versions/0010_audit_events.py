"""Entries of one kind, and which kinds there are, are found in the audit log without reading all of it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index alone: no entry is touched, and the chain stays as it is."""
    op.create_index("ix_audit_event", "audit", ["event", "seq"])
