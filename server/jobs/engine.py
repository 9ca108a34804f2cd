"""The engine under the queue: DBOS on the database that is there anyway. Nothing starts when this is imported."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from server.jobs.queue import APPLICATION, VERSION, Job
from tools.store.engine import translated

if TYPE_CHECKING:
    from datetime import datetime

    from dbos import DBOSConfig, ScheduleInput

CarryOut = Callable[[Job], JsonValue]
Duty = Callable[[], None]
_LAST_MOMENT = 10


def system_url(database: str) -> str:
    """Where the engine keeps its tables: in the application's own database."""
    return database


def prepare(database: str, name: str) -> None:
    """Make or upgrade the engine's tables. Raises Unavailable."""
    from dbos import DBOS

    _quiet()
    if database.startswith("sqlite"):
        _journal(Path(database.removeprefix("sqlite:///")))
    with translated(name):
        DBOS.migrate(system_url(database))


def _journal(path: Path) -> None:
    # The engine sets no journal mode of its own: with the default one every commit costs three times as much.
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _quiet() -> None:
    # It greets with an advertisement; what goes wrong is a warning, and goes where all others go.
    log = logging.getLogger("dbos")
    log.setLevel(logging.WARNING)
    if not log.handlers:
        log.addHandler(logging.NullHandler())


@contextmanager
def running(
    database: str,
    worker: str,
    kinds: Sequence[str],
    carry_out: CarryOut,
    duties: Mapping[str, tuple[str, Duty]],
    busy: Callable[[], bool],
) -> Generator[None]:
    """Carry runs out in this process until the block ends. `duties`: by name, when (cron, UTC) and what.

    `worker` names this process among all: what it had begun before it died is begun again. At the end of the block
    runs that are under way are given a moment; one that takes longer is carried on after the next start.
    """
    from dbos import DBOS

    DBOS(config=_config(database, worker))
    try:
        for kind in kinds:
            _workflow(kind, carry_out)
        crons = {name: _duty(name, duty) for name, (_, duty) in duties.items()}
        DBOS.launch()
        DBOS.apply_schedules([_schedule(name, cron, crons[name]) for name, (cron, _) in duties.items()])
        yield
    finally:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_LAST_MOMENT if busy() else 0)


def _config(database: str, worker: str) -> DBOSConfig:
    from dbos import DBOSPortableJSONSerializer

    return {
        "name": APPLICATION,
        "system_database_url": system_url(database),
        "application_version": VERSION,
        "executor_id": worker,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "sys_db_pool_size": 10,
        "run_migrations": False,
    }


def _workflow(kind: str, carry_out: CarryOut) -> Callable[[str, dict[str, JsonValue], int], JsonValue]:
    from dbos import DBOS

    def run(case_id: str, payload: dict[str, JsonValue], attempt: int) -> JsonValue:
        return carry_out(Job(kind=kind, case_id=case_id, id=DBOS.workflow_id or kind, payload=payload, attempt=attempt))

    return DBOS.workflow(name=kind)(run)


def _schedule(name: str, cron: str, workflow: Callable[[str, None], None]) -> ScheduleInput:
    # Declared with a moment; the portable serializer hands its text over.
    return {
        "schedule_name": name,
        "workflow_fn": cast("Callable[[datetime, object], None]", workflow),
        "schedule": cron,
    }


def _duty(name: str, duty: Duty) -> Callable[[str, None], None]:
    from dbos import DBOS

    def run(scheduled_at: str, context: None) -> None:
        duty()

    return DBOS.workflow(name=name)(run)
