"""Runs migrations on the connection that `server.db.schema` hands over, inside its transaction."""

from alembic import context

from server.db.migrations import VERSION_TABLE
from server.db.tables import AppTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=AppTable.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=False,  # the transaction is the caller's: it also holds the lock against a second process
)
context.run_migrations()
