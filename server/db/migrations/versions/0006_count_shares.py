"""Counts of cases in several rows each, so that workers on Postgres do not wait for one another to count."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTED = ("status", "intent", "language", "queue", "priority")
_WATCHED = ", ".join(_COUNTED)
_GONE = " UNION ALL ".join(f"SELECT '{field}' AS field, OLD.{field} AS name, -1 AS delta" for field in _COUNTED)
_CAME = " UNION ALL ".join(f"SELECT '{field}' AS field, NEW.{field} AS name, 1 AS delta" for field in _COUNTED)
_MOVED = {
    "INSERT": (_CAME, "NEW"),
    "DELETE": (_GONE, "OLD"),
    f"UPDATE OF {_WATCHED}": (f"{_GONE} UNION ALL {_CAME}", "NEW"),
}
# Sorted, so that two transactions that move cases between the same counts wait for each other and never in a circle.
_COUNT = """
INSERT INTO case_counts (field, name, share, many)
SELECT field, name, {share}, SUM(delta) FROM ({rows}) AS moved WHERE TRUE
GROUP BY field, name HAVING SUM(delta) <> 0 ORDER BY field, name
ON CONFLICT (field, name, share) DO UPDATE SET many = case_counts.many + excluded.many
"""


def upgrade() -> None:
    """Give every count a share; SQLite, where one transaction writes at a time, uses the first one alone."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for event in _MOVED:
        _unwatch(event, postgres=postgres)
    op.rename_table("case_counts", "case_counts_before")
    op.create_table(
        "case_counts",
        sa.Column("field", sa.String),
        sa.Column("name", sa.String),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("many", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("field", "name", "share", name="case_counts_shared"),
    )
    op.execute("INSERT INTO case_counts (field, name, share, many) SELECT field, name, 0, many FROM case_counts_before")
    op.drop_table("case_counts_before")
    for event, (rows, row) in _MOVED.items():
        share = f"abs(hashtext({row}.case_id) % 16)" if postgres else "0"
        _watch(event, _COUNT.format(rows=rows, share=share), postgres=postgres)


def _name(event: str) -> str:
    return f"cases_counted_{event.partition(' ')[0].lower()}"


def _unwatch(event: str, *, postgres: bool) -> None:
    name = _name(event)
    if not postgres:
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON cases; DROP FUNCTION {name}()")


def _watch(event: str, statement: str, *, postgres: bool) -> None:
    name = _name(event)
    if not postgres:
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON cases BEGIN {statement}; END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$;"
        f"CREATE TRIGGER {name} AFTER {event} ON cases FOR EACH ROW EXECUTE FUNCTION {name}();"
    )
