"""Cases, approvals, the ledger, the audit log, switches, events and promises."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT, _WHOLE, _BIG, _FLAG = sa.String, sa.Integer, sa.BigInteger, sa.Boolean
_Kind = type[sa.String | sa.Integer | sa.BigInteger | sa.Boolean]

_COLUMNS: dict[str, dict[str, _Kind]] = {
    "cases": {
        "case_id": _TEXT,
        "helpdesk": _TEXT,
        "ticket_id": _TEXT,
        "status": _TEXT,
        "intent": _TEXT,
        "language": _TEXT,
        "queue": _TEXT,
        "priority": _TEXT,
        "customer_id": _TEXT,
        "value_minor": _BIG,
        "value_currency": _TEXT,
        "created_at": _BIG,
        "updated_at": _BIG,
        "body": _TEXT,
    },
    "approvals": {
        "id": _TEXT,
        "case_id": _TEXT,
        "customer_id": _TEXT,
        "kind": _TEXT,
        "status": _TEXT,
        "digest": _TEXT,
        "gives_value": _FLAG,
        "version": _WHOLE,
        "created_at": _BIG,
        "expires_at": _BIG,
        "body": _TEXT,
    },
    "executions": {
        "key": _TEXT,
        "case_id": _TEXT,
        "customer_id": _TEXT,
        "recipient": _TEXT,
        "kind": _TEXT,
        "status": _TEXT,
        "owner": _TEXT,
        "attempt": _WHOLE,
        "approval_id": _TEXT,
        "approved_by": _TEXT,
        "claimed_at": _BIG,
        "body": _TEXT,
    },
    "audit": {
        "seq": _BIG,
        "at": _BIG,
        "actor": _TEXT,
        "event": _TEXT,
        "case_id": _TEXT,
        "payload": _TEXT,
        "prev_hash": _TEXT,
        "hash": _TEXT,
    },
    "audit_head": {"id": _WHOLE, "count": _BIG, "hash": _TEXT},
    "switches": {"scope": _TEXT, "stopped": _FLAG, "by": _TEXT, "reason": _TEXT, "at": _BIG},
    "events": {"seq": _WHOLE, "case_id": _TEXT, "at": _BIG, "kind": _TEXT, "body": _TEXT},
    "promises": {
        "id": _TEXT,
        "case_id": _TEXT,
        "effect": _TEXT,
        "status": _TEXT,
        "made_at": _BIG,
        "due_at": _BIG,
        "body": _TEXT,
    },
}
_NULLABLE = {("cases", "value_minor"), ("promises", "due_at")}
_INDEXES: list[tuple[str, str, list[str], str]] = [
    ("ix_cases_created", "cases", ["created_at", "case_id"], ""),
    ("ix_cases_status", "cases", ["status", "created_at", "case_id"], ""),
    ("ix_cases_intent", "cases", ["intent", "created_at", "case_id"], ""),
    ("ix_cases_counts", "cases", ["status", "intent", "language", "queue", "priority"], ""),
    ("ix_cases_customer", "cases", ["customer_id", "created_at"], ""),
    ("ix_approvals_due", "approvals", ["expires_at"], "status = 'awaiting'"),
    ("ix_approvals_open", "approvals", ["gives_value"], "status IN ('awaiting', 'executing')"),
    ("ix_approvals_customer", "approvals", ["customer_id"], "status IN ('awaiting', 'executing')"),
    ("ix_approvals_status", "approvals", ["status", "created_at", "id"], ""),
    ("ix_approvals_case", "approvals", ["case_id", "created_at", "id"], ""),
    ("ix_approvals_created", "approvals", ["created_at", "id"], ""),
    ("ix_executions_case", "executions", ["case_id", "claimed_at"], ""),
    ("ix_executions_customer", "executions", ["customer_id", "claimed_at"], ""),
    ("ix_executions_kind", "executions", ["kind", "claimed_at"], ""),
    ("ix_executions_recipient", "executions", ["recipient", "claimed_at"], "recipient <> ''"),
    ("ix_executions_approval", "executions", ["approval_id"], "approval_id <> ''"),
    (
        "ix_executions_unsettled",
        "executions",
        ["claimed_at"],
        "status IN ('pending', 'unknown', 'unconfirmed')",
    ),
    ("ix_audit_case", "audit", ["case_id", "seq"], ""),
    ("ix_events_case", "events", ["case_id", "seq"], ""),
    ("ix_promises_case", "promises", ["case_id", "made_at"], ""),
    ("ix_promises_effect", "promises", ["effect"], ""),
    ("ix_promises_due", "promises", ["due_at"], "status = 'open'"),
]
_SQLITE_GUARD = """
CREATE TRIGGER audit_is_append_only_{what} BEFORE {what} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
_POSTGRES_GUARD = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""


def upgrade() -> None:
    """Make the tables, their indexes and the guard of the audit log."""
    for name, columns in _COLUMNS.items():
        op.create_table(name, *(_column(name, column, kind, columns) for column, kind in columns.items()))
    op.create_index("ux_cases_ticket", "cases", ["helpdesk", "ticket_id"], unique=True)
    _partial("ux_approvals_awaiting", "approvals", ["case_id"], "status = 'awaiting'", unique=True)
    for name, table, columns, where in _INDEXES:
        _partial(name, table, columns, where)
    op.execute(sa.text("INSERT INTO audit_head (id, count, hash) VALUES (1, 0, :hash)").bindparams(hash="0" * 64))
    _guard_audit()


def _column(table: str, name: str, kind: _Kind, columns: dict[str, _Kind]) -> sa.Column[object]:
    first = name == next(iter(columns))
    counted = "auto" if (table, name) == ("events", "seq") else False
    return sa.Column(name, kind, primary_key=first, autoincrement=counted, nullable=(table, name) in _NULLABLE)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _guard_audit() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_GUARD)
        return
    for what in ("UPDATE", "DELETE"):
        op.execute(_SQLITE_GUARD.format(what=what))
