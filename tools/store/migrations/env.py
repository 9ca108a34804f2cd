"""Runs migrations on the connection that `tools.store.schema` hands over, inside its transaction."""

from alembic import context

from tools.store.migrations import VERSION_TABLE
from tools.store.tables import StoreTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=StoreTable.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=False,  # the transaction is the caller's: it also holds the lock against a second process
)
context.run_migrations()
