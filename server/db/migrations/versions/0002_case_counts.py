"""How many cases there are by each field that is counted, kept by the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTED = ("status", "intent", "language", "queue", "priority")
_WATCHED = ", ".join(_COUNTED)
_GONE = " UNION ALL ".join(f"SELECT '{field}' AS field, OLD.{field} AS name, -1 AS delta" for field in _COUNTED)
_CAME = " UNION ALL ".join(f"SELECT '{field}' AS field, NEW.{field} AS name, 1 AS delta" for field in _COUNTED)
# Sorted, so that two transactions that move cases between the same counts wait for each other and never in a circle.
_COUNT = """
INSERT INTO case_counts (field, name, many)
SELECT field, name, SUM(delta) FROM ({rows}) AS moved WHERE TRUE
GROUP BY field, name HAVING SUM(delta) <> 0 ORDER BY field, name
ON CONFLICT (field, name) DO UPDATE SET many = case_counts.many + excluded.many
"""
_MOVED = {"INSERT": _CAME, "DELETE": _GONE, f"UPDATE OF {_WATCHED}": f"{_GONE} UNION ALL {_CAME}"}


def upgrade() -> None:
    """Make the counts of the cases there are, and the triggers that keep them; the index they replace goes."""
    counts = op.create_table(
        "case_counts",
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("many", sa.BigInteger, nullable=False),
    )
    for field in _COUNTED:
        column = sa.column(field, sa.String)
        held = sa.select(sa.literal(field), column, sa.func.count()).select_from(sa.table("cases")).group_by(column)
        op.execute(sa.insert(counts).from_select(["field", "name", "many"], held))
    postgres = op.get_bind().dialect.name == "postgresql"
    for event, rows in _MOVED.items():
        _watch(event, _COUNT.format(rows=rows), postgres=postgres)
    op.drop_index("ix_cases_counts", "cases")


def _watch(event: str, statement: str, *, postgres: bool) -> None:
    name = f"cases_counted_{event.partition(' ')[0].lower()}"
    if not postgres:
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON cases BEGIN {statement}; END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$;"
        f"CREATE TRIGGER {name} AFTER {event} ON cases FOR EACH ROW EXECUTE FUNCTION {name}();"
    )
