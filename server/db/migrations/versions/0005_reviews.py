"""What people make of drafts (feedback, calibration, flags, verdicts), and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _made(name: str, *texts: str, moments: tuple[str, ...] = ("at",)) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String, primary_key=True),
        *(sa.Column(text, sa.String, nullable=False) for text in texts),
        *(sa.Column(moment, sa.BigInteger, nullable=False) for moment in moments),
        sa.Column("body", sa.String, nullable=False),
    )


def upgrade() -> None:
    """Make the tables. Incidents begin with what happens from now on."""
    _made("feedback", "case_id", "intent", "person", "kind", "via")
    op.create_index("ix_feedback_intent", "feedback", ["intent", "kind"])
    op.create_index("ix_feedback_case", "feedback", ["case_id", "at"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
    _made("showings", "request_id", "case_id", "person", "answer", moments=("shown_at",))
    op.create_index("ix_showings_person", "showings", ["person", "shown_at"])
    op.create_index("ix_showings_request", "showings", ["request_id"])
    _made("flags", "case_id", "person")
    op.create_index("ix_flags_case", "flags", ["case_id"])
    op.create_index("ix_flags_at", "flags", ["at"])
    _made("verdicts", "week", "case_id", "verdict", moments=())
    op.create_index("ix_verdicts_week", "verdicts", ["week"])
    _made("incidents", "key", moments=("opened_at",))
    op.add_column("incidents", sa.Column("closed_at", sa.BigInteger, nullable=True))
    still = sa.text("closed_at IS NULL")
    op.create_index("ux_incidents_open", "incidents", ["key"], unique=True, sqlite_where=still, postgresql_where=still)
    op.create_index("ix_incidents_opened", "incidents", ["opened_at"])
    marks = op.create_table(
        "marks",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    newest = sa.select(sa.literal("incidents"), sa.func.coalesce(sa.func.max(sa.column("seq", sa.BigInteger)), 0))
    op.execute(sa.insert(marks).from_select(["name", "seq"], newest.select_from(sa.table("events"))))
