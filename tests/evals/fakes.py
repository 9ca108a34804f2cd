"""A solver without a shop: quick, predictable, and able to fail in every way the runner must survive."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.case import CaseStatus, Classification
from evals.approvers import ApproveAll
from evals.episode import Episode, Measured
from evals.runner import Clockwork
from evals.sample import DatasetError, Expected, Sample
from evals.scorers.triage import Triage
from evals.task import Approver, Session, Task
from tools.helpdesk import Ticket, TicketMessage

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def sample(number: int, intent: str = "order_status") -> Sample:
    message = TicketMessage(id=f"s{number:03}-m1", at=NOON, text=f"Where is number {number}?")
    ticket = Ticket(id=f"s{number:03}", messages=(message,))
    return Sample(id=f"s{number:03}", ticket=ticket, expected=Expected(intent=intent))


@dataclass(frozen=True)
class FakeSolver:
    """Says `order_status`. What goes wrong at a sample of this id: an error, a bad world, the end of the process.

    A process that ends does so once: `ended` remembers it.
    """

    wrong: frozenset[str] = frozenset()
    broken: str = ""
    bad: str = ""
    ends: str = ""
    ended: Path = Path()
    words: int = 0
    """How much an episode says: more than a pipe holds."""
    name: str = "fake"
    versions: Mapping[str, str] = field(default_factory=lambda: {"code": "1"})

    @contextmanager
    def open(self) -> Generator[Session]:
        yield FakeSession(self)


@dataclass
class FakeSession:
    solver: FakeSolver
    count: int = 0

    def solve(self, sample: Sample, approver: Approver, *, epoch: int, seed: int) -> Episode:
        self.count += 1
        if sample.id == self.solver.bad:
            raise DatasetError(f"sample {sample.id}: there is no order")
        if sample.id == self.solver.ends and not self.solver.ended.exists():
            self.solver.ended.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        said = Classification(
            intent="refund_request" if sample.id in self.solver.wrong else "order_status", confidence=0.9
        )
        return Episode(
            sample_id=sample.id,
            epoch=epoch,
            seed=seed,
            solver=self.solver.name,
            approver=approver.name,
            status=CaseStatus.ANSWERED,
            outcome="word " * self.solver.words,
            classification=said,
            measured=Measured(seconds=self.count / 1000),
            error="Unavailable: the store did not answer" if sample.id == self.solver.broken else "",
        )


def task(count: int = 12, epochs: int = 1, solver: FakeSolver | None = None) -> Task:
    return Task(
        name="fake",
        samples=tuple(sample(number) for number in range(count)),
        solver=solver or FakeSolver(),
        approver=ApproveAll(),
        scorers=(Triage(),),
        epochs=epochs,
    )


class Ticking:
    """A clock that moves on by a second whenever it is asked."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def seconds(self) -> float:
        return self.now().timestamp()


def clockwork() -> Clockwork:
    ticking = Ticking()
    return Clockwork(now=ticking.now, seconds=ticking.seconds)
