"""The composition root of a running service. Nothing here runs at import."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.deps import SystemClock
from server import startup
from server.auth.principal import Gate
from server.autonomy import log_autonomy
from server.brand import is_demo
from server.container import (
    Parts,
    Seat,
    build_playbook,
    build_runner,
    notice_of,
    only_seat,
    open_embedder,
    open_knowledge,
    open_parts,
    open_saver,
)
from server.costs import prices_of
from server.feed import EventFeed
from server.lock import DataLock
from server.observability.runs import watched
from server.reasoner import choose_reasoner
from server.service import Service
from server.settings import Settings, SettingsError

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.index import ChromaIndex
    from server.db.presence import Presence
    from server.jobs.pace import Pace
    from server.jobs.queue import CaseQueue
    from server.observability.traces import Tracing

ROLES = ("all", "web", "worker")
MakeGate = Callable[[Parts], Gate]
_PULSE = 2.0
_LET_GO = 15.0
"""Seconds within which the database lets go of what a process of the same name held when it was killed."""


@contextmanager
def open_service(settings: Settings, gate: MakeGate) -> Generator[Service]:
    """Everything that serves, by the role that the settings name; a worker works until the block ends.

    On SQLite, or without a Chroma server, one process does everything: raises DataFolderBusy for a second one. Raises
    SettingsError for a role that needs both, StoreError for files that cannot be used and WorkerNameTaken for two
    workers of one name.
    """
    from server.jobs.engine import prepare

    alone, role = _alone(settings), _role(settings)
    with ExitStack() as held:
        if alone:
            held.enter_context(DataLock(settings.data))
        parts = held.enter_context(open_parts(settings))
        prepare(settings.database, parts.database.name)
        embedder, _ = open_embedder(settings)
        knowledge = open_knowledge(settings, embedder)
        held.callback(knowledge.close)
        feed = EventFeed(parts.database.events)
        queue = _open_queue(parts, patient=False)
        held.callback(queue.close)
        presence = held.enter_context(_presence(settings))
        tracing = open_tracing(settings)
        if tracing is not None:
            held.callback(tracing.close)
        service = replace(_service(parts, knowledge, queue, feed, gate, presence), tracing=tracing)
        if role != "web":
            held.enter_context(_working(parts, embedder, knowledge, feed, presence, tracing))
        startup.finish()
        yield service


def open_tracing(settings: Settings) -> Tracing | None:
    """Spans to where the settings say; its libraries are loaded only then."""
    if not settings.otel_endpoint:
        return None
    from server.observability.traces import tracing_of

    return tracing_of(settings)


def _alone(settings: Settings) -> bool:
    return settings.alone or not settings.chroma_url


def _role(settings: Settings) -> str:
    if settings.role not in ROLES:
        raise SettingsError(f'COUNTERSIGN_ROLE must be one of {", ".join(ROLES)}, not "{settings.role}"')
    if _alone(settings) and settings.role != "all":
        raise SettingsError(
            f"COUNTERSIGN_ROLE={settings.role} is for several processes, which need Postgres and a Chroma server: set "
            "COUNTERSIGN_DATABASE_URL and COUNTERSIGN_CHROMA_URL, or leave the role out and run one process"
        )
    return settings.role


def _open_queue(parts: Parts, *, patient: bool) -> CaseQueue:
    from server.jobs.queue import CaseQueue

    settings, name = parts.settings, parts.database.name
    threads, seconds = settings.number("worker_threads"), _seconds(settings, "queue_look_milliseconds")
    return CaseQueue.open(settings.database, name, max(1, threads), seconds, patient=patient)


def _seconds(settings: Settings, milliseconds: str) -> float:
    return max(0.005, settings.number(milliseconds) / 1000)


@contextmanager
def _presence(settings: Settings) -> Generator[Presence | None]:
    """Who works, where several may; None on SQLite, where nobody else can."""
    if settings.alone:
        yield None
        return
    from server.db.presence import Presence

    presence = Presence(settings.database, settings.worker)
    try:
        yield presence
    finally:
        presence.close()


def _service(
    parts: Parts, knowledge: ChromaIndex, queue: CaseQueue, feed: EventFeed, gate: MakeGate, presence: Presence | None
) -> Service:
    from server.jobs.durable import DurableWork
    from server.jobs.runs import Runs

    gone = presence.free if presence else _nobody
    runs = Runs(queue_of_cases=queue, counts=parts.database.runs, machine=SystemClock(), gone=gone)
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
        demo=is_demo(parts.settings),
    )


def _nobody(worker: str) -> bool:
    return False


@contextmanager
def _working(
    parts: Parts,
    embedder: Embedder,
    knowledge: ChromaIndex,
    feed: EventFeed,
    presence: Presence | None,
    tracing: Tracing | None,
) -> Generator[None]:
    """Cases are worked on in this process until the block ends."""
    from server.incidents import collect, logged
    from server.jobs.duties import Duties
    from server.jobs.engine import running
    from server.jobs.kinds import KINDS, CaseRuns
    from server.jobs.pulse import every
    from server.jobs.retention import Retention
    from server.jobs.watching import LiveProgress, settling

    log_autonomy(parts)
    settings = parts.settings
    with ExitStack() as held:
        progress = held.enter_context(settling(LiveProgress(parts.database.events, feed)))
        saver = held.enter_context(open_saver(settings))
        queue = _open_queue(parts, patient=True)
        held.callback(queue.close)
        seat = replace(held.enter_context(_seat(settings, presence, queue)), progress=progress)
        playbook = build_playbook(settings, parts.limits, embedder)
        reasoner = choose_reasoner(settings, parts.limits, playbook, tracing.chat if tracing else None)
        runs = CaseRuns(
            runner=build_runner(parts, reasoner, knowledge, saver, notice_of(playbook), seat),
            queue=queue,
            switches=parts.database.switches,
            helpdesk=parts.store.readers().helpdesk,
            feed=feed,
        )
        retention = Retention(
            records=parts.database.retention,
            saver=saver,
            queue=queue,
            clock=parts.clock,
            machine=SystemClock(),
            checkpoint_days=settings.number("checkpoint_days"),
            event_days=settings.number("event_days"),
        )
        carry_out = watched(runs.carry_out, parts.database.cases.get, tracing, prices_of(settings))
        if presence is None:
            # Several workers that look this often get in each other's way: two then do no more than one.
            carry_out = held.enter_context(_pace(settings, queue)).around(carry_out)
        duties = Duties(
            runs=runs,
            database=parts.database,
            clock=parts.clock,
            prune=retention.prune,
            incidents=lambda: collect(parts.database, parts.limits, parts.clock.now(), logged),
        )
        held.enter_context(running(settings.database, settings.worker, KINDS, carry_out, duties.by_cron(), runs.busy))
        duties.begin()
        held.enter_context(every(_PULSE, duties.go, "pulse"))
        yield


@contextmanager
def _pace(settings: Settings, queue: CaseQueue) -> Generator[Pace]:
    """Quick looks after work, and calm ones again when there was none for a while."""
    from server.jobs.pace import Pace
    from server.jobs.pulse import every

    quick, calm = (_seconds(settings, f"queue_{kind}_milliseconds") for kind in ("quick_look", "look"))
    pace = Pace(queue.look_every, quick, calm, time.monotonic)
    with every(_PULSE, pace.rest, "pace"):
        yield pace


@contextmanager
def _seat(settings: Settings, presence: Presence | None, queue: CaseQueue) -> Generator[Seat]:
    """This worker's place among the others, whom it looks after."""
    if presence is None:
        yield only_seat(settings)
        return
    from server.jobs.watch import Watch, watching

    presence.take(seconds=_LET_GO)
    watch = Watch(presence=presence, queue=queue, worker=settings.worker)
    with watching(watch):
        yield Seat(owner=watch.owner, alive=watch.alive)
