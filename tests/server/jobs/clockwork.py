"""A worker as a process of its own that has nothing to do but what the clock says, every second."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from server.db.presence import Presence
from server.jobs.engine import prepare, running
from server.jobs.queue import CaseQueue, Job
from server.jobs.watch import Watch, watching

EVERY_SECOND, TICK = "* * * * * *", "tick"
LOOK, GRACE = 0.05, 1.0


def nothing(job: Job) -> None:
    """There are no cases here."""


def keep_time(address: str, worker: str, folder: Path) -> None:
    """Note in `begun` and `ended` who carried out which tick, until `stop` is there; while `hold` is, no tick ends."""
    from dbos import DBOS

    def tick() -> None:
        note = f"{DBOS.workflow_id} {worker} {time.monotonic_ns()}"
        (folder / "begun" / note).touch()
        while (folder / "hold").exists():
            time.sleep(0.02)
        (folder / "ended" / note).touch()

    prepare(address, "the test")
    with ExitStack() as held:
        if not address.startswith("sqlite"):
            presence = Presence(address, worker)
            held.callback(presence.close)
            presence.take(10)
            queue = CaseQueue.open(address, "the test", 2, LOOK, patient=True)
            held.callback(queue.close)
            watch = Watch(presence=presence, queue=queue, worker=worker, grace=GRACE, every=0.25)
            held.enter_context(watching(watch))
        held.enter_context(running(address, worker, (), nothing, {TICK: (EVERY_SECOND, tick)}, lambda: False))
        (folder / f"{worker}.ready").touch()
        while not (folder / "stop").exists():
            time.sleep(0.05)
