"""The durable records of the application: cases, approvals, the ledger, the audit log, switches, events, promises."""
