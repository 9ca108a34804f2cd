"""Since when each customer waits, so that those who wait longest are found at once."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = ("awaiting_approval", "awaiting_review", "escalated", "working", "new", "failed")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKETS = sa.table("tickets", sa.column("id", sa.String), sa.column("body", sa.String))
_CASES = sa.table(
    "cases",
    *(sa.column(name, sa.String) for name in ("case_id", "ticket_id", "status", "body")),
    *(sa.column(name, sa.BigInteger) for name in ("created_at", "waiting_since")),
)


def upgrade() -> None:
    """Add the column and its index. Cases that are over keep nothing there until something moves in them."""
    op.add_column("cases", sa.Column("waiting_since", sa.BigInteger, nullable=True))
    _fill()
    op.create_index("ix_cases_waiting", "cases", ["status", "waiting_since", "created_at", "case_id"])


def _fill() -> None:
    """One open case at a time, from its ticket; without a ticket, since the case was made."""
    bind = op.get_bind()
    known = sa.inspect(bind).has_table("tickets")
    for case_id in bind.execute(sa.select(_CASES.c.case_id).where(_CASES.c.status.in_(_OPEN))).scalars().all():
        one = _CASES.c.case_id == case_id
        case = bind.execute(sa.select(_CASES).where(one)).mappings().one()
        ticket = bind.execute(sa.select(_TICKETS.c.body).where(_TICKETS.c.id == case["ticket_id"])) if known else None
        body = json.loads(case["body"])
        if "waiting_since" not in body:
            body["waiting_since"] = _since(ticket.scalar() if ticket else None, case["created_at"])
        moment = body["waiting_since"]
        by_hand = case["status"] == "escalated" and moment is None
        stamp = None if by_hand else _micros(moment) if moment else case["created_at"]
        kept = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        bind.execute(sa.update(_CASES).where(one).values(body=kept, waiting_since=stamp))


def _since(ticket: str | None, created_at: int) -> str | None:
    """When the customer wrote last; None when a person of the shop wrote after that."""
    messages: list[dict[str, str]] = json.loads(ticket)["messages"] if ticket else []
    if messages and messages[-1]["author"] == "staff":
        return None
    theirs = [each["at"] for each in messages if each["author"] == "customer"] or [each["at"] for each in messages[-1:]]
    return theirs[-1] if theirs else (_EPOCH + timedelta(microseconds=created_at)).isoformat()


def _micros(moment: str) -> int:
    return (datetime.fromisoformat(moment) - _EPOCH) // timedelta(microseconds=1)
