"""The tables: each row is a noun as JSON (`body`) and only the columns that somebody looks up, sorts or swaps by.

Moments are integers, microseconds since 1970 UTC, so that SQLite and Postgres sort them alike.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Index, MetaData, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from tools.actions import kind_of


class AppTable(SQLModel):
    """The application keeps its metadata apart from every other table of the process."""

    # SQLModel declares both for one table per class; a base with metadata of its own is what its documents show.
    metadata: ClassVar[MetaData] = MetaData()  # pyright: ignore[reportIncompatibleVariableOverride]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - the class  # pyright: ignore[reportIncompatibleVariableOverride]
        """`audit_head` for AuditHead."""
        return kind_of(cls.__name__)


_ASKED = text("model_calls > 0")
_NONE_YET = {"server_default": "0"}


class Cases(AppTable, table=True):
    """Cases. Triggers of the database keep `case_counts` as cases come, move and go."""

    __table_args__ = (
        Index("ux_cases_ticket", "helpdesk", "ticket_id", unique=True),
        Index("ix_cases_created", "created_at", "case_id"),
        Index("ix_cases_status", "status", "created_at", "case_id"),
        Index("ix_cases_intent", "intent", "created_at", "case_id"),
        Index("ix_cases_customer", "customer_id", "created_at"),
        Index("ix_cases_queue", "queue", "created_at", "case_id"),
        Index("ix_cases_language", "language", "created_at", "case_id"),
        Index("ix_cases_waiting", "status", "waiting_since", "created_at", "case_id"),
        Index(
            "ix_cases_asked",
            "model_calls",
            "input_tokens",
            "output_tokens",
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
    )
    case_id: str = Field(primary_key=True)
    helpdesk: str
    ticket_id: str
    status: str
    intent: str
    language: str
    queue: str
    priority: str
    customer_id: str
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str
    model_calls: int = Field(sa_type=BigInteger, sa_column_kwargs=_NONE_YET)
    input_tokens: int = Field(sa_type=BigInteger, sa_column_kwargs=_NONE_YET)
    output_tokens: int = Field(sa_type=BigInteger, sa_column_kwargs=_NONE_YET)
    waiting_since: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)
    body: str


class CaseCounts(AppTable, table=True):
    """How many cases have each value of each field that is counted, so that counting costs the same at any size.

    A count is the sum of its shares. Which share a case is counted in goes by its id.
    """

    field: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    share: int = Field(primary_key=True)
    many: int = Field(sa_type=BigInteger)


_AWAITING = text("status = 'awaiting'")
_OPEN_REQUEST = text("status IN ('awaiting', 'executing')")


class Approvals(AppTable, table=True):
    """Requests for approval. The database itself allows one awaiting request per case."""

    __table_args__ = (
        Index("ux_approvals_awaiting", "case_id", unique=True, sqlite_where=_AWAITING, postgresql_where=_AWAITING),
        Index("ix_approvals_due", "expires_at", sqlite_where=_AWAITING, postgresql_where=_AWAITING),
        Index("ix_approvals_open", "gives_value", sqlite_where=_OPEN_REQUEST, postgresql_where=_OPEN_REQUEST),
        Index("ix_approvals_customer", "customer_id", sqlite_where=_OPEN_REQUEST, postgresql_where=_OPEN_REQUEST),
        Index("ix_approvals_status", "status", "created_at", "id"),
        Index("ix_approvals_case", "case_id", "created_at", "id"),
        Index("ix_approvals_created", "created_at", "id"),
    )
    id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    kind: str
    status: str
    digest: str
    gives_value: bool
    version: int
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    body: str


_UNSETTLED = text("status IN ('pending', 'unknown', 'unconfirmed')")
_MESSAGE = text("recipient <> ''")
_SIGNED = text("approval_id <> ''")


class Executions(AppTable, table=True):
    """The ledger of effects: the primary key is the business key, for ever."""

    __table_args__ = (
        Index("ix_executions_case", "case_id", "claimed_at"),
        Index("ix_executions_customer", "customer_id", "claimed_at"),
        Index("ix_executions_kind", "kind", "claimed_at"),
        Index("ix_executions_counts", "kind", "status"),
        Index("ix_executions_recipient", "recipient", "claimed_at", sqlite_where=_MESSAGE, postgresql_where=_MESSAGE),
        Index("ix_executions_approval", "approval_id", sqlite_where=_SIGNED, postgresql_where=_SIGNED),
        Index("ix_executions_unsettled", "claimed_at", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
    )
    key: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    recipient: str
    kind: str
    status: str
    owner: str
    attempt: int
    approval_id: str
    approved_by: str
    claimed_at: int = Field(sa_type=BigInteger)
    body: str


class Audit(AppTable, table=True):
    """The audit log. Triggers refuse every change to a row that is there."""

    __table_args__ = (
        Index("ix_audit_case", "case_id", "seq"),
        Index("ix_audit_actor", "actor", "seq"),
        Index("ix_audit_at", "at", "seq"),
        Index("ix_audit_event", "event", "seq"),
    )
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: int = Field(sa_type=BigInteger)
    actor: str
    event: str
    case_id: str
    payload: str
    prev_hash: str
    hash: str


class AuditHead(AppTable, table=True):
    """One row: how many entries there are and the hash of the last."""

    id: int = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
    hash: str


class Switches(AppTable, table=True):
    """What is stopped."""

    scope: str = Field(primary_key=True)
    stopped: bool
    by: str
    reason: str
    at: int = Field(sa_type=BigInteger)


class Events(AppTable, table=True):
    """What happened in cases, for live views."""

    __table_args__ = (Index("ix_events_case", "case_id", "seq"),)
    seq: int | None = Field(default=None, primary_key=True)
    case_id: str
    at: int = Field(sa_type=BigInteger)
    kind: str
    body: str


_NOT_KEPT = text("status = 'open'")


class Promises(AppTable, table=True):
    """What replies promised."""

    __table_args__ = (
        Index("ix_promises_case", "case_id", "made_at"),
        Index("ix_promises_effect", "effect"),
        Index("ix_promises_due", "due_at", sqlite_where=_NOT_KEPT, postgresql_where=_NOT_KEPT),
    )
    id: str = Field(primary_key=True)
    case_id: str
    effect: str
    status: str
    made_at: int = Field(sa_type=BigInteger)
    due_at: int | None = Field(default=None, sa_type=BigInteger)
    body: str
