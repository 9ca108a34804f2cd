"""A process that signs and executes on the real store and database, and dies where it is told to."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from agent.approvals import ApprovalError, ApprovalKind, ApprovalRequest, ApprovalStatus, DecisionKind
from agent.approvals.desk import Answer, ApprovalDesk
from agent.case import (
    ActionVerdict,
    Classification,
    ExecutionStatus,
    Identity,
    IdentityLevel,
    Investigation,
    Verdict,
)
from agent.execution import EffectRun, Executor
from agent.guard.guard import Subject
from agent.ledger import LedgerEntry
from agent.limits import Loop, Person, Role
from agent.policy import PolicyFacts
from agent.repositories import ApprovalRepository, ExecutionLedger
from agent.testing import FixedClock
from server.db.database import Database
from tests.tools.world import NOW, PENDING, TICKET, usd
from tools.actions import Action, IssueStoreCredit, RefundOrder, SendReply
from tools.facts import load_facts, versions
from tools.ports import CustomerWriter, HelpdeskWriter, OrderWriter, Readers, Receipt, Writers
from tools.store.local import LocalStore

CASE = "case-1"
EFFECTS: tuple[Action, ...] = (
    RefundOrder(order_id=PENDING.id, amount=usd("39.00"), method_id="card-ada"),
    IssueStoreCredit(customer_id="c-ada", amount=usd("5.00")),
    SendReply(ticket_id=TICKET.id, in_reply_to=TICKET.latest.id, text="I have refunded $39.00."),
)
TEAM = {
    "dana": Person(id="dana", name="Dana", role=Role.LEAD),
    "sam": Person(id="sam", name="Sam", role=Role.LEAD),
}
STEPS = (
    "before decision",
    "after decision",
    *(f"{when} {what} {n}" for n in (1, 2, 3) for what in ("claim", "apply", "record") for when in ("before", "after")),
    "before close",
    "after close",
)
"""Every boundary of sign -> claim -> apply -> record -> close."""

T = TypeVar("T")


class Death:
    """Kills this process at one step; an empty step is survived."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._counts: dict[str, int] = {}

    def around(self, what: str, call: Callable[[], T]) -> T:
        """`call`, unless this process dies right before or right after it."""
        self._counts[what] = self._counts.get(what, 0) + 1
        numbered = what if what in ("decision", "close") else f"{what} {self._counts[what]}"
        self._at(f"before {numbered}")
        result = call()
        self._at(f"after {numbered}")
        return result

    def _at(self, step: str) -> None:
        if step == self._step:
            os.kill(os.getpid(), signal.SIGKILL)


class Ledger:
    """The real ledger with steps to die at."""

    def __init__(self, ledger: ExecutionLedger, death: Death) -> None:
        self._ledger, self._death = ledger, death

    def claim(self, entry: LedgerEntry) -> bool:
        return self._death.around("claim", lambda: self._ledger.claim(entry))

    def swap(self, before: LedgerEntry, after: LedgerEntry) -> bool:
        what = "claim" if after.status is ExecutionStatus.PENDING else "record"
        return self._death.around(what, lambda: self._ledger.swap(before, after))

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)


class Approvals:
    """The real requests with steps to die at."""

    def __init__(self, approvals: ApprovalRepository, death: Death) -> None:
        self._approvals, self._death = approvals, death

    def swap(self, before: ApprovalRequest, after: ApprovalRequest) -> bool:
        what = "decision" if before.awaiting else "close"
        return self._death.around(what, lambda: self._approvals.swap(before, after))

    def __getattr__(self, name: str) -> object:
        return getattr(self._approvals, name)


class Store:
    """The real write ports with steps to die at."""

    def __init__(self, port: object, death: Death) -> None:
        self._port, self._death = port, death

    def __getattr__(self, name: str) -> Callable[[Action, str], Receipt]:
        method = getattr(self._port, name)
        return lambda action, key: self._death.around("apply", lambda: method(action, key))


@dataclass(frozen=True)
class Rules:
    """A guard that asks for a signature for everything and reads the versions from the real store."""

    readers: Readers

    def judge_one(self, subject: Subject, action: Action, now: datetime) -> tuple[ActionVerdict, PolicyFacts]:
        verdict = ActionVerdict(kind=action.kind, fingerprint="", verdict=Verdict.REQUIRE_APPROVAL, role="agent")
        return verdict, PolicyFacts(world=load_facts(action, self.readers, now))

    def bindings(self, subject: Subject, effects: Sequence[Action], now: datetime) -> dict[str, str]:
        found: dict[str, str] = {"limits": "1"}
        for action in effects:
            found.update(versions(load_facts(action, self.readers, now)))
        return found


class Shop:
    """One process of the product: the store, the records, the desk and the executor."""

    def __init__(self, folder: Path, death: Death, owner: str, *, alone: bool = True) -> None:
        clock = FixedClock(NOW)
        self.store = LocalStore.open(f"sqlite:///{folder / 'store.db'}")
        self.records = Database.open(f"sqlite:///{folder / 'app.db'}")
        self.rules = Rules(self.store.readers())
        approvals = cast("ApprovalRepository", Approvals(self.records.approvals, death))
        real = self.store.writers(clock.now)
        self.desk = ApprovalDesk(approvals=approvals, person=TEAM.get, objections=lambda request, person, now: ())
        self.executor = Executor(
            writers=Writers(
                orders=cast("OrderWriter", Store(real.orders, death)),
                customers=cast("CustomerWriter", Store(real.customers, death)),
                helpdesk=cast("HelpdeskWriter", Store(real.helpdesk, death)),
                effects=real.effects,
            ),
            guard=self.rules,
            ledger=cast("ExecutionLedger", Ledger(self.records.ledger, death)),
            approvals=approvals,
            switches=self.records.switches,
            clock=clock,
            owner=owner,
            loop=Loop(replies=3, minutes=5),
            alive=lambda other: other == owner or not alone,
        )

    def subject(self) -> Subject:
        identity = Identity(level=IdentityLevel.VERIFIED, customer_id="c-ada", how="login")
        return Subject(
            case_id=CASE,
            ticket=TICKET,
            classification=Classification(intent="damaged_item", confidence=0.9),
            investigation=Investigation(identity=identity),
        )

    def ask(self) -> ApprovalRequest:
        return self.records.approvals.open(
            ApprovalRequest(
                id="ap-1",
                case_id=CASE,
                ticket_id=TICKET.id,
                customer_id="c-ada",
                kind=ApprovalKind.SIGN,
                effects=EFFECTS,
                bindings=self.rules.bindings(self.subject(), EFFECTS, NOW),
                required_role=Role.AGENT,
                created_at=NOW,
                expires_at=NOW.replace(year=NOW.year + 1),
            )
        )

    def sign(self, by: str = "dana") -> None:
        request = self.records.approvals.get("ap-1")
        assert request is not None
        answer = Answer(request_id=request.id, kind=DecisionKind.APPROVE, by=by, digest=request.digest)
        self.desk.decide(answer, NOW)

    def carry_through(self) -> EffectRun | None:
        """What a restart does: every signature that was given and not carried through, from its first effect."""
        signed = self.records.approvals.list(ApprovalStatus.EXECUTING)
        runs = [self.executor.run(self.subject(), request.effects, request.id) for request in signed]
        return runs[-1] if runs else None

    def close(self) -> None:
        self.store.close()
        self.records.close()


def work(folder: Path, step: str, owner: str) -> None:
    """Start, sign if nobody has, carry through; die at `step`."""
    shop = Shop(folder, Death(step), owner)
    request = shop.records.approvals.get("ap-1")
    if request is not None and request.awaiting:
        shop.sign()
    shop.carry_through()
    shop.close()


def race(folder: Path, by: str, gate: str) -> None:
    """Sign at the same moment as somebody else, carry through, and write down what was said."""
    shop = Shop(folder, Death(""), f"p-{by}", alone=False)
    (folder / f"{by}.ready").touch()
    while not (folder / gate).exists():
        pass
    try:
        shop.sign(by)
        said = "won"
    except ApprovalError as error:
        said = str(error)
    run = shop.carry_through()
    (folder / f"{by}.said").write_text(f"{said}\n{run.halt if run else None}")
    shop.close()
