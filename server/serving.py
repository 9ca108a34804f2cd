"""The composition root of a running service. Nothing here runs at import."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.deps import SystemClock
from server import clock, startup
from server.auth.principal import Gate
from server.autonomy import log_autonomy
from server.container import (
    Parts,
    build_playbook,
    build_runner,
    notice_of,
    only_seat,
    open_embedder,
    open_knowledge,
    open_parts,
)
from server.feed import EventFeed
from server.lock import DataLock
from server.reasoner import choose_reasoner
from server.service import Service
from server.settings import Settings, SettingsError

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.index import ChromaIndex
    from server.jobs.queue import CaseQueue

ROLES = ("all", "web", "worker")
MakeGate = Callable[[Parts], Gate]


@contextmanager
def open_service(settings: Settings, gate: MakeGate) -> Generator[Service]:
    """Everything that serves, by the role that the settings name; a worker works until the block ends.

    On SQLite one process does everything: raises DataFolderBusy for a second one. Raises SettingsError for a role that
    needs Postgres, StoreError for files that cannot be used, and WorkerNameTaken for two workers of one name.
    """
    from server.jobs.engine import prepare
    from server.jobs.queue import CaseQueue

    role = _role(settings)
    with ExitStack() as held:
        if settings.alone:
            held.enter_context(DataLock(settings.data))
        parts = held.enter_context(open_parts(settings))
        prepare(settings.database, parts.database.name)
        embedder, _ = open_embedder(settings)
        knowledge = open_knowledge(settings, embedder)
        held.callback(knowledge.close)
        feed = EventFeed(parts.database.events)
        seconds = settings.number("queue_look_milliseconds") / 1000
        queue = CaseQueue.open(settings.database, parts.database.name, settings.number("worker_threads"), seconds)
        held.callback(queue.close)
        service = _service(parts, knowledge, queue, feed, gate)
        if role != "web":
            held.enter_context(_working(parts, embedder, knowledge, queue, feed))
        startup.finish()
        yield service


def _role(settings: Settings) -> str:
    if settings.role not in ROLES:
        raise SettingsError(f'COUNTERSIGN_ROLE must be one of {", ".join(ROLES)}, not "{settings.role}"')
    if settings.alone and settings.role != "all":
        raise SettingsError(
            f"COUNTERSIGN_ROLE={settings.role} needs Postgres: on SQLite one process does everything. "
            "Set COUNTERSIGN_DATABASE_URL, or leave the role out"
        )
    if not settings.alone and not settings.chroma_url:
        raise SettingsError(
            "several processes need a Chroma server: set COUNTERSIGN_CHROMA_URL, such as http://127.0.0.1:8000, "
            "and start it with `chroma run --path FOLDER`"
        )
    return settings.role


def _service(parts: Parts, knowledge: ChromaIndex, queue: CaseQueue, feed: EventFeed, gate: MakeGate) -> Service:
    from server.jobs.durable import DurableWork
    from server.jobs.runs import Runs

    runs = Runs(queue_of_cases=queue, counts=parts.database.runs, machine=SystemClock())
    work = DurableWork(
        store=parts.store, database=parts.database, queue_of_cases=queue, runs=runs, feed=feed, clock=parts.clock
    )
    return Service(
        settings=parts.settings,
        limits=parts.limits,
        clock=parts.clock,
        store=parts.store,
        database=parts.database,
        knowledge=knowledge,
        work=work,
        feed=feed,
        gate=gate(parts),
        demo=(parts.settings.data / clock.FILE).is_file(),
    )


@contextmanager
def _working(
    parts: Parts, embedder: Embedder, knowledge: ChromaIndex, queue: CaseQueue, feed: EventFeed
) -> Generator[None]:
    """Cases are worked on in this process until the block ends."""
    from agent.checkpoints import open_checkpoints
    from server.jobs.duties import Duties
    from server.jobs.engine import running
    from server.jobs.kinds import KINDS, CaseRuns
    from server.jobs.watching import LiveProgress

    log_autonomy(parts)
    with open_checkpoints(parts.settings.data / "checkpoints.db") as saver:
        playbook = build_playbook(parts.settings, parts.limits, embedder)
        reasoner = choose_reasoner(parts.settings, parts.limits, playbook)
        seat = replace(only_seat(parts.settings), progress=LiveProgress(log=parts.database.events, feed=feed))
        runner = build_runner(parts, reasoner, knowledge, saver, notice_of(playbook), seat)
        runs = CaseRuns(
            runner=runner,
            queue=queue,
            switches=parts.database.switches,
            helpdesk=parts.store.readers().helpdesk,
            feed=feed,
        )
        duties = Duties(runs=runs, database=parts.database, clock=parts.clock, prune=lambda: None)
        database, worker = parts.settings.database, parts.settings.worker
        with running(database, worker, KINDS, runs.carry_out, duties.by_cron(), runs.busy):
            duties.look_after()
            yield
