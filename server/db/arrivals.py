"""What is written the moment a ticket comes in, in the same transaction as the ticket itself."""

from __future__ import annotations

from sqlalchemy import Connection

from agent.repositories import CaseEvent, CaseRecord
from server.db.cases import add_case, append_events


def arrived(connection: Connection, record: CaseRecord, event: CaseEvent) -> None:
    """The row of a case that is new, so that the inbox shows it before anybody worked on it, and what happened."""
    add_case(connection, record)
    append_events(connection, [event])
