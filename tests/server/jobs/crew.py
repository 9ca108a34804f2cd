"""Workers as processes of their own, over a small shop on Postgres; each case takes a moment, so one can die in it."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.case import Classification, ProposedResolution
from agent.deps import SystemClock
from agent.limits import PolicyLimits
from agent.reasoners.base import Brief, Reasoner
from agent.runner import CaseRunner
from agent.testing import FixedClock
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from server.container import Parts, Seat, build_runner, open_saver
from server.db.database import Database
from server.db.presence import Presence
from server.feed import EventFeed
from server.jobs.durable import DurableWork
from server.jobs.duties import Duties
from server.jobs.engine import prepare, running
from server.jobs.kinds import KINDS, CaseRuns
from server.jobs.queue import CaseQueue
from server.jobs.runs import Runs
from server.jobs.watch import Watch, watching
from server.settings import Settings
from tests.agent.graph.world import UNREAD, Stub, draft
from tests.tools.world import NOW
from tools.actions import TagTicket
from tools.helpdesk import Ticket, TicketMessage
from tools.store.local import LocalStore

LOOK = 0.05


@dataclass
class Slow(Stub):
    """Takes a moment to think, and proposes what needs nobody."""

    seconds: float = 0.0

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        return Classification(intent="damaged_item", confidence=0.9, reason="it says broken")

    def propose(self, brief: Brief) -> ProposedResolution:
        time.sleep(self.seconds)
        ticket = brief.ticket
        return ProposedResolution(
            reply=draft("Thank you for telling us.", ticket.latest.id),
            actions=(TagTicket(ticket_id=ticket.id, tags=("broken",)),),
            rationale="thanked",
            playbook="damaged_item",
            branch="thanks",
        )


def letter(number: int, message: int = 1) -> Ticket:
    found = TicketMessage(
        id=f"k-{number}-{message}", sender=f"c{number}@example.com", at=NOW, text=f"A mug is broken ({message})."
    )
    return Ticket(id=f"k-{number}", subject="My mug", messages=(found,))


@dataclass
class Office:
    """What a process that does not work on cases sees of them."""

    store: LocalStore
    database: Database
    work: DurableWork
    runs: Runs


@contextmanager
def office(address: str) -> Generator[Office]:
    """Takes tickets in and reads what came of them."""
    prepare(address, "the test")
    with ExitStack() as held:
        store = held.enter_context(LocalStore.open(address))
        database = held.enter_context(Database.open(address))
        queue = CaseQueue.open(address, "the test", 2, LOOK)
        held.callback(queue.close)
        gone = _nobody
        if not address.startswith("sqlite"):
            presence = Presence(address, "office")
            held.callback(presence.close)
            gone = presence.free
        runs = Runs(queue_of_cases=queue, counts=database.runs, machine=SystemClock(), gone=gone)
        work = DurableWork(
            store=store,
            database=database,
            queue_of_cases=queue,
            runs=runs,
            feed=EventFeed(database.events),
            clock=FixedClock(NOW),
        )
        yield Office(store, database, work, runs)


def _nobody(worker: str) -> bool:
    return False


@dataclass
class Member:
    """What a worker consists of."""

    runner: CaseRunner
    runs: CaseRuns
    duties: Duties


@contextmanager
def member(
    address: str, opened: Office, folder: Path, thinks: Reasoner, limits: PolicyLimits, seat: Seat | None = None
) -> Generator[Member]:
    """The parts of a worker, which does not look at the queue yet."""
    clock = FixedClock(NOW)
    parts = Parts(
        settings=Settings(data_dir=str(folder), database_url=address),
        limits=limits,
        clock=clock,
        store=opened.store,
        database=opened.database,
    )
    with ExitStack() as held:
        queue = CaseQueue.open(address, "the test", 2, LOOK, patient=True)
        held.callback(queue.close)
        saver = held.enter_context(open_saver(parts.settings))
        runner = build_runner(parts, thinks, InMemoryIndex(HashingEmbedder()), saver, seat=seat)
        runs = CaseRuns(
            runner=runner,
            queue=queue,
            switches=opened.database.switches,
            helpdesk=opened.store.readers().helpdesk,
            feed=EventFeed(opened.database.events),
        )
        yield Member(runner, runs, Duties(runs=runs, database=opened.database, clock=clock, prune=lambda: None))


def work(address: str, worker: str, folder: Path, seconds: float, grace: float) -> None:
    """Be a worker until somebody ends it, hard or with `folder/stop`."""
    with ExitStack() as held:
        opened = held.enter_context(office(address))
        presence = Presence(address, worker)
        held.callback(presence.close)
        presence.take(10)
        watch = Watch(presence=presence, queue=opened.work.queue_of_cases, worker=worker, grace=grace, every=0.25)
        held.enter_context(watching(watch))
        seat = Seat(owner=watch.owner, alive=watch.alive)
        mine = held.enter_context(member(address, opened, folder, Slow(seconds=seconds), UNREAD, seat))
        held.enter_context(running(address, worker, KINDS, mine.runs.carry_out, mine.duties.by_cron(), mine.runs.busy))
        (folder / f"{worker}.ready").touch()
        while not (folder / "stop").exists():
            time.sleep(0.05)
