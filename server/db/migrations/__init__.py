"""Schema versions of the application's own tables. `HEAD` is the newest; a test proves that it is."""

HEAD = "0009"
VERSION_TABLE = "alembic_version_app"
