"""What was delivered, so that nothing counts twice; lists by queue and language; what models and effects add up to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SPENT = ("model_calls", "input_tokens", "output_tokens")


def upgrade() -> None:
    """Make the table and the indexes, and fill the new columns of the cases there are."""
    op.create_table(
        "deliveries",
        *(sa.Column(name, sa.String, primary_key=True) for name in ("source", "delivery_id")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("signature", "content", "ticket_id", "case_id")),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ux_deliveries_signature", "deliveries", ["source", "signature"], unique=True)
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
    for name in _SPENT:
        op.add_column("cases", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    _fill()
    asked = sa.text("model_calls > 0")
    op.create_index("ix_cases_queue", "cases", ["queue", "created_at", "case_id"])
    op.create_index("ix_cases_language", "cases", ["language", "created_at", "case_id"])
    op.create_index("ix_cases_asked", "cases", list(_SPENT), sqlite_where=asked, postgresql_where=asked)
    op.create_index("ix_executions_counts", "executions", ["kind", "status"])


def _fill() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    read = "COALESCE(CAST(body AS json)->>'{0}', '0')" if postgres else "COALESCE(json_extract(body, '$.{0}'), 0)"
    values = ", ".join(f"{name} = CAST({read.format(name)} AS BIGINT)" for name in _SPENT)
    op.execute(f"UPDATE cases SET {values}")  # noqa: S608 - constants
