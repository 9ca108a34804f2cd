"""Schema versions of the application's own tables. `HEAD` is the newest; a test proves that it is."""

HEAD = "0010"
VERSION_TABLE = "alembic_version_app"
