"""What tests of the server share."""

from tests.server.jobs.conftest import server_database, small_template

__all__ = ["server_database", "small_template"]
