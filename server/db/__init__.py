"""The durable records of the application: cases, approvals, the ledger, the audit log, switches, events, promises."""

from server.db.database import Database

__all__ = ["Database"]
