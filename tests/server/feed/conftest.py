"""The feed is tried over SQLite and a real Postgres, as the tables are."""

from tests.server.db.conftest import url as url
