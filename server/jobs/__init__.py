"""Durable work: what comes in is queued in the database, and a crash at any moment costs a repetition, never a case."""
