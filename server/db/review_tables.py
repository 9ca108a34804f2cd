"""Tables of what people make of drafts: feedback, calibration, flags and verdicts, and of incidents."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from server.db.tables import AppTable

_OPEN = text("closed_at IS NULL")


class Feedback(AppTable, table=True):
    """What a person changed in a draft. Texts are not kept."""

    __table_args__ = (
        Index("ix_feedback_intent", "intent", "kind"),
        Index("ix_feedback_case", "case_id", "at"),
        Index("ix_feedback_at", "at"),
    )
    id: str = Field(primary_key=True)
    case_id: str
    intent: str
    person: str
    kind: str
    via: str
    at: int = Field(sa_type=BigInteger)
    body: str


class Showings(AppTable, table=True):
    """Which request a reviewer was shown, whether with a planted fault, and what they made of it."""

    __table_args__ = (Index("ix_showings_person", "person", "shown_at"), Index("ix_showings_request", "request_id"))
    id: str = Field(primary_key=True)
    request_id: str
    case_id: str
    person: str
    answer: str
    shown_at: int = Field(sa_type=BigInteger)
    body: str


class Flags(AppTable, table=True):
    """Somebody says that something is wrong with a case."""

    __table_args__ = (Index("ix_flags_case", "case_id"), Index("ix_flags_at", "at"))
    id: str = Field(primary_key=True)
    case_id: str
    person: str
    at: int = Field(sa_type=BigInteger)
    body: str


class Verdicts(AppTable, table=True):
    """What a lead says about a case of a week. `id` is week and case: the newest word stands."""

    __table_args__ = (Index("ix_verdicts_week", "week"),)
    id: str = Field(primary_key=True)
    week: str
    case_id: str
    verdict: str
    body: str


class Incidents(AppTable, table=True):
    """What went wrong, once for each cause. The database itself allows one open incident of a cause."""

    __table_args__ = (
        Index("ux_incidents_open", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_incidents_opened", "opened_at"),
    )
    id: str = Field(primary_key=True)
    key: str
    opened_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    body: str


class Marks(AppTable, table=True):
    """How far something has read the events of cases."""

    name: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


_tables = AppTable.metadata.tables
FEEDBACK, SHOWINGS, FLAGS = _tables["feedback"], _tables["showings"], _tables["flags"]
VERDICTS, INCIDENTS, MARKS = _tables["verdicts"], _tables["incidents"], _tables["marks"]
